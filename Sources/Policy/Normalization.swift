import Canonical

/// Normalization form KC (Unicode Standard Annex 15), which the standard library does not offer.
package enum Normalization {
  private static let decompositions: [UInt32: [Unicode.Scalar]] = {
    var result: [UInt32: [Unicode.Scalar]] = [:]
    result.reserveCapacity(6000)
    var position: UInt32 = 0
    for entry in ScalarTable.entries(NormalizationTables.decompositions) {
      position += entry[0]
      result[position] = entry.dropFirst().compactMap(Unicode.Scalar.init)
    }
    return result
  }()

  /// A text in form KC.
  package static func nfkc(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    var isASCII = true
    for scalar in text {
      if scalar.value < 0x80 {
        scalars.append(scalar)
      } else {
        isASCII = false
        decompose(scalar, into: &scalars)
      }
    }
    if isASCII { return scalars }
    Composition.reorder(&scalars)
    return Composition.compose(scalars)
  }

  /// What a scalar is made of.
  static func decomposition(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    decompose(scalar, into: &result)
    return result
  }

  private static func decompose(_ scalar: Unicode.Scalar, into scalars: inout [Unicode.Scalar]) {
    if let jamo = Composition.jamo(scalar) {
      scalars += jamo
    } else if let found = decompositions[scalar.value] {
      scalars += found
    } else {
      scalars.append(scalar)
    }
  }
}
