import IR
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

  /// Whether a privilege is there.
  func has(_ mode: String) -> Bool { privileges.contains { $0.mode == mode } }

  var hasOpenEgress: Bool { has("egress") }
  var hasWritableRoot: Bool { has("rootfs") || !runner.allowsReadOnlyRoot }
  var capabilities: [String] { privileges.filter { $0.mode == "cap" }.map(\.value).sorted() }
}
