import Diagnostics
import IR
import JSON
import Lexer
import Source

extension PodLowering {
  /// Puts image and pod of a claw together; nil if that can't be done, which was reported.
  ///
  /// Of a claw whose image is not known all is checked that no image could change.
  mutating func resolve(_ service: ComposeService, _ block: ClawBlock) -> ResolvedClaw? {
    guard ComposeNames.isClaw(service.name) else {
      bag.report(
        PodRules.name, at: service.location, "'\(service.name)' can't be a claw's name",
        help: "use lower-case letters, digits and '-', 48 characters at most")
      return nil
    }
    guard isInOnePlace(service) else { return nil }
    let image = image(of: service) ?? .unknown(grantingTo: service)
    let runner = runner(of: image, service, block)
    let privileges = privileges(image, block)
    var claw = ResolvedClaw(
      service: service, block: block, image: image, runner: runner, instances: [], isCounted: block.count != nil,
      cllama: stack(image, block), user: "", privileges: privileges, surfaces: surfaces(image, block),
      invocations: [], overridesSchedule: false, models: models(image, block), handles: [],
      contract: .init(path: "", bytes: []), contractPath: "", mounts: [], targets: [])
    claw.user = user(claw)
    claw.instances = instances(claw)
    schedule(&claw)
    handles(&claw)
    check(claw)
    targets(&claw)
    gateway(&claw)
    contract(&claw)
    checkMounts(claw)
    if let place = block.persona?.location ?? image.config.persona.map({ $0.origin ?? block.location }) {
      plan.unsupported.append(.init(message: "a persona", location: place))
    }
    return claw
  }

  private mutating func runner(of image: BuiltImage, _ service: ComposeService, _ block: ClawBlock) -> RunnerType {
    if image.isUnknown { return .unknown }
    if let name = image.config.type?.value, let type = RunnerCatalog.type(named: name) { return type }
    bag.report(
      PodRules.noType, at: block.location, "the image of '\(service.name)' has no runner type",
      help: service.build == nil
        ? "build it from a Clawfile with CLAW_TYPE: 'build: .' instead of 'image'" : "add CLAW_TYPE to its Clawfile")
    return .unknown
  }

  private mutating func image(of service: ComposeService) -> BuiltImage? {
    if let build = service.build {
      if let inline = build["dockerfile_inline"] {
        bag.report(
          PodRules.unknownImage, at: inline.location, "a claw's image can't be built from 'dockerfile_inline'",
          help: "write it to a Clawfile")
        return nil
      }
      let context = build["context"]?.string ?? build.string ?? "."
      if context.contains("://") {
        bag.report(
          PodRules.unknownImage, at: build.location, "a claw's image can't be built from a remote context",
          help: "build it from a folder")
        return nil
      }
      return images.built(
        context: FilePath.join(plan.folder, context), dockerfile: build["dockerfile"]?.string,
        target: build["target"]?.string, arguments: service.buildArguments(environment), at: build.location)
    }
    guard let image = service.image, let reference = image.string else {
      // Compose's own check says this of services that are active.
      if !service.isActive {
        bag.report(
          PodRules.unknownImage, at: service.location, "'\(service.name)' has neither an image nor a build",
          help: "add 'build' or 'image'")
      }
      return nil
    }
    guard let facts = images.locked(reference) else {
      bag.report(
        PodRules.unknownImage, at: image.location, "claw.lock does not have the image '\(reference)'",
        help: "run 'claw lock' where the engine has the image, and commit claw.lock")
      return nil
    }
    return BuiltImage(facts: facts)
  }
}

extension BuiltImage {
  /// Stands for an image that is not known: it grants what its service asks for and says nothing else.
  fileprivate static func unknown(grantingTo service: ComposeService) -> BuiltImage {
    var config = ImageConfig()
    func grant(_ mode: String, _ value: String) {
      config.privileges.append((mode, .init(value, origin: nil)))
    }
    for capability in service.addedCapabilities {
      let name = (capability.string ?? "").uppercased()
      grant("cap", name.hasPrefix("CAP_") ? String(name.dropFirst(4)) : name)
    }
    if let user = service.user?.scalarText { grant("runtime", user) }
    grant("rootfs", "rw")
    var image = BuiltImage(
      config: config, command: StageCommand(), hasWrapper: true, hasScheduler: true, hasHealthcheck: false, source: nil,
      generated: nil)
    image.isUnknown = true
    return image
  }
}

extension RunnerType {
  /// Stands for the type of an image that is not known: it needs nothing outside of claw's own folder.
  fileprivate static let unknown = RunnerType(
    name: "unknown", summary: "", contractName: "AGENTS.md", contractPath: "/claw/AGENTS.md",
    workspace: "/claw/workspace")
}

extension [ValuePart] {
  /// The value as text; what a build completes stays `${NAME}`.
  var text: String {
    map {
      switch $0 {
      case .literal(let text): text
      case .variable(let name): "${\(name)}"
      }
    }.joined()
  }
}
