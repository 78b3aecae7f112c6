package import Diagnostics
import Source

/// What becomes of a compose key that an author writes on a claw: the one table, for the checks and for the documentation.
package struct ClawKey: Sendable {
  /// Who has the last word.
  package enum Verdict: String, Sendable, CaseIterable {
    /// The author's value counts.
    case author = "author wins"
    /// The author's value counts, and claw's are added.
    case both = "claw adds to it"
    /// Claw's value counts; another is a warning.
    case claw = "claw wins, with a warning"
    /// An error.
    case refused = "refused"
  }

  /// The key.
  package var name: String
  /// Who has the last word.
  package var verdict: Verdict
  /// What claw writes, or why the key is refused.
  package var note: String
  /// Values that are refused all the same, in words.
  package var exception: String?
  /// The rule that a refusal comes from.
  package var rule: Rule
  /// Whether a value is refused.
  var refuses: @Sendable (ComposeValue) -> Bool
  /// Whether a variable in the value is refused: whoever sets it later would get around what was checked.
  package var isFixed: Bool { verdict == .refused || Self.fixed.contains(name) }

  private static let fixed: Set = ["user", "security_opt", "volumes", "tmpfs", "ipc", "cgroup", "cap_add"]

  /// Whether a value differs from claw's, so that it is worth a warning.
  var differs: @Sendable (ComposeValue) -> Bool

  init(
    _ name: String, _ verdict: Verdict, _ note: String = "", refusing exception: String? = nil,
    rule: Rule = PodRules.refusedKey, when refuses: (@Sendable (ComposeValue) -> Bool)? = nil,
    differs: @escaping @Sendable (ComposeValue) -> Bool = { _ in false }
  ) {
    self.name = name
    self.verdict = verdict
    self.note = note
    self.exception = exception
    self.rule = rule
    self.refuses = refuses ?? { _ in verdict == .refused }
    self.differs = differs
  }
}
