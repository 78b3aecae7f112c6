/// Whether texts are in Unicode's normalization form C, which is how keyboards and most programs write them.
///
/// Canonical JSON keeps a text as it is (RFC 8785, section 3.1), so that two spellings of what looks the same have two
/// digests. Nothing here rewrites a text; it only lets somebody say so.
package enum NormalForm {
  /// Whether a text is in form C. Exact, not the quick check alone: a scalar that may compose with what stands before it
  /// (NFC_Quick_Check=Maybe) counts only where it does, because the piece of text around it is normalized and compared.
  /// Scalars that Unicode 14 did not have yet count as ones that nothing happens to. Bytes that are no UTF-8 are in no form.
  package static func isComposed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if bytes.allSatisfy({ $0 < 0x80 }) { return true }
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    // A piece begins with a scalar that nothing before it can reach, and ends where the next one begins.
    var piece: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars {
      if isNever(scalar) { return false }
      if isBoundary(scalar) {
        if !isComposed(piece) { return false }
        piece.removeAll(keepingCapacity: true)
      }
      piece.append(scalar)
    }
    return isComposed(piece)
  }

  /// The same of a piece that has no scalar that no composed text has.
  private static func isComposed(_ piece: [Unicode.Scalar]) -> Bool {
    // One scalar that may stand in a composed text is one.
    guard piece.count > 1 else { return true }
    var parts: [Unicode.Scalar] = []
    for scalar in piece { decompose(scalar, into: &parts) }
    Composition.reorder(&parts)
    return Composition.compose(parts) == piece
  }

  private static func decompose(_ scalar: Unicode.Scalar, into parts: inout [Unicode.Scalar]) {
    if let jamo = Composition.jamo(scalar) {
      parts += jamo
    } else if let (first, second) = halves[scalar] {
      decompose(first, into: &parts)
      parts.append(second)
    } else {
      parts.append(scalar)
    }
  }

  /// Whether a scalar begins a piece: it is no mark, and composes with nothing before it.
  private static func isBoundary(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x300 { return true }
    return !followers.contains(scalar) && scalar.properties.canonicalCombiningClass == .notReordered
  }

  private static func isNever(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    var (low, high) = (0, never.count)
    while low < high {
      let middle = (low + high) / 2
      if never[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
    }
    return low < never.count && never[low].contains(scalar.value)
  }

  /// What each composed scalar is made of.
  private static let halves: [Unicode.Scalar: (Unicode.Scalar, Unicode.Scalar)] = {
    var result: [Unicode.Scalar: (Unicode.Scalar, Unicode.Scalar)] = [:]
    for entry in ScalarTable.entries(CompositionTables.pairs) {
      let scalars = entry.compactMap(Unicode.Scalar.init)
      if scalars.count == 3 { result[scalars[2]] = (scalars[0], scalars[1]) }
    }
    return result
  }()

  /// What may compose with something before it (NFC_Quick_Check=Maybe).
  private static let followers: Set<Unicode.Scalar> = {
    let jamo = (0x1161...0x1175).compactMap { Unicode.Scalar($0 as UInt32) }
    let finals = (0x11A8...0x11C2).compactMap { Unicode.Scalar($0 as UInt32) }
    return Set(halves.values.map(\.1) + jamo + finals)
  }()

  private static let never: [ClosedRange<UInt32>] = ScalarTable.entries(CompositionTables.never).compactMap { entry in
    guard let first = entry.first, let last = entry.last else { return nil }
    return first...last
  }
}
