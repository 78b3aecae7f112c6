import Canonical
import JSON
import Source

/// A member of a typed payload.
package struct PayloadField: Sendable {
  /// What its value must be.
  package indirect enum Kind: Sendable {
    /// A text of at most so many UTF-16 units, and at least one.
    case text(Int)
    /// The same, which may be empty.
    case emptyText(Int)
    /// A UUID of version 4.
    case uuid
    /// 64 lower-case hexadecimal digits.
    case digest
    /// A whole number from 0 on.
    case count
    /// One of these texts.
    case choice([String])
    /// Any value of at most so many bytes of canonical JSON.
    case any(Int)
    /// An object.
    case object
    /// An object of at most 20 texts.
    case metadata
    /// A whole number in a range.
    case number(ClosedRange<Int>)
    /// `true` or `false`.
    case bool
    /// `1.MINOR.PATCH`.
    case version
    /// A time as in 2026-01-02T03:04:05Z, with up to three digits behind the seconds.
    case time
    /// A text of at most so many letters, digits, points, underscores and hyphens, and at least one.
    case word(Int)
    /// An array of at most so many.
    case list(Int, Kind)
    /// An object whose members of these names are so; others are not looked at.
    case members([PayloadField])
    /// An object of at most 50 members whose names have at most so many UTF-16 units, in at most 102,400 bytes.
    case parameters(names: Int)
    /// `null`, or an object that is not empty.
    case schema
  }

  package var name: String
  package var kind: Kind
  package var isOptional: Bool

  init(_ name: String, _ kind: Kind, optional: Bool = false) {
    self.name = name
    self.kind = kind
    isOptional = optional
  }

  /// What is wrong with a value in canonical JSON; nil if nothing is.
  func complaint(_ value: ArraySlice<UInt8>) -> String? {
    switch kind {
    case .text(let limit):
      if value.first == 0x22, value.count == 2 { return "must not be empty" }
      return Self.complaint(text: value, limit)
    case .emptyText(let limit): return Self.complaint(text: value, limit)
    case .uuid: return CanonicalString.text(value).map(EventText.isUUID4) == true ? nil : "must be a UUID of version 4"
    case .digest:
      return CanonicalString.text(value).map(EventText.isDigest) == true
        ? nil : "must be 64 lower-case hexadecimal digits"
    case .count:
      return value.allSatisfy { $0.isASCIIDigit } && value.count <= 16 ? nil : "must be a whole number from 0 on"
    case .choice(let words):
      let text = CanonicalString.text(value) ?? ""
      return words.contains { $0.utf8.elementsEqual(text.utf8) }
        ? nil : "must be one of \(words.joined(separator: ", "))"
    case .any(let limit): return value.count > limit ? "has more than \(limit) bytes" : nil
    case .object: return value.first == 0x7B ? nil : "must be an object"
    case .metadata: return Self.complaint(metadata: value)
    default: return contractComplaint(value)
    }
  }

  static func complaint(text value: ArraySlice<UInt8>, _ limit: Int) -> String? {
    guard value.first == 0x22 else { return "must be a text" }
    // No text has more UTF-16 units than bytes.
    if value.count - 2 <= limit { return nil }
    guard let text = CanonicalString.text(value) else { return "must be a text" }
    return text.utf16.count > limit ? "is longer than \(limit) characters" : nil
  }

  private static func complaint(metadata value: ArraySlice<UInt8>) -> String? {
    guard let members = CanonicalMembers(value)?.members else { return "must be an object" }
    guard members.count <= 20 else { return "has more than 20 members" }
    for member in members {
      let quoted = value[value.startIndex + member.name.lowerBound - 1..<value.startIndex + member.name.upperBound + 1]
      if quoted.count == 2 || complaint(text: quoted, 200) != nil {
        return "has a name that is empty or longer than 200 characters"
      }
      let content = value[value.startIndex + member.value.lowerBound..<value.startIndex + member.value.upperBound]
      if let complaint = complaint(text: content, 500) {
        return "has a member '\(CanonicalString.text(quoted) ?? "")' that \(complaint)"
      }
    }
    return nil
  }
}

/// The texts that events are made of.
package enum EventText {
  /// Whether a text is a UUID of version 4, of either case.
  package static func isUUID4(_ text: String) -> Bool { isUUID4(text, upper: true) }

  /// Whether a text is a UUID of version 4 in lower case: identities have one spelling.
  package static func isIdentity(_ text: String) -> Bool { isUUID4(text, upper: false) }

  private static func isUUID4(_ text: String, upper: Bool) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count == 36 else { return false }
      for (index, byte) in bytes.enumerated() {
        switch index {
        case 8, 13, 18, 23: if byte != 0x2D { return false }
        default: if !byte.isLowerHexDigit, !(upper && 0x41...0x46 ~= byte) { return false }
        }
      }
      return bytes[14] == 0x34 && [0x38, 0x39, 0x61, 0x62, 0x41, 0x42].contains(bytes[19])
    }
  }

  /// Whether a text is a SHA-256 in lower-case hexadecimal digits.
  package static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.hasOnly { $0.isLowerHexDigit }
  }

  /// Whether a text is `1.MINOR.PATCH`, which is what this version of the envelope can be.
  package static func isSchemaVersion(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0].elementsEqual("1".utf8)
      && parts.allSatisfy { part in
        1...9 ~= part.count && part.allSatisfy(\.isASCIIDigit) && (part.count == 1 || part.first != 0x30)
      }
  }
}
