public import Source

/// One finding, with its place and what to do about it.
public struct Diagnostic: Sendable {
  /// The rule that it comes from.
  public var rule: Rule
  /// The rule's severity, or what configuration made of it.
  public var severity: Severity
  /// The bytes that it is about.
  public var location: Location
  /// What is wrong: one sentence, no full stop, user text in single quotes.
  public var message: String
  /// What to do about it.
  public var help: String?
  /// Other places that matter ("first declared here").
  public var labels: [Label]
  /// Edits that mend it.
  public var fixes: [FixIt]
  /// Whether the bytes that it is about are a secret, which no excerpt may show.
  public var isSecret = false

  /// A second place in a diagnostic.
  public struct Label: Sendable {
    /// The place.
    public var location: Location
    /// What is there.
    public var message: String

    /// Makes a label.
    public init(_ location: Location, _ message: String) {
      self.location = location
      self.message = message
    }
  }

  /// Makes a finding of a rule at a place.
  public init(
    _ rule: Rule, at location: Location, _ message: String, help: String? = nil, labels: [Label] = [],
    fixes: [FixIt] = []
  ) {
    self.rule = rule
    self.severity = rule.severity
    self.location = location
    self.message = message
    self.help = help
    self.labels = labels
    self.fixes = fixes
  }
}

/// An edit of the source that mends a finding.
public struct FixIt: Sendable {
  /// What it does, as an imperative: "replace it with 'MODEL'".
  public var title: String
  /// Replacements, none overlapping.
  public var edits: [Edit]
  /// Whether applying it can't change what the file means beyond the finding.
  public var isSafe: Bool

  /// One replacement.
  public struct Edit: Sendable {
    /// What to replace; empty to insert.
    public var location: Location
    /// The new text.
    public var replacement: String

    /// Makes an edit.
    public init(_ location: Location, _ replacement: String) {
      self.location = location
      self.replacement = replacement
    }
  }

  /// Makes a fix-it of one edit.
  public init(_ title: String, replace location: Location, with replacement: String, isSafe: Bool = true) {
    self.title = title
    self.edits = [Edit(location, replacement)]
    self.isSafe = isSafe
  }
}
