package import IR

/// What becomes of the mutants of a program.
package struct MutationRun: Sendable {
  /// What became of one.
  package enum Verdict: Sendable {
    /// Some test noticed.
    case killed
    /// It decides every event as the program does.
    case equivalent
    /// No test noticed, and this event shows the difference; nil where no automaton decides the literal.
    case survived(witness: PolicyComparison.Change?)
  }

  /// A mutant and what became of it.
  package struct Line: Sendable {
    package var mutant: PolicyMutant
    package var verdict: Verdict
  }

  package private(set) var lines: [Line] = []

  /// Tries mutants of a program.
  ///
  /// - Parameter notices: whether some test fails with a mutant's engine.
  package init(
    _ program: PolicyProgram, _ mutants: [PolicyMutant], notices: (PolicyEngine) -> Bool
  ) throws(PolicyEngine.Refusal) {
    var meaning: PolicyMeaning?
    let cache = LanguageCache()
    for mutant in mutants {
      if notices(try PolicyEngine(mutant.program)) {
        lines.append(Line(mutant: mutant, verdict: .killed))
        continue
      }
      let original = meaning ?? PolicyMeaning(program)
      meaning = original
      let changed = PolicyMeaning(
        mutant.program, like: original, except: Self.kinds(of: mutant.guardName), cache: cache)
      let comparison = try PolicyComparison((program, original), (mutant.program, changed))
      let isEquivalent = comparison.changes.isEmpty && comparison.undecided.isEmpty
      lines.append(
        Line(
          mutant: mutant, verdict: isEquivalent ? .equivalent : .survived(witness: Self.clearest(comparison.changes))))
    }
  }

  /// The change that shows best what is the matter: one between allowed and blocked.
  private static func clearest(_ changes: [PolicyComparison.Change]) -> PolicyComparison.Change? {
    changes.first { $0.before != .warn && $0.after != .warn } ?? changes.first
  }

  package var killed: Int { lines.count { if case .killed = $0.verdict { true } else { false } } }

  package var survivors: [Line] { lines.filter { if case .survived = $0.verdict { true } else { false } } }

  /// The kinds of events that a guard has a say in.
  private static func kinds(of guardName: String) -> Set<PolicyMeaning.Kind> {
    switch guardName {
    case "forbidden_path": [.fileRead, .fileWrite, .patch, .command]
    case "path_allowlist": [.fileRead, .fileWrite, .patch]
    case "egress_allowlist": [.egress]
    case "mcp_tool": [.tool]
    case "shell_command": [.command]
    case "secret_leak": [.fileWrite, .patch, .tool, .command]
    case "patch_integrity": [.patch]
    case "secret_access": [.secret]
    case "prompt_injection": [.untrustedText]
    case "jailbreak": [.userInput]
    case "computer_use", "remote_desktop_side_channel", "input_injection_capability": [.computerUse, .transfer, .input]
    case "posture", "hard_rails": []
    default: Set(PolicyMeaning.Kind.allCases)
    }
  }
}
