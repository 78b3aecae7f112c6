import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  /// What a claw may not ask for, judged on what compose would make of it: after merge keys, extends and includes.
  mutating func check(_ claw: ResolvedClaw) {
    let service = claw.service
    for entry in service.value.entries ?? [] {
      guard let key = ClawKeys.key(entry.key) else { continue }
      if key.isFixed, let place = entry.value.variablePlace {
        bag.report(
          key.rule, at: place, "'\(key.name)' of the claw '\(service.name)' can't hold a variable",
          help: "write the value itself: what was checked must be what runs")
        continue
      }
      if entry.value.asksForNothing { continue }
      if key.refuses(entry.value) {
        bag.report(
          key.rule, at: (entry.value.elements?.first ?? entry.value).location,
          "the claw '\(service.name)' can't have '\(describe(entry))'",
          help: key.verdict == .refused ? key.note : key.exception.map { "refused here: \($0)" })
      } else if key.differs(entry.value) {
        bag.report(
          PodRules.overridden, at: entry.value.location,
          "'\(describe(entry))' has no effect on the claw '\(service.name)'", help: "claw writes \(key.note)")
      }
    }
    checkCapabilities(claw)
    checkGrants(claw)
    checkUser(claw)
    for name in ["container_name", "mac_address"] {
      guard claw.isCounted, let value = service[name], !value.isNull else { continue }
      bag.report(
        PodRules.refusedKey, at: value.location, "a claw with a count can't have a \(name)", help: "remove it")
    }
    if claw.runner.needsDockerSocket, !claw.has("docker-socket") {
      bag.report(
        PodRules.refusedKey, at: claw.block.location, "\(claw.runner.name) needs the engine's socket",
        help: "grant it with 'PRIVILEGE docker-socket true' if you must: it hands over the host")
    }
    checkBuild(claw)
    checkProviderKeys(claw)
    checkOverridden(claw)
  }

  /// A key with its value where that is short.
  private func describe(_ entry: ComposeEntry) -> String {
    guard let text = entry.value.scalarText, text.utf8.count < 40 else { return entry.key }
    return "\(entry.key): \(text)"
  }

  private mutating func checkCapabilities(_ claw: ResolvedClaw) {
    for added in claw.service.addedCapabilities {
      guard let text = added.string else { continue }
      var name = text.uppercased()
      if name.hasPrefix("CAP_") { name.removeFirst(4) }
      if claw.capabilities.contains(name) { continue }
      bag.report(
        PodRules.refusedKey, at: added.location, "the claw '\(claw.service.name)' can't have the capability '\(text)'",
        help: "declare it with 'PRIVILEGE cap \(name)' in its Clawfile")
    }
  }

  /// Says which privileges hand over the host. Those of a Clawfile that is built here were told there.
  private mutating func checkGrants(_ claw: ResolvedClaw) {
    if claw.image.isUnknown { return }
    let own = claw.block.privileges.map { (mode: $0.privilege.mode, value: $0.privilege.value, place: $0.location) }
    let foreign = claw.image.config.privileges.filter { $0.value.origin == nil }
    let place = claw.service.image?.location ?? claw.block.location
    let granted = own + foreign.map { (mode: $0.mode, value: $0.value.value, place: place) }
    for (mode, value, place) in granted where claw.privileges.contains(where: { $0.mode == mode && $0.value == value })
    {
      guard case .success(let privilege) = PrivilegeParser.parse(mode, value), privilege.isDangerous else { continue }
      bag.report(
        DirectiveRules.dangerousPrivilege, at: place,
        "'\(mode) \(value)' of the claw '\(claw.service.name)' hands over the host",
        help: "remove it if the runner can do without; what an image brings along is for its maker to remove")
    }
  }

  private mutating func checkUser(_ claw: ResolvedClaw) {
    let name = claw.user.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    if name == "root" || Int(name) == 0 {
      if claw.privileges.contains(where: { $0.mode == "runtime" && $0.value == claw.user }) { return }
      bag.report(
        PodRules.refusedKey, at: claw.service.user?.location ?? claw.block.location,
        "the claw '\(claw.service.name)' can't run as root",
        help: "declare it with 'PRIVILEGE runtime \(claw.user)' in its Clawfile if you must")
    } else if Int(name) == nil, !claw.hasWritableRoot {
      bag.report(
        PodRules.namedUser, at: claw.service.user?.location ?? claw.block.location,
        "the user '\(claw.user)' of '\(claw.service.name)' is a name", help: "write it in numbers, such as '1000:1000'")
    }
  }

  /// Keys that claw sets whatever the author wrote.
  private mutating func checkOverridden(_ claw: ResolvedClaw) {
    guard let instance = claw.instances.first else { return }
    var own: Set<String> = []
    for entry in environment(claw, instance) where !own.insert(entry.key).inserted {
      bag.report(
        PodRules.name, at: claw.block.location,
        "two settings of '\(claw.service.name)' would be the variable '\(entry.key)'",
        help: "rename a model's slot or a platform: '-' and '_' are the same there")
    }
    for entry in claw.service.environment {
      guard own.contains(entry.key), claws(win: entry.key, in: "environment") else { continue }
      bag.report(
        PodRules.overridden, at: entry.keyLocation, "the variable '\(entry.key)' is claw's", help: "use another name")
    }
    // What stands in 'environment' wins over the file that the token comes by.
    for entry in claw.service.environment where claw.tokenVariables.contains(entry.key) {
      bag.report(
        PodRules.refusedKey, at: entry.keyLocation,
        "'\(entry.key)' of the claw '\(claw.service.name)' is the token for its sidecar", help: "remove it")
    }
    checkLabels(claw)
  }

  /// Labels below `claw.` are claw's alone: what finds, shows and starts claws goes by them.
  private mutating func checkLabels(_ claw: ResolvedClaw) {
    let written = (claw.service.labels + ComposeService.pairs(claw.service.build?["labels"])).map {
      ($0.key, $0.keyLocation)
    }
    for (name, place) in written + claw.service.labelFileVariables.map({ ($0.name, $0.location) })
    where ComposeNames.isOwnLabel(name) {
      bag.report(
        PodRules.refusedKey, at: place, "the claw '\(claw.service.name)' can't have the label '\(name)': it is claw's",
        help: "use another key")
    }
    // A list's texts are expanded whole, so a variable may bring the key.
    for list in [claw.service["labels"], claw.service.build?["labels"]] {
      for element in list?.elements ?? [] where !element.variables.isEmpty {
        let key = element.node?.text?.utf8.prefix { $0 != 0x3D }
        guard key?.contains(0x24) == true else { continue }
        bag.report(
          PodRules.refusedKey, at: element.location,
          "a label of the claw '\(claw.service.name)' can't have a variable in its key", help: "write the key itself")
      }
    }
  }
}

extension ComposeValue {
  /// Where a variable stands in this value or below it.
  var variablePlace: Location? {
    if !variables.isEmpty { return location }
    switch content {
    case .sequence(let elements): return elements.lazy.compactMap(\.variablePlace).first
    case .mapping(let entries): return entries.lazy.compactMap(\.value.variablePlace).first
    default: return nil
    }
  }

  /// Whether a value is there only by its name: null, false, or empty.
  fileprivate var asksForNothing: Bool {
    switch content {
    case .null: true
    case .string(let text): text.isEmpty
    case .sequence(let elements): elements.isEmpty
    case .mapping(let entries): entries.isEmpty
    default: false
    }
  }
}
