/// Reads scalars from bytes that may hold anything.
enum UTF8Decoding {
  /// The ordinal of the scalar at `index`, and how many bytes it has; a byte that starts no whole scalar stands alone.
  @inline(__always)
  static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int) -> (ScalarOrdinal, Int) {
    let first = bytes[index]
    if first < 0x80 { return (ScalarOrdinal(first), 1) }
    func next(_ distance: Int) -> UInt32? {
      guard index + distance < end, bytes[index + distance] & 0xC0 == 0x80 else { return nil }
      return UInt32(bytes[index + distance] & 0x3F)
    }
    switch first {
    case 0xC2...0xDF:
      if let second = next(1) { return (UInt32(first & 0x1F) << 6 | second, 2) }
    case 0xE0...0xEF:
      if let second = next(1), let third = next(2) {
        let value = UInt32(first & 0x0F) << 12 | second << 6 | third
        if value >= 0x800, !(0xD800...0xDFFF ~= value) { return (value < 0xD800 ? value : value - 0x800, 3) }
      }
    case 0xF0...0xF4:
      if let second = next(1), let third = next(2), let fourth = next(3) {
        let value = UInt32(first & 0x07) << 18 | second << 12 | third << 6 | fourth
        if 0x10000...0x10FFFF ~= value { return (value - 0x800, 4) }
      }
    default: break
    }
    return (ScalarSet.invalidOrdinal, 1)
  }

  /// The ordinal of the scalar that ends before `index`, and how many bytes it has.
  static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, before index: Int, _ start: Int) -> (ScalarOrdinal, Int) {
    for length in 1...4 where index - length >= start {
      let place = index - length
      if bytes[place] & 0xC0 != 0x80 {
        let (ordinal, count) = scalar(bytes, place, index)
        return count == length ? (ordinal, count) : (ScalarSet.invalidOrdinal, 1)
      }
    }
    return (ScalarSet.invalidOrdinal, 1)
  }
}
