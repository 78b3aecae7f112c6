package import IR
import JSON

/// The state machine of one session: what may be done now, and how often still.
///
/// A value without a clock: whoever asks says what time it is.
package struct PostureMachine: Sendable, Hashable {
  /// One state became another.
  package struct Transition: Sendable, Hashable {
    package var from: String
    package var to: String
    /// What caused it.
    package var trigger: String
    /// When, in seconds since 1970.
    package var at: Int
  }

  /// How often something was done, and how often it may be.
  package struct Counter: Sendable, Hashable {
    package var used: Int
    package var limit: Int

    var isExhausted: Bool { used >= limit }
  }

  /// Most transitions that the history keeps; the oldest go first.
  package static let historyLimit = 256

  package let plan: PosturePlan
  /// The state that holds.
  package private(set) var state: String
  /// Since when, in seconds since 1970.
  package private(set) var enteredAt: Int
  /// What is counted in this state.
  package private(set) var budgets: [String: Counter] = [:]
  /// What led here.
  package private(set) var history: [Transition] = []

  /// A session that begins.
  package init(_ plan: PosturePlan, at seconds: Int) {
    self.plan = plan
    state = plan.initial
    enteredAt = seconds
    budgets = Self.budgets(of: plan.state(state))
  }

  /// A session that is under way; nil if the plan has no such state.
  ///
  /// - Parameter used: how often each budget was used. One that the state does not have is left out, and none can be more
  ///   than used up.
  package init?(
    _ plan: PosturePlan, state: String, enteredAt: Int, used: [String: Int] = [:], history: [Transition] = []
  ) {
    guard let found = plan.state(state) else { return nil }
    self.init(plan, at: enteredAt)
    self.state = found.name
    budgets = Self.budgets(of: found)
    for (name, count) in used {
      guard let limit = budgets[name]?.limit else { continue }
      budgets[name]?.used = min(max(0, count), max(0, limit))
    }
    self.history = history.suffix(Self.historyLimit)
  }

  private static func budgets(of state: PosturePlan.State?) -> [String: Counter] {
    var result: [String: Counter] = [:]
    for budget in state?.budgets ?? [] { result[budget.name] = Counter(used: 0, limit: budget.limit) }
    return result
  }

  /// Takes every transition that time has brought; the last of them.
  package mutating func advance(to seconds: Int) -> Transition? {
    var last: Transition?
    // A transition each at most, so that a circle of timeouts of no length ends.
    for _ in 0..<max(1, plan.transitions.count) {
      let due = plan.transitions.first { transition in
        guard transition.trigger == "timeout", isFrom(transition), let after = transition.after else { return false }
        return seconds.subtractingReportingOverflow(enteredAt).partialValue >= after && seconds >= enteredAt
      }
      guard let due else { break }
      last = enter(due.to, "timeout", at: seconds)
    }
    return last
  }

  /// What happened outside of events, such as `user_approval`; the transition that it caused.
  package mutating func fire(_ trigger: String, at seconds: Int) -> Transition? {
    guard let transition = plan.transitions.first(where: { $0.trigger == trigger && isFrom($0) }) else { return nil }
    return enter(transition.to, trigger, at: seconds)
  }

  private func isFrom(_ transition: PosturePlan.Transition) -> Bool {
    transition.from.map { $0.utf8.elementsEqual(state.utf8) } ?? true
  }

  private mutating func enter(_ name: String, _ trigger: String, at seconds: Int) -> Transition? {
    guard let target = plan.state(name) else { return nil }
    let transition = Transition(from: state, to: target.name, trigger: trigger, at: seconds)
    state = target.name
    enteredAt = seconds
    budgets = Self.budgets(of: target)
    history.append(transition)
    if history.count > Self.historyLimit { history.removeFirst() }
    return transition
  }

  /// Why an action can't be done in this state at all; nil if it can.
  func refusal(of use: PostureUse) -> GuardResult? {
    guard plan.state(state)?.capabilities.contains(use.capability) ?? false else {
      return .deny(
        "posture", .error, "The posture '\(state)' does not allow \(use.capability)",
        ["capability": .string(use.capability), "state": .string(state)])
    }
    guard let name = use.budget, let counter = budgets[name], counter.isExhausted else { return nil }
    return .deny(
      "posture_budget", .error,
      "The budget '\(name)' of the posture '\(state)' is used up (\(counter.used) of \(counter.limit))",
      ["budget": .string(name), "state": .string(state)])
  }

  /// Counts an action that was done; whether that was the last one.
  mutating func consume(_ use: PostureUse) -> Bool {
    guard let name = use.budget, var counter = budgets[name] else { return false }
    if !counter.isExhausted { counter.used += 1 }
    budgets[name] = counter
    return counter.isExhausted
  }
}

/// What an action needs of a posture, and what it uses up.
struct PostureUse {
  var capability: String
  var budget: String?

  init(_ action: PolicyAction, _ profile: PolicyProfile) {
    switch action {
    case .fileRead: capability = "file_access"
    case .fileWrite: (capability, budget) = ("file_write", "file_writes")
    case .egress: (capability, budget) = ("egress", "egress_calls")
    case .command: (capability, budget) = ("shell", "shell_commands")
    case .patch: (capability, budget) = ("patch", "patches")
    // What its host says of a tool's kind counts in the reference alone.
    case .tool(let call) where call.isMCP || profile == .hardened: (capability, budget) = ("mcp_tool", "mcp_tool_calls")
    case .tool, .secret, .custom: (capability, budget) = ("custom", "custom_calls")
    }
  }
}
