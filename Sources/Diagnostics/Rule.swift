/// How bad a finding is.
public enum Severity: String, Sendable, CaseIterable, Comparable {
  /// Worth knowing; never fails a run.
  case info
  /// Probably not what was meant.
  case warning
  /// The file can't be used as it is.
  case error

  private var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    }
  }

  /// By badness.
  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// What a diagnostic can be about: a stable name with all that `claw explain`, the docs page and SARIF say of it.
///
/// Rules are named for the problem, readable after "ignore": `clawfile/unknown-directive`.
public final class Rule: Sendable {
  /// `area/kebab-name`; never changes once it was released.
  public let name: String
  /// How bad it is unless configuration says otherwise.
  public let severity: Severity
  /// One line, without a full stop.
  public let summary: String
  /// What is wrong with it and what to do, in a few sentences.
  public let explanation: String
  /// Input that shows the problem; nil where only a machine's state can.
  public let bad: String?
  /// The same input, mended.
  public let good: String?
  /// The names that BuildKit (`StageNameCasing`) and hadolint (`DL3024`) give the same rule.
  public let aliases: [String]
  /// Off until `# check=experimental=` or configuration asks for it.
  public let isExperimental: Bool

  /// Declares a rule; do this once, as a static constant beside the code that reports it.
  public init(
    _ name: String, _ severity: Severity, _ summary: String, explanation: String, bad: String? = nil,
    good: String? = nil, aliases: [String] = [], isExperimental: Bool = false
  ) {
    self.name = name
    self.severity = severity
    self.summary = summary
    self.explanation = explanation
    self.bad = bad
    self.good = good
    self.aliases = aliases
    self.isExperimental = isExperimental
  }
}

extension Rule: Hashable {
  /// Rules are equal if they have the same name.
  public static func == (left: Rule, right: Rule) -> Bool { left === right || left.name == right.name }
  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
