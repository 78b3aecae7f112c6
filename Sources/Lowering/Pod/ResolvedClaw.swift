import IR
import JSON
import Lexer
import Source

/// A claw with image and pod put together.
struct ResolvedClaw {
  var service: ComposeService
  var block: ClawBlock
  var image: BuiltImage
  var runner: RunnerType
  var instances: [PodPlan.Instance]
  var isCounted: Bool
  /// The sidecar's stack; nil for none.
  var cllama: [String]?
  var user: String
  var privileges: [(mode: String, value: String)]
  var surfaces: [(surface: Surface, location: Location)]
  var invocations: [Invocation]
  /// Whether the schedule differs from the image's and must be mounted.
  var overridesSchedule: Bool
  var models: [(slot: String, reference: String)]
  var handles: [HandleBlock]
  var contract: PodPlan.MountedObject
  var contractPath: String
  /// Objects and where each instance mounts them.
  var mounts: [(object: String, target: String)]
  /// The services that it may reach.
  var targets: [String]
  /// What its sidecar allows.
  var gateway = GatewayBlock()
  /// How its sidecar stands beside it.
  var topology = SidecarPlan.Topology.own
  /// The providers that its sidecar reaches.
  var upstreams: [ResolvedUpstream] = []
  /// The secrets of its sidecar.
  var keys: [SidecarPlan.Key] = []
  /// Objects that are not the same for all instances, by instance.
  var ownMounts: [String: [(object: String, target: String)]] = [:]
  /// What each instance may use, by instance.
  var skillmaps: [String: JSONValue] = [:]

  /// Whether a privilege is there.
  func has(_ mode: String) -> Bool { privileges.contains { $0.mode == mode } }

  /// The name of an instance's sidecar; nil for none.
  func sidecar(_ instance: PodPlan.Instance) -> String? {
    if cllama == nil { return nil }
    return topology == .shared ? ComposeNames.sharedSidecar : ComposeNames.sidecar(instance.name)
  }

  /// Whether each instance's sidecar writes its skill map; one that is shared serves too many for that.
  var hasOwnSkillmap: Bool { cllama != nil && topology != .shared }

  /// The networks that a service joins which the claw may reach: the claw's own, or that of its sidecar.
  var serviceNetwork: String {
    cllama == nil ? ComposeNames.network(service.name) : ComposeNames.services(service.name)
  }

  /// The variables that its sidecar's token is handed over by: those that stand beside its runner's base URLs.
  var tokenVariables: [String] {
    if cllama == nil { return [] }
    let keys = runner.baseURLVariables.filter { $0.hasSuffix("_BASE_URL") }.map { "\($0.dropLast(8))API_KEY" }
    return ["CLAW_TOKEN"] + keys
  }

  var hasOpenEgress: Bool { has("egress") }
  var hasWritableRoot: Bool { has("rootfs") || !runner.allowsReadOnlyRoot }
  var capabilities: [String] { privileges.filter { $0.mode == "cap" }.map(\.value).sorted() }
}
