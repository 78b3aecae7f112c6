import Guards
package import IR

/// A program with one small mistake, as an author could make it: good tests notice.
package struct PolicyMutant: Sendable {
  /// The guard's key, or `posture`.
  package var guardName: String
  /// The key of the field that was changed.
  package var key: String
  /// The entry that was left out, if one was.
  package var literal: PolicyLiteral?
  /// What was changed, as people say it: "patterns without '**/.ssh/**'".
  package var change: String
  package var program: PolicyProgram

  /// Every mutant of a program.
  package static func all(of program: PolicyProgram) -> [PolicyMutant] {
    var result: [PolicyMutant] = []
    for literal in program.literals {
      result.append(
        PolicyMutant(
          guardName: literal.guardName, key: literal.list, literal: literal,
          change: "\(literal.list) without '\(literal.text)'",
          program: program.keeping(literal) { $0 != literal.index }))
    }
    for (index, item) in program.guards.enumerated() {
      var without = program
      without.guards.remove(at: index)
      result.append(PolicyMutant(guardName: item.name, key: "enabled", change: "enabled: false", program: without))
      for setting in SettingMutant.all(of: item) {
        var changed = program
        changed.guards[index] = setting.program
        result.append(PolicyMutant(guardName: item.name, key: setting.key, change: setting.change, program: changed))
      }
    }
    return result + posture(program)
  }

  private static func posture(_ program: PolicyProgram) -> [PolicyMutant] {
    guard let plan = program.posture else { return [] }
    var result: [PolicyMutant] = []
    func add(_ key: String, _ change: String, _ edit: (inout PosturePlan) -> Void) {
      var copy = plan
      edit(&copy)
      var changed = program
      changed.posture = copy
      result.append(PolicyMutant(guardName: "posture", key: key, change: change, program: changed))
    }
    for (index, state) in plan.states.enumerated() {
      for capability in state.capabilities {
        add("states", "states: '\(state.name)' without \(capability)") {
          $0.states[index].capabilities.removeAll { $0 == capability }
        }
      }
      for budget in state.budgets {
        add("states", "states: '\(state.name)' without the budget \(budget.name)") { plan in
          plan.states[index].budgets.removeAll { $0.name == budget.name }
        }
      }
    }
    for (index, transition) in plan.transitions.enumerated() {
      add("transitions", "transitions without the one to '\(transition.to)' on \(transition.trigger)") {
        $0.transitions.remove(at: index)
      }
    }
    return result
  }
}

/// A guard with one setting changed.
struct SettingMutant {
  var key: String
  var change: String
  var program: GuardProgram

  static func all(of item: GuardProgram) -> [SettingMutant] {
    switch item {
    case .egressAllowlist(let own):
      return actions(own.otherwise, "default_action") { action in
        var copy = own
        copy.otherwise = action
        return .egressAllowlist(copy)
      }
    case .mcpTool(let own):
      var result: [SettingMutant] = []
      // Where there is an allow list, the default is never asked.
      if own.allow.isEmpty {
        result += actions(own.otherwise, "default_action") { action in
          var copy = own
          copy.otherwise = action
          return .mcpTool(copy)
        }
      }
      var unlimited = own
      unlimited.argumentsLimit = .max
      return result + [
        SettingMutant(key: "max_args_size", change: "max_args_size without a limit", program: .mcpTool(unlimited))
      ]
    case .shellCommand(let own):
      var copy = own
      copy.checksPaths.toggle()
      return [
        .init(
          key: "enforce_forbidden_paths", change: "enforce_forbidden_paths: \(copy.checksPaths)",
          program: .shellCommand(copy))
      ]
    case .secretLeak(let own): return secrets(own)
    case .patchIntegrity(let own): return patches(own)
    case .promptInjection(let own):
      var (warn, block) = (own, own)
      warn.warnLevel = moved(own.warnLevel)
      block.blockLevel = moved(own.blockLevel)
      return [
        .init(
          key: "warn_at_or_above", change: "warn_at_or_above: \(Guard.levels[warn.warnLevel])",
          program: .promptInjection(warn)),
        .init(
          key: "block_at_or_above", change: "block_at_or_above: \(Guard.levels[block.blockLevel])",
          program: .promptInjection(block)),
      ]
    case .jailbreak(let own):
      var (warn, block) = (own, own)
      (warn.warnThreshold, block.blockThreshold) = (101, 101)
      return [
        .init(key: "detector", change: "detector without warn_threshold", program: .jailbreak(warn)),
        .init(key: "detector", change: "detector without block_threshold", program: .jailbreak(block)),
      ]
    case .secretAccess(let own):
      return actions(own.otherwise, "default_action") { action in
        var copy = own
        copy.otherwise = action
        return .secretAccess(copy)
      }
    case .computerUse(let own):
      return [ComputerUseProgram.Mode.observe, .guardrail, .failClosed].filter { $0 != own.mode }.map { mode in
        var copy = own
        copy.mode = mode
        return .init(key: "mode", change: "mode: \(mode.rawValue)", program: .computerUse(copy))
      }
    case .remoteDesktopSideChannel(let own):
      var result = own.disabled.map { channel -> SettingMutant in
        var copy = own
        copy.disabled.removeAll { $0 == channel }
        return .init(
          key: "\(channel)_enabled", change: "\(channel)_enabled: true", program: .remoteDesktopSideChannel(copy))
      }
      if own.transferLimit != nil {
        var copy = own
        copy.transferLimit = nil
        result.append(
          .init(
            key: "max_transfer_size_bytes", change: "max_transfer_size_bytes without a limit",
            program: .remoteDesktopSideChannel(copy)))
      }
      return result
    case .inputInjectionCapability(let own):
      var copy = own
      copy.needsProbe.toggle()
      return [
        .init(
          key: "require_postcondition_probe", change: "require_postcondition_probe: \(copy.needsProbe)",
          program: .inputInjectionCapability(copy))
      ]
    case .hardRails(let own):
      return own.detectors.indices.map { index in
        var copy = own
        let name = copy.detectors.remove(at: index).name
        return .init(key: "detectors", change: "detectors without \(name)", program: .hardRails(copy))
      }
    case .forbiddenPath, .pathAllowlist: return []
    }
  }

  private static func moved(_ level: Int) -> Int { level < 3 ? level + 1 : level - 1 }

  private static func actions(
    _ action: DefaultAction, _ key: String, _ make: (DefaultAction) -> GuardProgram
  ) -> [SettingMutant] {
    [DefaultAction.allow, .block, .log].filter { $0 != action }.map {
      SettingMutant(key: key, change: "\(key): \($0.rawValue)", program: make($0))
    }
  }

  private static func secrets(_ own: SecretProgram) -> [SettingMutant] {
    var result = PolicySeverity.allCases.filter { $0 != own.threshold }.map { severity -> SettingMutant in
      var copy = own
      copy.threshold = severity
      return .init(
        key: "severity_threshold", change: "severity_threshold: \(severity.word)", program: .secretLeak(copy))
    }
    for (index, secret) in own.secrets.enumerated() where secret.checksLuhn {
      var copy = own
      copy.secrets[index].checksLuhn = false
      result.append(
        .init(
          key: "patterns", change: "patterns with '\(secret.name)' but without its luhn_check",
          program: .secretLeak(copy)))
    }
    return result
  }

  private static func patches(_ own: PatchProgram) -> [SettingMutant] {
    var (additions, deletions, ratio) = (own, own, own)
    (additions.additionsLimit, deletions.deletionsLimit) = (.max, .max)
    ratio.ratioLimit = own.ratioLimit == nil ? 10 : nil
    let change = own.ratioLimit == nil ? "require_balance: true" : "require_balance: false"
    return [
      .init(key: "max_additions", change: "max_additions without a limit", program: .patchIntegrity(additions)),
      .init(key: "max_deletions", change: "max_deletions without a limit", program: .patchIntegrity(deletions)),
      .init(key: "require_balance", change: change, program: .patchIntegrity(ratio)),
    ]
  }
}
