/// One field of a section: its key, its type, and what it is where it isn't given.
package struct GuardField: Sendable {
  /// The key.
  package let key: String
  /// Other spellings of the key.
  package let aliases: [String]
  /// What may stand there.
  package let type: FieldType
  /// What an absent field means.
  package let `default`: FieldDefault
  /// What it says, in one sentence without a full stop.
  package let summary: String
  /// Whether it must be there.
  package let isRequired: Bool
  /// Whether it is claw's own, which the `compat` profile does not know.
  package let isOurs: Bool

  package init(
    _ key: String, aliases: [String] = [], _ type: FieldType, default: FieldDefault = .absent, _ summary: String,
    isRequired: Bool = false, isOurs: Bool = false
  ) {
    self.key = key
    self.aliases = aliases
    self.type = type
    self.default = `default`
    self.summary = summary
    self.isRequired = isRequired
    self.isOurs = isOurs
  }
}

/// What may stand in a field.
package indirect enum FieldType: Sendable {
  /// `true` or `false`
  case bool
  /// A whole number.
  case integer(ClosedRange<Int>)
  /// A number.
  case number
  /// A text.
  case text
  /// One of several words; the second list has other spellings, each for a word.
  case choice([String], aliases: [String: String] = [:])
  /// A list of texts.
  case texts(TextKind)
  /// A mapping with fields of its own; `isOpen` if unknown keys are passed over.
  case record([GuardField], isOpen: Bool = false)
  /// A list of such mappings.
  case records([GuardField])
  /// A mapping, or the value of one of its keys alone.
  case short(for: String, [GuardField])
  /// A list of such mappings or values.
  case shorts(for: String, [GuardField])
  /// A mapping from names that the author chooses.
  case table(FieldType)
  /// Anything.
  case anything
}

/// What the texts of a list are.
package enum TextKind: Sendable {
  /// Patterns of paths.
  case path
  /// Patterns of host names.
  case host
  /// Regular expressions.
  case expression
  /// Names.
  case name
}

/// What an absent field means.
package enum FieldDefault: Sendable {
  /// Nothing: the field stays absent.
  case absent
  /// A truth value.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// A text.
  case text(String)
  /// A list of texts.
  case texts([String])
  /// A list of mappings, each with some of its fields; the others have their own defaults.
  case records([[(key: String, value: FieldDefault)]])
  /// A mapping of which every field has its default.
  case record
  /// A mapping or list without anything in it.
  case empty
}
