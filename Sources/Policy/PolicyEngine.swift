import Guards
package import IR
import JSON

/// Decides events by a program: the one evaluator of the command line, the sidecar and the broker.
///
/// A decision is a function of program and event (and, with a posture, of the state that comes with it): no clock, no file,
/// no network. An engine remembers what its automata learned and belongs to one thread.
package final class PolicyEngine {
  /// Why a program decides nothing.
  package struct Refusal: Error, Sendable {
    /// The reason, for people.
    package var message: String
  }

  package let program: PolicyProgram
  /// The judges of each kind of action, in the order of the guards.
  private let judges: [[any Judge]]
  private let context: EventContext

  /// An engine for a program; refused where a guard is enabled that only a host could run, because what nobody judges must
  /// not pass as judged.
  package init(_ program: PolicyProgram) throws(Refusal) {
    if let missing = program.hostGuards.first {
      throw Refusal(message: "the guard '\(missing.name)' is enabled, and only its host can run it")
    }
    self.program = program
    context = EventContext(profile: program.profile)
    let all = Self.judges(program)
    judges = ActionKind.allCases.map { kind in
      all.filter { entry in
        entry.guard.actions.contains(kind)
          || (program.profile == .hardened && entry.guard.hardenedActions.contains(kind))
      }.map(\.judge)
    }
  }

  private static func judges(_ program: PolicyProgram) -> [(guard: Guard, judge: any Judge)] {
    let profile = program.profile
    var paths: ForbiddenPathJudge?
    return program.guards.map { program in
      switch program {
      case .forbiddenPath(let own):
        let judge = ForbiddenPathJudge(own, profile)
        paths = judge
        return (.forbiddenPath, judge)
      case .pathAllowlist(let own): return (.pathAllowlist, PathAllowlistJudge(own))
      case .egressAllowlist(let own): return (.egressAllowlist, EgressJudge(own))
      case .mcpTool(let own): return (.mcpTool, ToolJudge(own, profile))
      case .shellCommand(let own): return (.shellCommand, CommandJudge(own, paths: paths))
      case .secretLeak(let own): return (.secretLeak, SecretJudge(own))
      case .patchIntegrity(let own): return (.patchIntegrity, PatchJudge(own))
      case .promptInjection(let own): return (.promptInjection, InjectionJudge(own))
      case .jailbreak(let own): return (.jailbreak, JailbreakJudge(own))
      case .secretAccess(let own): return (.secretAccess, SecretAccessJudge(own))
      case .computerUse(let own): return (.computerUse, ComputerUseJudge(own))
      case .remoteDesktopSideChannel(let own): return (.remoteDesktopSideChannel, SideChannelJudge(own))
      case .inputInjectionCapability(let own): return (.inputInjectionCapability, InputJudge(own))
      case .hardRails(let own): return (.hardRails, HardRailsJudge(own))
      }
    }
  }

  /// What becomes of an event, with what every guard said.
  package func decide(_ event: PolicyEvent) -> Decision {
    context.begin(event)
    var results: [GuardResult] = []
    for judge in judges[event.action.kind.index] {
      guard let result = judge.judge(event, context) else { continue }
      results.append(result)
      if program.failFast, !result.isAllowed { break }
    }
    return Decision(overall: Self.worst(results), results: results, reason: Self.reason(event))
  }

  /// Only the outcome, for callers that ask nothing else.
  package func outcome(of event: PolicyEvent) -> Decision.Outcome {
    context.begin(event, wantsWords: false)
    var outcome = Decision.Outcome.allowed
    for judge in judges[event.action.kind.index] {
      guard let result = judge.judge(event, context) else { continue }
      if !result.isAllowed { return .blocked }
      if result.isWarning { outcome = .warn }
    }
    return outcome
  }

  /// What weighs most: a block before all else, then severity, then the earlier guard.
  private static func worst(_ results: [GuardResult]) -> GuardResult {
    guard var best = results.first else { return .allow("engine") }
    for result in results.dropFirst() {
      if best.isAllowed != result.isAllowed {
        if best.isAllowed { best = result }
      } else if result.severity > best.severity {
        best = result
      }
    }
    return best
  }

  private static func reason(_ event: PolicyEvent) -> String? {
    if case .fileWrite(_, nil) = event.action { return "missing_content_bytes" }
    return nil
  }
}
