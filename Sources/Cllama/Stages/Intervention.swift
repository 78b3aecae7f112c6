package import IR

/// Something that a stage did to a request or an answer, for the record.
package struct Intervention: Sendable, Equatable {
  /// What was done.
  package enum Action: String, Sendable, CaseIterable {
    /// Nothing but noticing.
    case observe
    /// A part of a text was masked.
    case redact
    /// A text was written differently.
    case rewrite
    /// A tool, a call or a text was taken away.
    case drop
    /// A person would have to be asked; as long as nobody can be, that is a denial.
    case ask
    /// The whole request or answer was refused.
    case deny
    /// It was made to wait.
    case delay
  }

  /// On which way.
  package enum Direction: String, Sendable {
    case request
    case answer
  }

  package var stage: String
  package var direction: Direction
  package var action: Action
  /// The guard, or the stage's own rule.
  package var rule: String
  package var reason: String
  package var severity: PolicySeverity
  /// What it was done to: a tool's name, a secret's.
  package var subject: String
  /// SHA-256 of the text before, in hexadecimal digits, where a text was changed.
  package var before: String?
  package var after: String?

  package init(
    stage: String, direction: Direction, action: Action, rule: String, reason: String,
    severity: PolicySeverity = .warning, subject: String = "", before: String? = nil, after: String? = nil
  ) {
    self.stage = stage
    self.direction = direction
    self.action = action
    self.rule = rule
    self.reason = reason
    self.severity = severity
    self.subject = subject
    self.before = before
    self.after = after
  }
}

/// A request or an answer that must not go on.
package struct Denial: Error, Sendable, Equatable {
  package var intervention: Intervention

  package init(_ intervention: Intervention) { self.intervention = intervention }

  /// The stage that answers bear that are no sound answers: nobody can judge them, and no claw is to blame for them.
  static let stream = "stream"

  /// As the caller is told.
  package var wireError: WireError {
    if intervention.stage == Self.stream { return WireError(.upstream, intervention.reason) }
    return WireError(.denied, "denied by \(intervention.stage): \(intervention.reason) [\(intervention.rule)]")
  }
}
