/// Normalization form KC (Unicode Standard Annex 15), which the standard library does not offer.
package enum Normalization {
  private static let decompositions: [UInt32: [Unicode.Scalar]] = {
    var result: [UInt32: [Unicode.Scalar]] = [:]
    result.reserveCapacity(6000)
    var position: UInt32 = 0
    for entry in numbers(NormalizationTables.decompositions) {
      position += entry[0]
      result[position] = entry.dropFirst().compactMap(Unicode.Scalar.init)
    }
    return result
  }()

  private static let compositions: [UInt64: Unicode.Scalar] = {
    var result: [UInt64: Unicode.Scalar] = [:]
    for entry in numbers(NormalizationTables.compositions) where entry.count == 3 {
      result[UInt64(entry[0]) << 32 | UInt64(entry[1])] = Unicode.Scalar(entry[2])
    }
    return result
  }()

  /// The entries of a table.
  private static func numbers(_ text: StaticString) -> [[UInt32]] {
    text.withUTF8Buffer { bytes in
      var result: [[UInt32]] = []
      var entry: [UInt32] = []
      var number: UInt32 = 0
      for byte in bytes {
        switch byte {
        case 0x30...0x39: number = number * 36 + UInt32(byte - 0x30)
        case 0x61...0x7A: number = number * 36 + UInt32(byte - 0x61 + 10)
        case 0x20:
          entry.append(number)
          result.append(entry)
          entry = []
          number = 0
        default:
          entry.append(number)
          number = 0
        }
      }
      entry.append(number)
      result.append(entry)
      return result
    }
  }

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
    reorder(&scalars)
    return compose(scalars)
  }

  /// What a scalar is made of.
  static func decomposition(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    decompose(scalar, into: &result)
    return result
  }

  private static func decompose(_ scalar: Unicode.Scalar, into scalars: inout [Unicode.Scalar]) {
    if 0xAC00...0xD7A3 ~= scalar.value {
      let index = scalar.value - 0xAC00
      let parts = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28]
      scalars += (index % 28 == 0 ? parts.dropLast() : parts[...]).compactMap(Unicode.Scalar.init)
    } else if let found = decompositions[scalar.value] {
      scalars += found
    } else {
      scalars.append(scalar)
    }
  }

  /// Sorts each run of combining marks by class, equal ones in their order.
  private static func reorder(_ scalars: inout [Unicode.Scalar]) {
    var start = 0
    while start < scalars.count {
      guard combiningClass(scalars[start]) != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < scalars.count, combiningClass(scalars[end]) != 0 { end += 1 }
      if end - start > 1 {
        let run = scalars[start..<end].enumerated().sorted {
          let (left, right) = (combiningClass($0.element), combiningClass($1.element))
          return left == right ? $0.offset < $1.offset : left < right
        }
        scalars.replaceSubrange(start..<end, with: run.map(\.element))
      }
      start = end
    }
  }

  private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
    scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
  }

  private static func compose(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    var starter: Int?
    var lastClass: UInt8 = 0
    for scalar in scalars {
      let own = combiningClass(scalar)
      // A mark reaches its starter past marks of lower classes alone.
      if let place = starter, place == result.count - 1 || lastClass < own,
        let composed = pair(result[place], scalar)
      {
        result[place] = composed
        continue
      }
      if own == 0 {
        starter = result.count
        lastClass = 0
      } else {
        lastClass = own
      }
      result.append(scalar)
    }
    return result
  }

  private static func pair(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    let (a, b) = (first.value, second.value)
    if 0x1100...0x1112 ~= a, 0x1161...0x1175 ~= b {
      return Unicode.Scalar(0xAC00 + (a - 0x1100) * 588 + (b - 0x1161) * 28)
    }
    if 0xAC00...0xD7A3 ~= a, (a - 0xAC00) % 28 == 0, 0x11A8...0x11C2 ~= b { return Unicode.Scalar(a + b - 0x11A7) }
    return compositions[UInt64(a) << 32 | UInt64(b)]
  }
}
