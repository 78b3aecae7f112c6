import Diagnostics
import IR
import Source

extension PodLowering {
  func privileges(_ image: BuiltImage, _ block: ClawBlock) -> [(mode: String, value: String)] {
    image.config.privileges.filter { !block.privilegeModes.contains($0.mode) }.map { ($0.mode, $0.value.value) }
      + block.privileges.map { ($0.privilege.mode, $0.privilege.value) }
  }

  /// The pod's stack replaces the image's; without either the sidecar passes everything through.
  func stack(_ image: BuiltImage, _ block: ClawBlock) -> [String]? {
    if let words = block.cllama { return words.isEmpty ? nil : words.map(\.value) }
    let words = image.config.cllama.flatMap { $0.value.text.split(separator: " ").map(String.init) }
    if words == ["none"] { return nil }
    return words.isEmpty ? ["passthrough"] : words
  }

  /// Both add up; for the same URI the pod's mode counts.
  func surfaces(_ image: BuiltImage, _ block: ClawBlock) -> [(surface: Surface, location: Location)] {
    let uris = Set(block.surfaces.map(\.surface.uri))
    return image.config.surfaces.filter { !uris.contains($0.value.uri) }.map { ($0.value, $0.origin ?? block.location) }
      + block.surfaces
  }

  func models(_ image: BuiltImage, _ block: ClawBlock) -> [(slot: String, reference: String)] {
    let slots = Set(block.models.map(\.slot))
    let merged =
      image.config.models.filter { !slots.contains($0.slot) }.map { ($0.slot, $0.reference.value.text) }
      + block.models.map { ($0.slot, $0.reference.value) }
    return merged.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
  }

  /// The author's user, else what the image is made for, else claw's.
  func user(_ claw: ResolvedClaw) -> String {
    if let own = claw.service.user?.scalarText, !own.isEmpty { return own }
    if let runtime = claw.privileges.last(where: { $0.mode == "runtime" }) { return runtime.value }
    if let user = claw.image.command.unprivilegedUser, PrivilegeParser.isUser(user) { return user }
    return StageCommand.defaultUser
  }

  func instances(_ claw: ResolvedClaw) -> [PodPlan.Instance] {
    let ordinals: [Int?] = claw.block.count.map { Array(0..<$0) } ?? [nil]
    return ordinals.map { ordinal in
      let name = ComposeNames.instance(claw.service.name, ordinal)
      var volumes = claw.runner.volumeFolders.map { ComposeNames.volume(name, $0) }
      if !claw.image.config.track.isEmpty { volumes.append(ComposeNames.volume(name, "track")) }
      return PodPlan.Instance(name: name, ordinal: ordinal, ownVolumes: volumes)
    }
  }

  /// The image's entries, then the pod's; a pod's entry of the same name replaces, an empty list clears.
  mutating func schedule(_ claw: inout ResolvedClaw) {
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
    // The build has looked for the zones of the image's own entries, and the scheduler knows UTC by itself.
    let checked = Set(claw.image.config.invoke.compactMap(\.value.fields.zone) + ["UTC", "Etc/UTC"])
    for (entry, place) in entries {
      guard let zone = entry.fields.zone, !checked.contains(zone) else { continue }
      bag.report(
        PodRules.uncheckedZone, at: place,
        "nothing checks that the image of '\(claw.service.name)' has the zone '\(zone)'",
        help: "install tzdata in the image; an INVOKE with that zone makes its build look for it")
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

  mutating func handles(_ claw: inout ResolvedClaw) {
    for block in claw.block.handles {
      var handle = block
      if let base = podBlock.handleDefaults.first(where: { $0.platform == block.platform }) {
        handle.id = handle.id ?? base.id
        handle.username = handle.username ?? base.username
        if handle.guilds.isEmpty { handle.guilds = base.guilds }
      }
      if handle.id?.value.isEmpty ?? true {
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
}
