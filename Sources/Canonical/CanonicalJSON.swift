package import JSON

/// JSON in the one spelling that RFC 8785 gives every value: members by the UTF-16 units of their names, no white space,
/// numbers as ECMAScript writes them.
package enum CanonicalJSON {
  /// Why a value has no canonical text.
  package struct Failure: Error, Sendable, Equatable {
    /// What is wrong.
    package var message: String
  }

  /// The canonical text of a value.
  package static func bytes(_ value: JSONValue) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    try append(value, to: &bytes)
    return bytes
  }

  private static func append(_ value: JSONValue, to bytes: inout [UInt8]) throws(Failure) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let text): try append(number: text, to: &bytes)
    case .string(let text): JSONValue.write(string: text, to: &bytes)
    case .array(let elements):
      bytes.append(0x5B)
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(0x2C) }
        try append(element, to: &bytes)
      }
      bytes.append(0x5D)
    case .object(let members):
      let sorted = members.sorted { isBefore($0.name, $1.name) }
      bytes.append(0x7B)
      for (index, member) in sorted.enumerated() {
        if index > 0 {
          if sorted[index - 1].name.utf8.elementsEqual(member.name.utf8) {
            throw Failure(message: "the member '\(member.name)' is there twice")
          }
          bytes.append(0x2C)
        }
        JSONValue.write(string: member.name, to: &bytes)
        bytes.append(0x3A)
        try append(member.value, to: &bytes)
      }
      bytes.append(0x7D)
    }
  }

  private static func append(number text: String, to bytes: inout [UInt8]) throws(Failure) {
    if let whole = Int(text) {
      guard whole.magnitude <= UInt(CanonicalNumber.largestExactInteger) else {
        throw Failure(message: "the number \(text) is too large to be exact")
      }
      bytes += String(whole).utf8
      return
    }
    guard let value = Double(text), value.isFinite else { throw Failure(message: "the number \(text) is out of range") }
    let isWhole = !text.utf8.contains { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 }
    guard !isWhole else { throw Failure(message: "the number \(text) is too large to be exact") }
    CanonicalNumber.append(value, to: &bytes)
  }

  /// Whether a name comes before another: by UTF-16 units, in which characters beyond U+FFFF come before U+E000.
  package static func isBefore(_ left: String, _ right: String) -> Bool {
    var (first, second) = (left.utf8.makeIterator(), right.utf8.makeIterator())
    while true {
      guard let b = second.next() else { return false }
      guard let a = first.next() else { return true }
      if a == b { continue }
      // Only where a surrogate pair meets U+E000 and above does the order differ from that of the bytes.
      if a >= 0xEE, b >= 0xEE { return left.utf16.lexicographicallyPrecedes(right.utf16) }
      return a < b
    }
  }
}
