/// Conditions on a scalar.
struct ScalarShape: Sendable {
  /// JSON's types of scalars.
  struct Kinds: OptionSet, Sendable {
    let rawValue: Int
    static let string = Kinds(rawValue: 1)
    static let integer = Kinds(rawValue: 2)
    static let number = Kinds(rawValue: 4)
    static let boolean = Kinds(rawValue: 8)
    static let null = Kinds(rawValue: 16)

    /// For messages: "a string or an integer".
    var name: String {
      var names: [String] = []
      if contains(.string) { names.append("a string") }
      if contains(.number) { names.append("a number") } else if contains(.integer) { names.append("an integer") }
      if contains(.boolean) { names.append("a boolean") }
      if contains(.null) { names.append("empty") }
      guard let last = names.popLast() else { return "nothing" }
      return names.isEmpty ? last : names.joined(separator: ", ") + " or " + last
    }
  }

  /// What compose reads the scalar as once its type is right.
  enum Reading: Sendable {
    /// Text, or whatever it is.
    case any
    /// A boolean, also in words.
    case boolean
    /// An integer, also in a string.
    case integer
    /// An integer not below zero, also in a string.
    case natural
    /// An integer not below zero, not in a string.
    case strictNatural
    /// An integer, neither in a string nor with a fraction.
    case strictInteger
    /// A number, also in a string.
    case float
    /// A size like `256m`.
    case bytes
    /// A duration like `1m30s`.
    case duration
    /// A number of devices, or `all`.
    case count
    /// A command line with shell quotes.
    case command
    /// A text that a date is not taken for.
    case text
    /// A text, or an integer that becomes one.
    case textOrInteger
  }

  /// The types that may stand there.
  var kinds: Kinds
  /// What a string is turned into before anything looks at its type, as compose does right after expanding variables.
  var cast: Reading = .any
  /// What it is read as at the end.
  var reading: Reading = .any
  /// The only strings that may stand there.
  var values: [String]?
  /// A condition that strings have to meet.
  var pattern: Pattern?
  /// The least integer.
  var minimum: Int64?
  /// The greatest integer.
  var maximum: Int64?

  /// A condition on a string, with its name in words.
  struct Pattern: Sendable {
    /// What the string has to be.
    var description: String
    /// Whether it is.
    var matches: @Sendable (String) -> Bool
  }
}
