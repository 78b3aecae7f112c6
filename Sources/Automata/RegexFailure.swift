/// Why a pattern is none, and where.
package struct RegexFailure: Error, Sendable, Equatable {
  /// What is wrong.
  package var message: String
  /// Where: bytes of the pattern.
  package var range: Range<Int>

  /// Makes a failure.
  package init(message: String, range: Range<Int>) {
    self.message = message
    self.range = range
  }
}
