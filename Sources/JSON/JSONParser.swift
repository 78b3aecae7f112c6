import Source

/// Why a text is no JSON, and where.
public struct JSONFailure: Error, Sendable, Equatable {
  /// What was wrong.
  public var message: String
  /// Byte offset in the text.
  public var offset: Int

  /// Makes a failure.
  public init(message: String, offset: Int) {
    self.message = message
    self.offset = offset
  }
}

/// Reads one JSON text (RFC 8259) from bytes.
///
/// Invalid UTF-8 and lone surrogates in strings become U+FFFD, as Go's decoder has it, which decides what a Dockerfile's
/// JSON form means. Callers that must refuse them say `strict`.
public struct JSONParser {
  private let bytes: ArraySlice<UInt8>
  private var offset: Int
  private let strict: Bool
  private let maximumDepth: Int

  private init(_ bytes: ArraySlice<UInt8>, strict: Bool, maximumDepth: Int) {
    self.bytes = bytes
    offset = bytes.startIndex
    self.strict = strict
    self.maximumDepth = maximumDepth
  }

  /// The value that the whole of `bytes` spells.
  ///
  /// - Parameter strict: refuse invalid UTF-8, lone surrogates and repeated member names.
  /// - Parameter maximumDepth: how deep arrays and objects may nest.
  public static func parse(
    _ bytes: some Sequence<UInt8>, strict: Bool = false, maximumDepth: Int = 512
  ) throws(JSONFailure) -> JSONValue {
    try parse(Array(bytes)[...], strict: strict, maximumDepth: maximumDepth)
  }

  /// The value that the whole of a slice spells, which is not copied; offsets in errors are the slice's indices.
  public static func parse(
    _ bytes: ArraySlice<UInt8>, strict: Bool = false, maximumDepth: Int = 512
  ) throws(JSONFailure) -> JSONValue {
    var parser = JSONParser(bytes, strict: strict, maximumDepth: maximumDepth)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.offset < parser.bytes.endIndex { throw parser.failure("text after the value") }
    return value
  }

  private func failure(_ message: String) -> JSONFailure { JSONFailure(message: message, offset: offset) }

  private var current: UInt8? { offset < bytes.endIndex ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONFailure) -> JSONValue {
    skipSpace()
    guard depth <= maximumDepth else { throw failure("nested deeper than \(maximumDepth) levels") }
    guard let byte = current else { throw failure("the text ends where a value should be") }
    switch byte {
    case 0x22: return .string(try string())
    case 0x5B: return try array(depth: depth)
    case 0x7B: return try object(depth: depth)
    case 0x2D, 0x30...0x39: return .number(try number())
    default:
      for (word, value) in [("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false))]
      where bytes[offset...].starts(with: word.utf8) {
        offset += word.utf8.count
        return value
      }
      throw failure("no JSON value starts here")
    }
  }

  private mutating func array(depth: Int) throws(JSONFailure) -> JSONValue {
    offset += 1
    var elements: [JSONValue] = []
    elements.reserveCapacity(4)
    skipSpace()
    if take(0x5D) { return .array([]) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take(0x5D) { return .array(elements) }
      guard take(0x2C) else { throw failure("',' or ']' is missing") }
    }
  }

  private mutating func object(depth: Int) throws(JSONFailure) -> JSONValue {
    offset += 1
    var members: [JSONValue.Member] = []
    var names: Set<[UInt8]> = []
    skipSpace()
    if take(0x7D) { return .object([]) }
    while true {
      skipSpace()
      guard current == 0x22 else { throw failure("a member name in double quotes is missing") }
      let start = offset
      let name = try string()
      if strict, !names.insert(Array(name.utf8)).inserted {
        throw JSONFailure(message: "the member '\(name)' is there twice", offset: start)
      }
      skipSpace()
      guard take(0x3A) else { throw failure("':' is missing") }
      members.append(JSONValue.Member(name, try value(depth: depth + 1)))
      skipSpace()
      if take(0x7D) { return .object(members) }
      guard take(0x2C) else { throw failure("',' or '}' is missing") }
    }
  }

  private mutating func number() throws(JSONFailure) -> String {
    let start = offset
    func digits(_ parser: inout JSONParser) throws(JSONFailure) {
      let first = parser.offset
      while let byte = parser.current, byte.isASCIIDigit { parser.offset += 1 }
      if parser.offset == first { throw parser.failure("a digit is missing") }
    }
    _ = take(0x2D)
    if !take(0x30) { try digits(&self) }
    if take(0x2E) { try digits(&self) }
    if take(0x65) || take(0x45) {
      if !take(0x2B) { _ = take(0x2D) }
      try digits(&self)
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func string() throws(JSONFailure) -> String {
    offset += 1
    var text: [UInt8] = []
    var start = offset
    while let byte = current {
      switch byte {
      case 0x22:
        let rest = bytes[start..<offset]
        offset += 1
        // Without an escape the string is what stands there.
        return text.isEmpty ? try decode(rest) : try decode(text + rest)
      case 0x5C:
        text += bytes[start..<offset]
        try escape(into: &text)
        start = offset
      case 0..<0x20: throw failure("a control character in a string")
      default: offset += 1
      }
    }
    throw failure("the string has no end")
  }

  private func decode(_ text: some Collection<UInt8>) throws(JSONFailure) -> String {
    if strict, String(validating: text, as: UTF8.self) == nil { throw failure("invalid UTF-8 in a string") }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFailure) {
    offset += 1
    guard let byte = current else { throw failure("the string has no end") }
    offset += 1
    switch byte {
    case 0x22, 0x5C, 0x2F: text.append(byte)
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0C)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x74: text.append(0x09)
    case 0x75:
      var scalar = try codeUnit()
      if scalar & 0xFC00 == 0xD800, bytes[offset...].starts(with: [0x5C, 0x75]) {
        let before = offset
        offset += 2
        let low = try codeUnit()
        if low & 0xFC00 == 0xDC00 {
          scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (low & 0x3FF)
        } else {
          offset = before
        }
      }
      guard let unicode = Unicode.Scalar(scalar) else {
        if strict { throw failure("half of a surrogate pair") }
        text += "\u{FFFD}".utf8
        return
      }
      text += String(Character(unicode)).utf8
    default:
      offset -= 1
      throw failure("an unknown escape")
    }
  }

  private mutating func codeUnit() throws(JSONFailure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Self.hexadecimal(byte) else {
        throw failure("four hexadecimal digits are missing")
      }
      value = value << 4 | digit
      offset += 1
    }
    return value
  }

  /// The value of an ASCII hexadecimal digit.
  static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }
}
