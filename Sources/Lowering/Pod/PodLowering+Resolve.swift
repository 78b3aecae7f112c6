import Diagnostics
import IR
import JSON
import Lexer
import Source

extension PodLowering {
  /// Puts image and pod of a claw together; nil if that can't be done, which was reported.
  mutating func resolve(_ service: ComposeService, _ block: ClawBlock) -> ResolvedClaw? {
    guard ComposeNames.isClaw(service.name) else {
      bag.report(
        PodRules.name, at: service.location, "'\(service.name)' can't be a claw's name",
        help: "use lower-case letters, digits and '-', 48 characters at most")
      return nil
    }
    guard isInOnePlace(service), let image = image(of: service) else { return nil }
    guard let typeName = image.config.type?.value, let runner = RunnerCatalog.type(named: typeName) else {
      bag.report(
        PodRules.noType, at: block.location, "the image of '\(service.name)' has no runner type",
        help: "add CLAW_TYPE to its Clawfile")
      return nil
    }
    if block.fields.contains("count"), block.count == nil { return nil }
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
    contract(&claw)
    checkMounts(claw)
    if let place = block.persona?.location ?? image.config.persona.map({ $0.origin ?? block.location }) {
      plan.unsupported.append(.init(message: "a persona", location: place))
    }
    return claw
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
        target: build["target"]?.string, at: build.location)
    }
    guard let image = service.image, let reference = image.string else {
      bag.report(PodRules.unknownImage, at: service.location, "'\(service.name)' has neither an image nor a build")
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

  // MARK: Image and pod

  private func privileges(_ image: BuiltImage, _ block: ClawBlock) -> [(mode: String, value: String)] {
    let overridden = Set(block.privileges.map(\.privilege.mode))
    return image.config.privileges.filter { !overridden.contains($0.mode) }.map { ($0.mode, $0.value.value) }
      + block.privileges.map { ($0.privilege.mode, $0.privilege.value) }
  }

  /// The pod's stack replaces the image's; without either the sidecar passes everything through.
  private func stack(_ image: BuiltImage, _ block: ClawBlock) -> [String]? {
    if let words = block.cllama { return words.isEmpty ? nil : words.map(\.value) }
    let words = image.config.cllama.flatMap { $0.value.text.split(separator: " ").map(String.init) }
    if words == ["none"] { return nil }
    return words.isEmpty ? ["passthrough"] : words
  }

  /// Both add up; for the same URI the pod's mode counts.
  private func surfaces(_ image: BuiltImage, _ block: ClawBlock) -> [(surface: Surface, location: Location)] {
    let uris = Set(block.surfaces.map(\.surface.uri))
    return image.config.surfaces.filter { !uris.contains($0.value.uri) }.map { ($0.value, $0.origin ?? block.location) }
      + block.surfaces
  }

  private func models(_ image: BuiltImage, _ block: ClawBlock) -> [(slot: String, reference: String)] {
    let slots = Set(block.models.map(\.slot))
    let merged =
      image.config.models.filter { !slots.contains($0.slot) }.map { ($0.slot, $0.reference.value.text) }
      + block.models.map { ($0.slot, $0.reference.value) }
    return merged.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
  }

  /// The author's user, else what the image is made for, else claw's.
  private func user(_ claw: ResolvedClaw) -> String {
    if let own = claw.service.user?.scalarText, !own.isEmpty { return own }
    if let runtime = claw.privileges.last(where: { $0.mode == "runtime" }) { return runtime.value }
    if let user = claw.image.command.user, !user.isEmpty, user != "root", user != "0", !user.hasPrefix("0:"),
      PrivilegeParser.isUser(user)
    {
      return user
    }
    return "1000:1000"
  }

  private func instances(_ claw: ResolvedClaw) -> [PodPlan.Instance] {
    let ordinals: [Int?] = claw.block.count.map { Array(0..<$0) } ?? [nil]
    return ordinals.map { ordinal in
      let name = ComposeNames.instance(claw.service.name, ordinal)
      var volumes = claw.runner.volumeFolders.map { ComposeNames.volume(name, $0) }
      if !claw.image.config.track.isEmpty { volumes.append(ComposeNames.volume(name, "track")) }
      return PodPlan.Instance(name: name, ordinal: ordinal, ownVolumes: volumes)
    }
  }

  /// The image's entries, then the pod's; a pod's entry of the same name replaces, an empty list clears.
  private mutating func schedule(_ claw: inout ResolvedClaw) {
    claw.invocations = claw.image.config.invoke.map(\.value)
    guard let entries = claw.block.invoke else { return }
    if entries.isEmpty { claw.invocations = [] }
    for (entry, _) in entries {
      if let name = entry.name, let index = claw.invocations.firstIndex(where: { $0.name == name }) {
        claw.invocations[index] = entry
      } else {
        claw.invocations.append(entry)
      }
    }
    // What the image lacks of wrapper and scheduler is mounted; only what it runs must be known.
    claw.overridesSchedule = true
    if !claw.image.hasWrapper, !claw.invocations.isEmpty, !claw.image.command.isKnown {
      bag.report(
        PodRules.unknownImage, at: claw.block.location,
        "'invoke' needs to know what the image of '\(claw.service.name)' runs, and that is not known",
        help: "write ENTRYPOINT or CMD in its Clawfile, or run 'claw lock'")
    }
  }

  private mutating func handles(_ claw: inout ResolvedClaw) {
    for block in claw.block.handles {
      var handle = block
      if let base = podBlock.handleDefaults.first(where: { $0.platform == block.platform }) {
        handle.id = handle.id ?? base.id
        handle.username = handle.username ?? base.username
        if handle.guilds.isEmpty { handle.guilds = base.guilds }
      }
      if handle.id == nil {
        bag.report(PodRules.handle, at: block.location, "the handle '\(block.platform)' has no id", help: "add 'id'")
      }
      if !claw.image.config.handles.isEmpty,
        !claw.image.config.handles.contains(where: { $0.value == block.platform })
      {
        bag.report(
          PodRules.handle, at: block.location, "the image has no HANDLE '\(block.platform)'",
          help: "add it to the Clawfile")
      }
      claw.handles.append(handle)
    }
    for declared in claw.image.config.handles where !claw.handles.contains(where: { $0.platform == declared.value }) {
      bag.report(
        PodRules.handle, at: claw.block.location,
        "the image of '\(claw.service.name)' appears on '\(declared.value)', and the pod gives no identity on it",
        help: "add 'handles: {\(declared.value): {id: …}}'")
    }
  }

  // MARK: Surfaces

  private mutating func targets(_ claw: inout ResolvedClaw) {
    for (surface, location) in claw.surfaces {
      switch surface.kind {
      case .service: target(surface, location, &claw)
      case .volume: checkAccess(surface, location, claw)
      case .host: checkHost(surface, location)
      case .channel, .egress:
        if claw.cllama == nil, !claw.hasOpenEgress {
          bag.report(
            PodRules.surface, at: location,
            "'\(surface.uri)' leads outside, and '\(claw.service.name)' has no sidecar to go through",
            help: "remove 'cllama: none', or the surface")
        }
      }
    }
  }

  private mutating func target(_ surface: Surface, _ location: Location, _ claw: inout ResolvedClaw) {
    guard let target = service(named: surface.target) else {
      let near = Suggestion.nearest(to: surface.target, in: project.services.map(\.name))
      return bag.report(
        PodRules.surface, at: location, "there is no service '\(surface.target)'",
        help: near.map { "did you mean '\($0)'?" })
    }
    if blocks[target.name]?.isClaw == true {
      return bag.report(
        PodRules.surface, at: location, "'\(target.name)' is a claw: claws can't reach each other",
        help: "put a plain service between them, or a shared volume")
    }
    if let mode = target.networkMode {
      return bag.report(
        PodRules.surface, at: location,
        "'\(target.name)' has a network_mode and so can't join the network of '\(claw.service.name)'",
        help: "remove its network_mode", labels: [.init(mode.location, "its network_mode")])
    }
    if !claw.targets.contains(target.name) { claw.targets.append(target.name) }
    for module in blocks[target.name]?.requireCllama ?? [] {
      if claw.cllama?.contains(module.value) == true { continue }
      bag.report(
        PodRules.requireCllama, at: location,
        "'\(target.name)' requires '\(module.value)', which the stack of '\(claw.service.name)' lacks",
        help: "add it to 'cllama'", labels: [.init(module.location, "required here")])
    }
  }

  mutating func checkAccess(_ surface: Surface, _ location: Location, _ claw: ResolvedClaw) {
    // What counts is the volume, by whatever key of the file it is reached.
    func real(_ key: String) -> String {
      project.volumes.first { $0.key == key }?.value["name"]?.string ?? "\(plan.name)_\(key)"
    }
    let name = real(surface.target)
    guard let rules = volumeAccess[surface.target] ?? volumeAccess.first(where: { real($0.key) == name })?.value else {
      return
    }
    let wanted = surface.access ?? .readOnly
    guard let rule = rules.first(where: { Glob.matches($0.pattern, claw.service.name) }) else {
      return bag.report(
        PodRules.volumeAccess, at: location,
        "the access list of the volume '\(surface.target)' has no line for '\(claw.service.name)'",
        help: "add '\(claw.service.name): \(wanted.rawValue)' to it")
    }
    if wanted == .readWrite, rule.access == .readOnly {
      bag.report(
        PodRules.volumeAccess, at: location,
        "'\(claw.service.name)' may only read the volume '\(surface.target)'", help: "write 'read-only'",
        labels: [.init(rule.location, "decided here")])
    }
  }

  private mutating func checkHost(_ surface: Surface, _ location: Location) {
    guard let reason = HostPaths.refusal(surface.target) else { return }
    bag.report(
      PodRules.refusedMount, at: location, "'\(surface.target)' is \(reason)", help: "name a folder made for the claw")
  }
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

/// Patterns of service names: `*` for any run of characters, `?` for one.
enum Glob {
  /// Whether a name matches a pattern.
  static func matches(_ pattern: String, _ name: String) -> Bool {
    var live: Set<Int> = [0]
    let name = Array(name.utf8)
    for byte in pattern.utf8 {
      var next: Set<Int> = []
      for index in live {
        switch byte {
        case 0x2A: next.formUnion(index...name.count)
        case 0x3F: if index < name.count { next.insert(index + 1) }
        default: if index < name.count, name[index] == byte { next.insert(index + 1) }
        }
      }
      live = next
    }
    return live.contains(name.count)
  }
}
