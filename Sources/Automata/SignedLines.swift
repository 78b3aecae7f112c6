internal import CScan

/// Lines of a patch by their first characters.
package enum SignedLines {
  /// How many lines begin with `+` but not `+++`, and with `-` but not `---`.
  package static func count(_ bytes: UnsafeBufferPointer<UInt8>) -> (plus: Int, minus: Int) {
    guard let base = bytes.baseAddress else { return (0, 0) }
    var (plus, minus) = (0, 0)
    claw_count_signs(base, bytes.count, &plus, &minus)
    return (plus, minus)
  }
}
