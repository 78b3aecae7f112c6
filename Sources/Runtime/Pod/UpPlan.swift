package import IR

/// What `up` is about to do: nothing else happens, and a person can read it first.
package struct UpPlan: Sendable {
  /// What happens to a service's containers.
  package enum Action: String, Sendable, CaseIterable {
    /// There is none yet.
    case create
    /// It stays as it is.
    case keep
    /// It stays, and is started.
    case start
    /// It is replaced.
    case recreate
    /// Nothing asks for it any more.
    case remove
  }

  /// An action and why.
  package struct Step: Sendable, Equatable {
    /// The service in the generated file.
    package var service: String
    /// What happens to it.
    package var action: Action
    /// Why, where that is not plain.
    package var reason: String?

    /// Joins the parts.
    package init(service: String, action: Action, reason: String? = nil) {
      self.service = service
      self.action = action
      self.reason = reason
    }
  }

  /// The steps: what is wanted in the file's order, then what goes.
  package var steps: [Step] = []
  /// Volumes of removed ordinals, by the name in the file, which go with them.
  package var volumes: [String] = []

  /// An empty plan.
  package init() {}

  /// Whether everything stays as it is.
  package var isQuiet: Bool { volumes.isEmpty && steps.allSatisfy { $0.action == .keep } }
  /// Services that get a new start.
  package var fresh: Set<String> {
    Set(steps.filter { [.create, .recreate, .start].contains($0.action) }.map(\.service))
  }

  /// Compares what is wanted with what is there.
  ///
  /// - Parameter images: the ids of the images that the engine has, by name.
  package static func make(
    _ wanted: PodConfig, images: [String: String], containers: [ContainerState], volumes: [String: String],
    pod: PodPlan?
  ) -> UpPlan {
    var plan = UpPlan()
    for service in wanted.services {
      let own = containers.filter { $0.service == service.name }
      plan.steps.append(step(service, images[service.image], own))
    }
    let names = Set(wanted.services.map(\.name))
    for name in Set(containers.map(\.service)).subtracting(names).sorted() {
      plan.steps.append(Step(service: name, action: .remove))
    }
    let known = Set(volumes.keys).subtracting(wanted.volumes)
    plan.volumes = OwnVolumes.left(over: known, pod: pod)
    return plan
  }

  private static func step(_ service: PodConfig.Service, _ image: String?, _ own: [ContainerState]) -> Step {
    func step(_ action: Action, _ reason: String? = nil) -> Step {
      Step(service: service.name, action: action, reason: reason)
    }
    guard !own.isEmpty else { return step(.create) }
    if own.contains(where: { $0.hash != service.hash }) { return step(.recreate, "its settings changed") }
    if let image, own.contains(where: { $0.image != nil && $0.image != image }) {
      return step(.recreate, "its image changed")
    }
    if own.contains(where: { $0.state != "running" && $0.state != "restarting" }) { return step(.start) }
    return step(.keep)
  }
}

/// Which volumes belong to one ordinal of a claw alone.
enum OwnVolumes {
  /// Those of ordinals that the pod has no more, sorted: a name with the claw's service, a number, and the end that the
  /// volumes of its other instances have.
  static func left(over volumes: Set<String>, pod: PodPlan?) -> [String] {
    var found: Set<String> = []
    for claw in pod?.claws ?? [] {
      guard let first = claw.instances.first else { continue }
      let ends = first.ownVolumes.map { String($0.dropFirst(first.name.count)) }
      for volume in volumes {
        guard volume.starts(withBytes: claw.service + "-") else { continue }
        let rest = volume.dropFirst(claw.service.count + 1)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, ends.contains(String(rest.dropFirst(digits.count))) else { continue }
        if !claw.instances.contains(where: { $0.name == "\(claw.service)-\(digits)" }) { found.insert(volume) }
      }
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
