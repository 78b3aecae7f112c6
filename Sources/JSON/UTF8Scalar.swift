/// UTF-8, scalar by scalar.
package enum UTF8Scalar {
  /// How many bytes the scalar beyond ASCII at `index` has; 0 if it is none.
  package static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    func isTail(_ distance: Int) -> Bool { index + distance < bytes.count && bytes[index + distance] & 0xC0 == 0x80 }
    let first = bytes[index]
    switch first {
    case 0xC2...0xDF: return isTail(1) ? 2 : 0
    case 0xE0...0xEF:
      guard isTail(1), isTail(2) else { return 0 }
      let second = bytes[index + 1]
      return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3
    case 0xF0...0xF4:
      guard isTail(1), isTail(2), isTail(3) else { return 0 }
      let second = bytes[index + 1]
      return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4
    default: return 0
    }
  }
}
