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
    try writer.write(document: value)
    return writer.writer.bytes()
  }

  /// The SHA-256 of a value's canonical text, in hexadecimal digits.
  package static func sha256Hex(_ value: JSONValue) throws(Failure) -> String {
    var writer = ValueWriter()
    try writer.write(document: value)
    return writer.writer.sha256Hex()
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
