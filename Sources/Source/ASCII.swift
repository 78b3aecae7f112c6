extension String {
  /// Whether a test holds for every byte, which are gone over side by side: for texts that are looked at by the thousand.
  @inlinable
  public func hasOnly(_ test: (UInt8) -> Bool) -> Bool {
    utf8.withContiguousStorageIfAvailable { $0.allSatisfy(test) } ?? utf8.allSatisfy(test)
  }
}

extension UInt8 {
  /// Whether it is `0` to `9`.
  @inlinable
  public var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }

  /// Whether it is `a` to `z` or `A` to `Z`.
  @inlinable
  public var isASCIILetter: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7A }

  /// Whether it is a letter or a digit.
  @inlinable
  public var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }

  /// Whether it is a digit of a digest as it is written everywhere: `0` to `9` or `a` to `f`.
  @inlinable
  public var isLowerHexDigit: Bool { isASCIIDigit || (self >= 0x61 && self <= 0x66) }
}
