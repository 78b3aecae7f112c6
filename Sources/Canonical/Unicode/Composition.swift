/// How scalars are put in order and composed to others: the second half of Unicode's normalization forms C and KC (Standard
/// Annex 15), which the standard library does not offer.
package enum Composition {
  private static let composed: [UInt64: Unicode.Scalar] = {
    var result: [UInt64: Unicode.Scalar] = [:]
    for entry in ScalarTable.entries(CompositionTables.pairs) where entry.count == 3 {
      result[UInt64(entry[0]) << 32 | UInt64(entry[1])] = Unicode.Scalar(entry[2])
    }
    return result
  }()

  /// The letters that a Hangul syllable is made of; nil for what is no syllable.
  package static func jamo(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
    guard 0xAC00...0xD7A3 ~= scalar.value else { return nil }
    let index = scalar.value - 0xAC00
    let parts = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28]
    return (index % 28 == 0 ? parts.dropLast() : parts[...]).compactMap(Unicode.Scalar.init)
  }

  /// Sorts each run of combining marks by class, equal ones in their order.
  package static func reorder(_ scalars: inout [Unicode.Scalar]) {
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

  /// Scalars that are decomposed and in order, composed.
  package static func compose(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
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
    return composed[UInt64(a) << 32 | UInt64(b)]
  }
}

/// Tables of numbers in base 36, written as text.
package enum ScalarTable {
  /// The entries of a table, between which there is a space; the numbers of one are parted by a sign.
  package static func entries(_ text: StaticString) -> [[UInt32]] {
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
}
