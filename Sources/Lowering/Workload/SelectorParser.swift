import IR
import Source

/// Reads selectors of GPUs: a small part of CEL, of which every text is either understood whole or refused.
///
///     selector = all { "||" all }
///     all      = not { "&&" not }
///     not      = "!" not | "(" selector ")" | "true" | "false" | test
///     test     = number ("==" | "!=" | "<" | "<=" | ">" | ">=") digits
///              | text ("==" | "!=") string
///              | text "." ("contains" | "startsWith" | "endsWith") "(" string ")"
///     number   = "device.index" | "device.memory_mib"
///     text     = "device.name" | "device.type" | "device.uuid"
///     string   = "…" or '…', in which \ stands before a quote or another \
struct SelectorParser {
  /// Why a text is no selector.
  struct Failure: Error, Equatable {
    var message: String
    /// What to do about it.
    var help: String
    /// The bytes of the text that it is about.
    var range: Range<Int>
  }

  private let bytes: [UInt8]
  private var offset = 0
  private var depth = 0

  /// The condition that a text says.
  static func parse(_ text: String) throws(Failure) -> DeviceSelector {
    var parser = SelectorParser(bytes: Array(text.utf8))
    let expression = try parser.any()
    parser.skipBlanks()
    guard parser.offset == parser.bytes.count else {
      throw parser.failure("nothing can follow here", help: "join conditions with && or ||")
    }
    return DeviceSelector(expression: expression, text: text)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func any() throws(Failure) -> DeviceSelector.Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 64 else { throw failure("the selector is nested too deeply", help: "64 levels are enough") }
    var parts = [try all()]
    while take("||") { parts.append(try all()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func all() throws(Failure) -> DeviceSelector.Expression {
    var parts = [try not()]
    while take("&&") { parts.append(try not()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func not() throws(Failure) -> DeviceSelector.Expression {
    // A loop, so that a thousand '!' need no stack.
    var isNegated = false
    while !at("!="), take("!") { isNegated.toggle() }
    let inner = try term()
    return isNegated ? .not(inner) : inner
  }

  private mutating func term() throws(Failure) -> DeviceSelector.Expression {
    if take("(") {
      let inner = try any()
      guard take(")") else { throw failure("')' is missing", help: "close what '(' opened") }
      return inner
    }
    skipBlanks()
    let start = offset
    let word = self.word()
    switch word {
    case "true": return .constant(true)
    case "false": return .constant(false)
    default: break
    }
    guard word.utf8.starts(with: "device.".utf8) else {
      throw Failure(
        message: word.isEmpty ? "a condition is missing" : "'\(word)' is nothing that a selector knows",
        help: "conditions begin with device.\(Self.fields.joined(separator: ", device."))",
        range: start..<max(offset, min(start + 1, bytes.count)))
    }
    // The word takes the method's name too: device.name.contains
    var parts = word.utf8.dropFirst("device.".utf8.count).split(separator: 0x2E, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let field = parts.removeFirst()
    if let number = DeviceSelector.NumberField(rawValue: field), parts.isEmpty { return try compare(number) }
    if let text = DeviceSelector.TextField(rawValue: field), parts.count <= 1 {
      return try compare(text, method: parts.first, start)
    }
    let near = Suggestion.nearest(to: field, in: Self.fields)
    throw Failure(
      message: "a GPU has no '\(word.utf8.dropFirst("device.".utf8.count))'",
      help: near.map { "did you mean device.\($0)?" } ?? "it has device.\(Self.fields.joined(separator: ", device."))",
      range: start..<offset)
  }

  private static let fields =
    DeviceSelector.NumberField.allCases.map(\.rawValue) + DeviceSelector.TextField.allCases.map(\.rawValue)

  private mutating func compare(_ field: DeviceSelector.NumberField) throws(Failure) -> DeviceSelector.Expression {
    guard let comparison = comparison() else {
      throw failure("a comparison is missing", help: "write ==, !=, <, <=, > or >= and a number")
    }
    skipBlanks()
    let digits = bytes[offset...].prefix { $0.isASCIIDigit }
    guard !digits.isEmpty, digits.count <= 15, let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw failure(
        "device.\(field.rawValue) is compared with a whole number", help: "write digits alone; memory is in MiB")
    }
    offset += digits.count
    if offset < bytes.count, bytes[offset].isASCIIAlphanumeric {
      throw failure("a number ends here", help: "write digits alone; memory is in MiB")
    }
    return .number(field, comparison, value)
  }

  private mutating func compare(
    _ field: DeviceSelector.TextField, method: String?, _ start: Int
  ) throws(Failure) -> DeviceSelector.Expression {
    guard let method else {
      guard let comparison = comparison(), let test = DeviceSelector.TextTest(rawValue: comparison.rawValue) else {
        throw failure(
          "device.\(field.rawValue) is a text", help: "write ==, !=, .contains(…), .startsWith(…) or .endsWith(…)")
      }
      return .text(field, test, try string())
    }
    guard let test = DeviceSelector.TextTest(rawValue: method), take("(") else {
      throw Failure(
        message: "a text has no '\(method)'", help: "it has .contains(…), .startsWith(…) and .endsWith(…)",
        range: start..<offset)
    }
    let value = try string()
    guard take(")") else { throw failure("')' is missing", help: "close what '(' opened") }
    return .text(field, test, value)
  }

  private mutating func comparison() -> DeviceSelector.Comparison? {
    for text in ["==", "!=", "<=", ">=", "<", ">"] where take(text) { return DeviceSelector.Comparison(rawValue: text) }
    return nil
  }

  private mutating func string() throws(Failure) -> String {
    skipBlanks()
    let start = offset
    guard offset < bytes.count, bytes[offset] == 0x22 || bytes[offset] == 0x27 else {
      throw failure("a text in quotes is missing", help: "write \"H100\"")
    }
    let quote = bytes[offset]
    offset += 1
    var result: [UInt8] = []
    while offset < bytes.count, bytes[offset] != quote {
      if bytes[offset] == 0x5C {
        offset += 1
        guard offset < bytes.count, [0x22, 0x27, 0x5C].contains(bytes[offset]) else {
          throw failure("'\\' stands before a quote or another '\\'", help: "write it twice to mean it")
        }
      }
      result.append(bytes[offset])
      offset += 1
    }
    guard offset < bytes.count else {
      throw Failure(message: "the text's end is missing", help: "close the quotes", range: start..<bytes.count)
    }
    offset += 1
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func word() -> String {
    let found = bytes[offset...].prefix { $0.isASCIIAlphanumeric || $0 == 0x5F || $0 == 0x2E }
    offset += found.count
    return String(decoding: found, as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 || bytes[offset] == 0x0A { offset += 1 }
  }

  private mutating func at(_ text: String) -> Bool {
    skipBlanks()
    return bytes[offset...].starts(with: text.utf8)
  }

  private mutating func take(_ text: String) -> Bool {
    guard at(text) else { return false }
    offset += text.utf8.count
    return true
  }

  private mutating func failure(_ message: String, help: String) -> Failure {
    skipBlanks()
    return Failure(
      message: message, help: help, range: offset..<min(offset + 1, bytes.count))
  }
}
