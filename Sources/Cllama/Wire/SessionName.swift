package import JSON

/// What a caller says of the session that a call belongs to.
///
/// It is the caller's own word: it helps to find calls that belong together, and nothing is decided by it.
package enum SessionName {
  /// The header that says it.
  package static let header = "x-claw-session"
  /// What a name may be, as errors say it.
  package static let form = "1 to 128 letters, digits, '.', ':', '_' or '-'"

  /// Whether a text may stand in records and headers.
  package static func isSound(_ text: String) -> Bool {
    1...128 ~= text.utf8.count
      && text.utf8.allSatisfy {
        0x61...0x7A ~= $0 | 0x20 || 0x30...0x3A ~= $0 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
  }

  /// The conversation that a body of OpenAI's responses API names; nil where it names none that may stand in a record.
  package static func conversation(_ body: JSONValue) -> String? {
    guard let named = body["conversation"] else { return nil }
    return (named.string ?? named["id"]?.string).flatMap { isSound($0) ? $0 : nil }
  }
}
