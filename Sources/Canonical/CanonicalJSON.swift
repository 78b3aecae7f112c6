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
    var writer = ByteWriter(capacity: 4096)
    try write(value, to: &writer)
    return writer.bytes()
  }

  private static func write(_ value: JSONValue, to writer: inout ByteWriter) throws(Failure) {
    switch value {
    case .null: writer.append("null")
    case .bool(let value): writer.append(value ? "true" : "false")
    case .number(let text): try write(number: text, to: &writer)
    case .string(let text): StringWriter.write(text, to: &writer)
    case .array(let elements):
      writer.append(0x5B)
      for index in elements.indices {
        if index > 0 { writer.append(0x2C) }
        try write(elements[index], to: &writer)
      }
      writer.append(0x5D)
    case .object(let members): try write(members, to: &writer)
    }
  }

  private static func write(_ members: [JSONValue.Member], to writer: inout ByteWriter) throws(Failure) {
    for index in members.indices.dropFirst() where !isBefore(members[index - 1].name, members[index].name) {
      let sorted = members.sorted { isBefore($0.name, $1.name) }
      for index in sorted.indices.dropFirst() where !isBefore(sorted[index - 1].name, sorted[index].name) {
        throw Failure(message: "the member '\(sorted[index].name)' is there twice")
      }
      try write(sorted: sorted, to: &writer)
      return
    }
    try write(sorted: members, to: &writer)
  }

  private static func write(sorted members: [JSONValue.Member], to writer: inout ByteWriter) throws(Failure) {
    writer.append(0x7B)
    for index in members.indices {
      if index > 0 { writer.append(0x2C) }
      StringWriter.write(members[index].name, to: &writer)
      writer.append(0x3A)
      try write(members[index].value, to: &writer)
    }
    writer.append(0x7D)
  }

  private static func write(number given: String, to writer: inout ByteWriter) throws(Failure) {
    var text = given
    var problem: String?
    text.withUTF8 { text in
      do throws(NumberText.Failure) {
        let number = try NumberText(text)
        guard number.length == text.count else { throw .missingDigit }
        try number.write(text, to: &writer)
      } catch {
        switch error {
        case .missingDigit: problem = "is no number of JSON"
        case .inexact: problem = "is too large to be exact"
        case .outOfRange: problem = "is out of range"
        }
      }
    }
    if let problem { throw Failure(message: "the number \(given) \(problem)") }
  }

  /// Whether a name comes before another: by UTF-16 units, in which characters beyond U+FFFF come before U+E000.
  package static func isBefore(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { first in right.withUTF8 { MemberOrder.isBefore(first, $0) } }
  }
}
