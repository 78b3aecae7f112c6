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
  static func bytes(_ value: JSONValue, mayHaveNumbers: Bool = true) throws(HashRule.Failure) -> [UInt8] {
    let canonical: [UInt8]
    do throws(CanonicalJSON.Failure) { canonical = try CanonicalJSON.bytes(value) } catch {
      throw HashRule.Failure(message: error.message)
    }
    guard mayHaveNumbers, hasNumericName(value) else { return canonical }
    do throws(ForgeFailure) { return try ForgeJSON.canonical(canonical).bytes } catch {
      throw HashRule.Failure(message: error.message)
    }
  }

  /// The digest of what a rule leaves of a value, or why there is none.
  static func hash(
    _ value: JSONValue, _ rule: HashRule, mayHaveNumbers: Bool = true
  ) -> Result<String, HashRule.Failure> {
    do throws(HashRule.Failure) {
      let hashed = try rule.applied(to: value)
      if mayHaveNumbers, hasNumericName(hashed) { return .success(Digest.sha256Hex(try bytes(hashed))) }
      do throws(CanonicalJSON.Failure) { return .success(try CanonicalJSON.sha256Hex(hashed)) } catch {
        throw HashRule.Failure(message: error.message)
      }
    } catch {
      return .failure(error)
    }
  }

  /// Whether a name anywhere begins with a digit.
  private static func hasNumericName(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): elements.contains(where: hasNumericName)
    case .object(let members):
      members.contains { member in
        member.name.utf8.first.map { 0x30...0x39 ~= $0 } ?? false || hasNumericName(member.value)
      }
    default: false
    }
  }
}
