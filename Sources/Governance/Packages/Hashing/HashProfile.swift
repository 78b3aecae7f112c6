import Canonical
import JSON

/// Which rule a package's digests are to follow.
package enum HashProfile: String, Sendable, CaseIterable {
  /// What the reference's code computes.
  case reference
  /// What its specification says.
  case spec
  /// The reference's, and where that does not match the specification's.
  case auto

  /// The bytes that a digest is of: canonical JSON, but names that are whole numbers come first, in the order of the numbers,
  /// because the reference's objects keep them so.
  ///
  /// - Parameter mayHaveNumbers: whether there can be such names.
  static func bytes(_ value: JSONValue, mayHaveNumbers: Bool = true) throws(CanonicalJSON.Failure) -> [UInt8] {
    guard mayHaveNumbers, hasNumericName(value) else { return try CanonicalJSON.bytes(value) }
    var bytes: [UInt8] = []
    try write(value, to: &bytes)
    return bytes
  }

  /// The digest of what a rule leaves of a value, or why there is none.
  static func hash(
    _ value: JSONValue, _ rule: HashRule, mayHaveNumbers: Bool = true
  ) -> Result<String, HashRule.Failure> {
    do {
      return .success(Digest.sha256Hex(try bytes(try rule.applied(to: value), mayHaveNumbers: mayHaveNumbers)))
    } catch let failure as HashRule.Failure {
      return .failure(failure)
    } catch let failure as CanonicalJSON.Failure {
      return .failure(HashRule.Failure(message: failure.message))
    } catch {
      return .failure(HashRule.Failure(message: "there is no canonical form"))
    }
  }

  /// The number that a name stands for in an array, if it is written as one.
  private static func index(_ name: String) -> UInt32? {
    guard let first = name.utf8.first, 0x30...0x39 ~= first, let index = UInt32(name), index < UInt32.max,
      first != 0x30 || name.utf8.count == 1
    else { return nil }
    return index
  }

  private static func hasNumericName(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): elements.contains(where: hasNumericName)
    case .object(let members): members.contains { index($0.name) != nil || hasNumericName($0.value) }
    default: false
    }
  }

  private static func write(_ value: JSONValue, to bytes: inout [UInt8]) throws(CanonicalJSON.Failure) {
    switch value {
    case .array(let elements):
      bytes.append(0x5B)
      for (place, element) in elements.enumerated() {
        if place > 0 { bytes.append(0x2C) }
        try write(element, to: &bytes)
      }
      bytes.append(0x5D)
    case .object(let members):
      let sorted = members.sorted { left, right in
        switch (index(left.name), index(right.name)) {
        case (let first?, let second?): first < second
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): CanonicalJSON.isBefore(left.name, right.name)
        }
      }
      bytes.append(0x7B)
      for (place, member) in sorted.enumerated() {
        if place > 0 { bytes.append(0x2C) }
        bytes += try CanonicalJSON.bytes(.string(member.name))
        bytes.append(0x3A)
        try write(member.value, to: &bytes)
      }
      bytes.append(0x7D)
    default: bytes += try CanonicalJSON.bytes(value)
    }
  }
}
