import Diagnostics
import IR
import Source

extension PodLowering {
  /// What the surfaces of a claw lead to, and whether it may.
  mutating func targets(_ claw: inout ResolvedClaw) {
    for (surface, location) in claw.surfaces {
      switch surface.kind {
      case .service: target(surface, location, &claw)
      case .volume:
        checkAccess(surface, location, claw)
        checkOwner(surface, location, claw)
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
    let name = volumeName(surface.target)
    guard
      let rules = volumeAccess[surface.target] ?? volumeAccess.first(where: { volumeName($0.key) == name })?.value
    else { return }
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

  /// Whether somebody makes the folder that a volume to write to is mounted on.
  private mutating func checkOwner(_ surface: Surface, _ location: Location, _ claw: ResolvedClaw) {
    guard surface.access == .readWrite, !StageCommand.isRoot(claw.user),
      !claw.image.config.surfaces.contains(where: { $0.value.kind == .volume && $0.value.target == surface.target })
    else { return }
    // A Clawfile that names the place makes it itself, as far as can be told.
    var found: Set<Int> = []
    if let source = claw.image.source {
      ByteSearch(["/mnt/\(surface.target)"]).search(source.bytes[...], into: &found)
    }
    guard found.isEmpty else { return }
    bag.report(
      PodRules.unownedVolume, at: location,
      "the image of '\(claw.service.name)' has no folder for '\(surface.target)', so the volume may belong to root",
      help: "add 'SURFACE \(surface.uri)' to its Clawfile")
  }

  private mutating func checkHost(_ surface: Surface, _ location: Location) {
    guard let reason = HostPaths.refusal(surface.target) else { return }
    bag.report(
      PodRules.refusedMount, at: location, "'\(surface.target)' is \(reason)", help: "name a folder made for the claw")
  }
}
