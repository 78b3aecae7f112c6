/// A state machine that says what may be done, and how often.
package struct PosturePlan: Sendable, Hashable {
  /// A state.
  package struct State: Sendable, Hashable {
    package var name: String
    /// What may be done, sorted.
    package var capabilities: [String]
    /// How often, sorted by name.
    package var budgets: [Budget]

    package init(name: String, capabilities: [String], budgets: [Budget]) {
      self.name = name
      self.capabilities = capabilities
      self.budgets = budgets
    }
  }

  /// How often something may be done.
  package struct Budget: Sendable, Hashable {
    package var name: String
    package var limit: Int

    package init(name: String, limit: Int) {
      self.name = name
      self.limit = limit
    }
  }

  /// How one state becomes another.
  package struct Transition: Sendable, Hashable {
    /// The state that is left; nil for any.
    package var from: String?
    package var to: String
    package var trigger: String
    /// After how many seconds, for the trigger `timeout`.
    package var after: Int?

    package init(from: String?, to: String, trigger: String, after: Int?) {
      self.from = from
      self.to = to
      self.trigger = trigger
      self.after = after
    }
  }

  package var initial: String
  /// Sorted by name.
  package var states: [State]
  /// In the author's order: the first that fits is taken.
  package var transitions: [Transition]

  package init(initial: String, states: [State], transitions: [Transition]) {
    self.initial = initial
    self.states = states
    self.transitions = transitions
  }

  /// The state of a name.
  package func state(_ name: String) -> State? { states.first { $0.name.utf8.elementsEqual(name.utf8) } }
}
