extension String {
  /// Whether both texts have the same bytes. Swift's `==` also takes texts for equal that are spelled differently.
  @inlinable
  package func hasBytes(of other: String) -> Bool {
    let count = utf8.count
    guard count == other.utf8.count else { return false }
    let isSame = utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in Self.areSame(left, right) }
    }
    return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
  }

  /// Whether the text has these bytes.
  @inlinable
  package func hasBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard utf8.count == bytes.count else { return false }
    return utf8.withContiguousStorageIfAvailable { Self.areSame($0, bytes) } ?? utf8.elementsEqual(bytes)
  }

  /// Compares eight bytes at a time; both have the same length.
  @inlinable @inline(__always)
  static func areSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    let count = left.count
    var index = 0
    while index + 8 <= count {
      let word = UnsafeRawPointer(first + index).loadUnaligned(as: UInt64.self)
      if word != UnsafeRawPointer(second + index).loadUnaligned(as: UInt64.self) { return false }
      index += 8
    }
    while index < count {
      if first[index] != second[index] { return false }
      index += 1
    }
    return true
  }
}
