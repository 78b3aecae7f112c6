import COpenSSL

/// 32 bytes: a SHA-256, held without an allocation.
package struct Hash256: Sendable, Hashable {
  private var words: SIMD4<UInt64>

  /// The SHA-256 of some bytes.
  @inline(__always)
  package init(of bytes: UnsafeRawBufferPointer) {
    var state = SHA256_CTX()
    SHA256_Init(&state)
    SHA256_Update(&state, bytes.baseAddress, bytes.count)
    self.init(&state)
  }

  /// The SHA-256 of a byte and some bytes behind it.
  @inline(__always)
  package init(of prefix: UInt8, _ bytes: UnsafeRawBufferPointer) {
    var state = SHA256_CTX()
    SHA256_Init(&state)
    var prefix = prefix
    SHA256_Update(&state, &prefix, 1)
    SHA256_Update(&state, bytes.baseAddress, bytes.count)
    self.init(&state)
  }

  @inline(__always)
  private init(_ state: inout SHA256_CTX) {
    words = .zero
    withUnsafeMutableBytes(of: &words) { bytes in
      _ = SHA256_Final(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), &state)
    }
  }

  /// The SHA-256 of some bytes.
  package init(of bytes: [UInt8]) { self = bytes.withUnsafeBytes { Hash256(of: $0) } }

  /// 32 bytes as they are.
  @inline(__always)
  package init(at start: UnsafeRawPointer) { words = start.loadUnaligned(as: SIMD4<UInt64>.self) }

  /// 32 bytes as they are; nil if there are more or fewer.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    words = .zero
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
  }

  /// What 64 lower-case hexadecimal digits spell; nil for anything else.
  package init?(hex: some StringProtocol) {
    guard let bytes = Hexadecimal.decode(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// The bytes.
  package var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

  /// In lower-case hexadecimal digits.
  package var hex: String {
    String(unsafeUninitializedCapacity: 64) { text in
      write(hex: text)
      return 64
    }
  }

  /// Writes 64 hexadecimal digits; there must be room.
  @inline(__always)
  package func write(hex text: UnsafeMutableBufferPointer<UInt8>) {
    guard let target = text.baseAddress else { return }
    withUnsafeBytes(of: words) { bytes in
      for index in 0..<8 {
        // Four bytes become eight digits at once: their halves are spread over the bytes of a word.
        var half = UInt64(bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self).littleEndian)
        half = (half | half << 16) & 0x0000_FFFF_0000_FFFF
        half = (half | half << 8) & 0x00FF_00FF_00FF_00FF
        half = (half >> 4 | half << 8) & 0x0F0F_0F0F_0F0F_0F0F
        let isLetter = (half &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        let digits = half &+ 0x3030_3030_3030_3030 &+ isLetter &* 39
        UnsafeMutableRawPointer(target + 8 * index).storeBytes(of: digits.littleEndian, as: UInt64.self)
      }
    }
  }

  /// Writes the 32 bytes.
  @inline(__always)
  package func write(to start: UnsafeMutableRawPointer) { start.storeBytes(of: words, as: SIMD4<UInt64>.self) }
}
