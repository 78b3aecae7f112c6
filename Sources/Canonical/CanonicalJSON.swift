package import JSON

/// JSON in the one spelling that RFC 8785 gives every value: members by the UTF-16 units of their names, no white space,
/// numbers as ECMAScript writes them.
package enum CanonicalJSON {
  /// Why a value has no canonical text.
  package struct Failure: Error, Sendable, Equatable {
    /// What is wrong.
    package var message: String

    package init(message: String) { self.message = message }
  }

  /// The canonical text of a value.
  package static func bytes(_ value: JSONValue) throws(Failure) -> [UInt8] {
    var writer = ValueWriter()
    try writer.write(value)
    return writer.writer.bytes()
  }

  /// Whether a name comes before another: by UTF-16 units, in which characters beyond U+FFFF come before U+E000.
  package static func isBefore(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { first in right.withUTF8 { MemberOrder.isBefore(first, $0) } }
  }
}

extension CanonicalJSON {
  /// The order of two names by their UTF-16 units: below zero, zero if they are the same, or above.
  package static func compare(_ left: String, _ right: String) -> Int {
    let order = left.utf8.withContiguousStorageIfAvailable { first in
      right.utf8.withContiguousStorageIfAvailable { MemberOrder.compare(first, $0) }
    }
    if let order, let order { return order }
    var (left, right) = (left, right)
    return left.withUTF8 { first in right.withUTF8 { MemberOrder.compare(first, $0) } }
  }
}

/// Writes values.
private struct ValueWriter: ~Copyable {
  /// A member of an object: where it stands, and the start of its name as a number.
  struct Place {
    var prefix: UInt64
    var index: Int
  }

  var writer = ByteWriter(capacity: 4096)
  /// The members of the objects that are being written, the innermost ones last.
  private var order: [Place] = []

  mutating func write(_ value: JSONValue) throws(CanonicalJSON.Failure) {
    switch value {
    case .null: writer.append("null")
    case .bool(let value): writer.append(value ? "true" : "false")
    case .number(let text): try write(number: text)
    case .string(let text): StringWriter.write(text, to: &writer)
    case .array(let elements):
      writer.append(0x5B)
      for index in elements.indices {
        if index > 0 { writer.append(0x2C) }
        try write(elements[index])
      }
      writer.append(0x5D)
    case .object(let members): try write(members)
    }
  }

  private mutating func write(_ members: [JSONValue.Member]) throws(CanonicalJSON.Failure) {
    let first = order.count
    for index in members.indices {
      let prefix = Self.prefix(members[index].name)
      // Most lists are short: each member goes to its place among those before it.
      var place = order.count
      order.append(Place(prefix: prefix, index: index))
      if index > 32 { continue }
      while place > first, isBefore(order[place], order[place - 1], members) {
        order.swapAt(place, place - 1)
        place -= 1
      }
    }
    if members.count > 33 {
      var sorted = Array(order[first...])
      sorted.sort { isBefore($0, $1, members) }
      order.replaceSubrange(first..., with: sorted)
    }
    writer.append(0x7B)
    for place in members.indices {
      let index = order[first + place].index
      if place > 0 {
        guard isBefore(order[first + place - 1], order[first + place], members) else {
          throw CanonicalJSON.Failure(message: "the member '\(members[index].name)' is there twice")
        }
        writer.append(0x2C)
      }
      StringWriter.write(members[index].name, to: &writer)
      writer.append(0x3A)
      try write(members[index].value)
    }
    order.removeLast(members.count)
    writer.append(0x7D)
  }

  /// The first eight bytes of a name, the first one first; a shorter name is filled with zeros.
  @inline(__always)
  private static func prefix(_ name: String) -> UInt64 {
    let prefix = name.utf8.withContiguousStorageIfAvailable { bytes -> UInt64 in
      if bytes.count >= 8, let start = bytes.baseAddress {
        return UInt64(bigEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
      }
      var value: UInt64 = 0
      for byte in bytes { value = value << 8 | UInt64(byte) }
      return bytes.isEmpty ? 0 : value << UInt64(8 * (8 - bytes.count))
    }
    return prefix
      ?? name.utf8.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(56 - 8 * $1.offset) }
  }

  @inline(__always)
  private func isBefore(_ left: Place, _ right: Place, _ members: [JSONValue.Member]) -> Bool {
    // ASCII sorts by its bytes, and what differs in the first eight needs no second look.
    if left.prefix != right.prefix, (left.prefix | right.prefix) & 0x8080_8080_8080_8080 == 0 {
      return left.prefix < right.prefix
    }
    return CanonicalJSON.isBefore(members[left.index].name, members[right.index].name)
  }

  private mutating func write(number text: String) throws(CanonicalJSON.Failure) {
    var failure: NumberText.Failure?
    let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { text in
      do throws(NumberText.Failure) {
        let number = try NumberText(text)
        guard number.length == text.count else { throw .missingDigit }
        try number.write(text, to: &writer)
      } catch {
        failure = error
      }
    }
    if isWritten != nil, failure == nil { return }
    switch failure {
    case .inexact: throw CanonicalJSON.Failure(message: "the number \(text) is too large to be exact")
    case .outOfRange: throw CanonicalJSON.Failure(message: "the number \(text) is out of range")
    case .missingDigit, nil: throw CanonicalJSON.Failure(message: "the number \(text) is no number of JSON")
    }
  }
}
