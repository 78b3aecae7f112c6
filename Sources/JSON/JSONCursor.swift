/// Reads JSON value by value, without making values of what the caller does not ask for.
///
/// It is as strict as I-JSON (RFC 7493): invalid UTF-8, lone surrogates and nesting over the limit are errors. Whoever reads
/// an object looks out for repeated names, because only that one knows which names count.
package struct JSONCursor {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Where it stands.
  package private(set) var offset = 0
  private let maximumDepth: Int
  private let isSound: Bool
  private var depth = 0

  /// Begins at the start of a text.
  ///
  /// - Parameter isSound: whether the text was found to be strict JSON before, so that what is passed over needs no second
  ///   look.
  package init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int = 128, isSound: Bool = false) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.isSound = isSound
  }

  /// What kind of value stands next.
  package enum Kind: Sendable {
    case null
    case bool
    case number
    case string
    case array
    case object
  }

  /// A failure at the place where the cursor stands.
  package func failure(_ message: String) -> JSONFailure { JSONFailure(message: message, offset: offset) }

  /// Makes sure that nothing follows.
  package mutating func finish() throws(JSONFailure) {
    skipSpace()
    if offset < bytes.count { throw failure("text after the value") }
  }

  @inline(__always)
  private mutating func skipSpace() {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      offset += 1
    }
  }

  /// What kind of value stands next.
  package mutating func peek() throws(JSONFailure) -> Kind {
    skipSpace()
    guard offset < bytes.count else { throw failure("the text ends where a value should be") }
    switch bytes[offset] {
    case 0x22: return .string
    case 0x7B: return .object
    case 0x5B: return .array
    case 0x74, 0x66: return .bool
    case 0x6E: return .null
    case 0x2D, 0x30...0x39: return .number
    default: throw failure("no JSON value starts here")
    }
  }

  /// Calls `body` for each member of the object that stands next, with the bytes of its name; `body` must read the value.
  package mutating func object(
    _ body: (inout JSONCursor, ArraySlice<UInt8>?, UnsafeRawBufferPointer) throws(JSONFailure) -> Void
  ) throws(JSONFailure) {
    guard try peek() == .object else { throw failure("an object must stand here") }
    try enter()
    skipSpace()
    if take(0x7D) {
      depth -= 1
      return
    }
    while true {
      skipSpace()
      guard offset < bytes.count, bytes[offset] == 0x22 else {
        throw failure("a member name in double quotes is missing")
      }
      let start = offset + 1
      let isPlain = try skipString()
      let raw = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<offset - 1])
      let decoded: ArraySlice<UInt8>? = isPlain ? nil : Self.decode(bytes, start..<offset - 1)[...]
      skipSpace()
      guard take(0x3A) else { throw failure("':' is missing") }
      try body(&self, decoded, raw)
      skipSpace()
      if take(0x7D) { break }
      guard take(0x2C) else { throw failure("',' or '}' is missing") }
    }
    depth -= 1
  }

  /// Calls `body` for each element of the array that stands next; `body` must read it.
  package mutating func array(_ body: (inout JSONCursor) throws(JSONFailure) -> Void) throws(JSONFailure) {
    guard try peek() == .array else { throw failure("an array must stand here") }
    try enter()
    skipSpace()
    if take(0x5D) {
      depth -= 1
      return
    }
    while true {
      try body(&self)
      skipSpace()
      if take(0x5D) { break }
      guard take(0x2C) else { throw failure("',' or ']' is missing") }
    }
    depth -= 1
  }

  private mutating func enter() throws(JSONFailure) {
    depth += 1
    if depth > maximumDepth { throw failure("nested deeper than \(maximumDepth) levels") }
    offset += 1
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  /// The text of the string that stands next.
  package mutating func string() throws(JSONFailure) -> String {
    guard try peek() == .string else { throw failure("a text must stand here") }
    let start = offset + 1
    let isPlain = try skipString()
    if isPlain {
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset - 1]), as: UTF8.self)
    }
    return String(decoding: Self.decode(bytes, start..<offset - 1), as: UTF8.self)
  }

  /// The bytes of the string that stands next, unescaped.
  package mutating func stringBytes() throws(JSONFailure) -> [UInt8] {
    guard try peek() == .string else { throw failure("a text must stand here") }
    let start = offset + 1
    let isPlain = try skipString()
    return isPlain ? Array(bytes[start..<offset - 1]) : Self.decode(bytes, start..<offset - 1)
  }

  /// The whole number that stands next.
  package mutating func integer() throws(JSONFailure) -> Int {
    guard try peek() == .number else { throw failure("a whole number must stand here") }
    let start = offset
    try skipNumber()
    guard let value = Int(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
      offset = start
      throw failure("a whole number must stand here")
    }
    return value
  }

  /// The truth value that stands next.
  package mutating func bool() throws(JSONFailure) -> Bool {
    guard try peek() == .bool else { throw failure("true or false must stand here") }
    let isTrue = bytes[offset] == 0x74
    try skipWord(isTrue ? "true" : "false")
    return isTrue
  }

  /// The text of the number that stands next.
  package mutating func number() throws(JSONFailure) -> String {
    guard try peek() == .number else { throw failure("a number must stand here") }
    let start = offset
    try skipNumber()
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
  }

  /// Any value.
  package mutating func value() throws(JSONFailure) -> JSONValue {
    let start = offset
    try skip()
    // What was skipped is valid, so that only its nesting and its names remain to be looked at.
    return try JSONParser.parse(bytes[start..<offset], strict: true)
  }

  /// Passes over a value, which is checked all the same; its bytes.
  @discardableResult
  package mutating func skip() throws(JSONFailure) -> Range<Int> {
    let kind = try peek()
    let start = offset
    switch kind {
    case .string: _ = try skipString()
    case .number: try skipNumber()
    case .null: try skipWord("null")
    case .bool: try skipWord(bytes[offset] == 0x74 ? "true" : "false")
    case .array where isSound, .object where isSound: try skipSound()
    case .array: try array { cursor throws(JSONFailure) in try cursor.skip() }
    case .object: try skipObject()
    }
    return start..<offset
  }

  /// Passes over an array or object of a sound text: to the bracket that closes it.
  private mutating func skipSound() throws(JSONFailure) {
    var open = 0
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x22:
        _ = try skipString()
        continue
      case 0x5B, 0x7B: open += 1
      case 0x5D, 0x7D: open -= 1
      default: break
      }
      offset += 1
      if open == 0 { return }
    }
    throw failure("the text ends where a value should be")
  }

  /// Passes over an object, in which no name may stand twice.
  private mutating func skipObject() throws(JSONFailure) {
    let start = offset
    var names = NameWindow()
    var isPlain = true
    try object { cursor, decoded, raw throws(JSONFailure) in
      if decoded == nil, names.hasRoom {
        if !names.insert(raw) { throw cursor.failure("a member is there twice") }
      } else {
        isPlain = false
      }
      try cursor.skip()
    }
    // Many names, or names with escapes, are left to the parser, which has a table for them.
    if !isPlain { _ = try JSONParser.parse(bytes[start..<offset], strict: true) }
  }

  private mutating func skipWord(_ word: StaticString) throws(JSONFailure) {
    let isThere = word.withUTF8Buffer { word in
      offset + word.count <= bytes.count && bytes[offset..<offset + word.count].elementsEqual(word)
    }
    guard isThere else { throw failure("no JSON value starts here") }
    offset += word.utf8CodeUnitCount
  }

  private mutating func skipNumber() throws(JSONFailure) {
    func digits(_ cursor: inout JSONCursor) throws(JSONFailure) {
      let first = cursor.offset
      while cursor.offset < cursor.bytes.count, 0x30...0x39 ~= cursor.bytes[cursor.offset] { cursor.offset += 1 }
      if cursor.offset == first { throw cursor.failure("a digit is missing") }
    }
    _ = take(0x2D)
    if !take(0x30) { try digits(&self) }
    if take(0x2E) { try digits(&self) }
    if take(0x65) || take(0x45) {
      if !take(0x2B) { _ = take(0x2D) }
      try digits(&self)
    }
  }

  /// Passes over ASCII that stands for itself, eight bytes at a time, and in long texts four times as many.
  @inline(__always)
  private mutating func skipPlain() {
    guard let start = bytes.baseAddress.map({ UnsafeRawPointer($0) }) else { return }
    var words = 0
    while bytes.count - offset >= 8 {
      let special = Self.special(start + offset)
      offset += special == 0 ? 8 : special.trailingZeroBitCount >> 3
      if special != 0 { return }
      words += 1
      if words < 4 { continue }
      while bytes.count - offset >= 32 {
        let first = Self.special(start + offset) | Self.special(start + offset + 8)
        if (first | Self.special(start + offset + 16) | Self.special(start + offset + 24)) != 0 { break }
        offset += 32
      }
    }
  }

  /// Of eight bytes, the top bit of each that is below 0x20, a quote, a backslash, or beyond ASCII.
  @inline(__always)
  private static func special(_ start: UnsafeRawPointer) -> UInt64 {
    let (ones, high): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    let word = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
    let (quotes, slashes) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
    // No carry leaves a byte.
    let low = ~((word & ~high) &+ ones &* 0x60)
    let quote = ~(((quotes & ~high) &+ ones &* 0x7F) | quotes)
    let slash = ~(((slashes & ~high) &+ ones &* 0x7F) | slashes)
    return (low | quote | slash | word) & high
  }

  /// Passes over a string; whether it has no escapes.
  private mutating func skipString() throws(JSONFailure) -> Bool {
    offset += 1
    var isPlain = true
    while offset < bytes.count {
      skipPlain()
      guard offset < bytes.count else { break }
      let byte = bytes[offset]
      switch byte {
      case 0x22:
        offset += 1
        return isPlain
      case 0x5C:
        isPlain = false
        try skipEscape()
      case 0..<0x20: throw failure("a control character in a string")
      case 0..<0x80: offset += 1
      default:
        let length = UTF8Scalar.length(bytes, offset)
        guard length > 0 else { throw failure("invalid UTF-8 in a string") }
        offset += length
      }
    }
    throw failure("the string has no end")
  }

  private mutating func skipEscape() throws(JSONFailure) {
    guard offset + 1 < bytes.count else { throw failure("the string has no end") }
    switch bytes[offset + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: offset += 2
    case 0x75:
      let unit = try codeUnit(at: offset + 2)
      switch unit & 0xFC00 {
      case 0xD800:
        let hasPartner = offset + 7 < bytes.count && bytes[offset + 6] == 0x5C && bytes[offset + 7] == 0x75
        guard hasPartner, try codeUnit(at: offset + 8) & 0xFC00 == 0xDC00 else {
          throw failure("half of a surrogate pair")
        }
        offset += 12
      case 0xDC00: throw failure("half of a surrogate pair")
      default: offset += 6
      }
    default: throw failure("an unknown escape")
    }
  }

  private func codeUnit(at start: Int) throws(JSONFailure) -> UInt32 {
    var value: UInt32 = 0
    for index in start..<start + 4 {
      guard index < bytes.count, let digit = JSONParser.hexadecimal(bytes[index]) else {
        throw failure("four hexadecimal digits are missing")
      }
      value = value << 4 | digit
    }
    return value
  }

  /// The text of a string that was passed over, and so is sound.
  private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { result, count in
      var index = range.lowerBound
      func put(_ byte: some BinaryInteger) {
        result[count] = UInt8(truncatingIfNeeded: byte)
        count += 1
      }
      func unit(_ start: Int) -> UInt32 {
        (start..<start + 4).reduce(0) { $0 << 4 | (JSONParser.hexadecimal(bytes[$1]) ?? 0) }
      }
      while index < range.upperBound {
        let byte = bytes[index]
        guard byte == 0x5C else {
          put(byte)
          index += 1
          continue
        }
        let letter = bytes[index + 1]
        index += 2
        switch letter {
        case 0x62: put(0x08)
        case 0x66: put(0x0C)
        case 0x6E: put(0x0A)
        case 0x72: put(0x0D)
        case 0x74: put(0x09)
        case 0x75:
          var scalar = unit(index)
          index += 4
          if scalar & 0xFC00 == 0xD800 {
            scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(index + 2) & 0x3FF
            index += 6
          }
          // An escape is never shorter than the UTF-8 of what it stands for.
          switch scalar {
          case ..<0x80: put(scalar)
          case ..<0x800:
            put(0xC0 | scalar >> 6)
            put(0x80 | scalar & 0x3F)
          case ..<0x10000:
            put(0xE0 | scalar >> 12)
            put(0x80 | scalar >> 6 & 0x3F)
            put(0x80 | scalar & 0x3F)
          default:
            put(0xF0 | scalar >> 18)
            put(0x80 | scalar >> 12 & 0x3F)
            put(0x80 | scalar >> 6 & 0x3F)
            put(0x80 | scalar & 0x3F)
          }
        default: put(letter)
        }
      }
    }
  }
}
