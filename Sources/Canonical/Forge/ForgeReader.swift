internal import JSON

/// Reads JSON as JavaScript's JSON.parse does.
struct ForgeReader {
  private let bytes: [UInt8]
  private var offset = 0
  /// What did not get through.
  private(set) var losses: Set<ForgeJSON.Loss> = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(ForgeFailure) -> ForgeValue {
    let value = try value(depth: 0)
    skipSpace()
    if offset < bytes.count { throw failure("text after the value") }
    return value
  }

  private func failure(_ message: String) -> ForgeFailure { ForgeFailure(message: message, offset: offset) }

  private mutating func skipSpace() {
    while offset < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[offset]) { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(ForgeFailure) -> ForgeValue {
    skipSpace()
    guard depth <= ForgeJSON.maximumDepth else { throw failure("nested deeper than \(ForgeJSON.maximumDepth) levels") }
    guard offset < bytes.count else { throw failure("the text ends where a value should be") }
    switch bytes[offset] {
    case 0x22: return .string(try string())
    case 0x7B: return try object(depth: depth)
    case 0x5B: return try array(depth: depth)
    case 0x2D, 0x30...0x39: return try number()
    default:
      for (word, value) in [("null", ForgeValue.null), ("true", .bool(true)), ("false", .bool(false))]
      where bytes[offset...].starts(with: word.utf8) {
        offset += word.utf8.count
        return value
      }
      throw failure("no JSON value starts here")
    }
  }

  private mutating func number() throws(ForgeFailure) -> ForgeValue {
    let length: Int
    do throws(NumberText.Failure) {
      length = try bytes[offset...].withUnsafeBufferPointer { rest throws(NumberText.Failure) in
        try NumberText(rest).length
      }
    } catch {
      throw failure("a digit is missing in the number")
    }
    let text = bytes[offset..<offset + length]
    offset += length
    guard let value = Double(String(decoding: text, as: UTF8.self)) else { throw failure("no number") }
    guard value.isFinite else {
      losses.insert(.infiniteNumber)
      return .null
    }
    // A whole number whose digits are not those of its double stands for another one.
    let isWhole = !text.contains { $0 == 0x2E || $0 | 0x20 == 0x65 }
    if isWhole, value.magnitude > Double(CanonicalNumber.largestExactInteger),
      CanonicalNumber.text(value)?.utf8.elementsEqual(text) != true
    {
      losses.insert(.roundedNumber)
    }
    return .number(value)
  }

  private mutating func array(depth: Int) throws(ForgeFailure) -> ForgeValue {
    offset += 1
    var elements: [ForgeValue] = []
    skipSpace()
    if take(0x5D) { return .array([]) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take(0x5D) { return .array(elements) }
      guard take(0x2C) else { throw failure("',' or ']' is missing") }
    }
  }

  private mutating func object(depth: Int) throws(ForgeFailure) -> ForgeValue {
    offset += 1
    var members: [(name: [UInt16], value: ForgeValue)] = []
    var places: [[UInt16]: Int] = [:]
    skipSpace()
    if take(0x7D) { return .object([]) }
    while true {
      skipSpace()
      guard offset < bytes.count, bytes[offset] == 0x22 else {
        throw failure("a member name in double quotes is missing")
      }
      let name = try string()
      skipSpace()
      guard take(0x3A) else { throw failure("':' is missing") }
      let value = try value(depth: depth + 1)
      if name.elementsEqual("__proto__".utf16) {
        losses.insert(.prototypeMember)
      } else if let place = places[name] {
        losses.insert(.repeatedMember)
        members[place].value = value
      } else {
        places[name] = members.count
        members.append((name, value))
      }
      skipSpace()
      if take(0x7D) { return .object(members) }
      guard take(0x2C) else { throw failure("',' or '}' is missing") }
    }
  }

  private mutating func string() throws(ForgeFailure) -> [UInt16] {
    offset += 1
    var units: [UInt16] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case 0x22:
        offset += 1
        return units
      case 0x5C: units.append(try escape())
      case 0..<0x20: throw failure("a control character in a string")
      case 0x20..<0x80:
        units.append(UInt16(byte))
        offset += 1
      default:
        let length = bytes.withUnsafeBufferPointer { UTF8Scalar.length($0, offset) }
        guard length > 0 else { throw failure("invalid UTF-8 in a string") }
        units += Array(String(decoding: bytes[offset..<offset + length], as: UTF8.self).utf16)
        offset += length
      }
    }
    throw failure("the string has no end")
  }

  private mutating func escape() throws(ForgeFailure) -> UInt16 {
    guard offset + 1 < bytes.count else { throw failure("the string has no end") }
    let letter = bytes[offset + 1]
    let plain: [UInt8: UInt16] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
    ]
    if let unit = plain[letter] {
      offset += 2
      return unit
    }
    guard letter == 0x75 else { throw failure("an unknown escape") }
    var unit: UInt16 = 0
    for index in offset + 2..<offset + 6 {
      guard index < bytes.count, let digit = Hexadecimal.value(bytes[index]) else {
        throw failure("four hexadecimal digits are missing")
      }
      unit = unit << 4 | UInt16(digit)
    }
    offset += 6
    return unit
  }
}
