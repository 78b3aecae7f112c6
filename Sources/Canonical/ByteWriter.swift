/// Bytes that grow at their end: what the writers of this module write into.
///
/// Arrays check and may copy at each append, which is most of the time that writing JSON takes.
package struct ByteWriter: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// How many bytes were written.
  var count = 0

  package init(capacity: Int) {
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// Makes room for `more` bytes behind those written.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }

  /// Appends a byte; there must be room.
  @inline(__always)
  mutating func put(_ byte: UInt8) {
    base[count] = byte
    count += 1
  }

  /// Appends bytes; there must be room.
  @inline(__always)
  mutating func put(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    (base + count).update(from: bytes, count: length)
    count += length
  }

  /// Appends text, and makes the room for it.
  @inline(__always)
  package mutating func append(_ text: StaticString) {
    reserve(text.utf8CodeUnitCount)
    put(text.utf8Start, text.utf8CodeUnitCount)
  }

  /// Appends a byte, and makes the room for it.
  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    reserve(1)
    put(byte)
  }

  /// Appends the digits of a number, with zeros in front up to `width`; there must be room.
  @inline(__always)
  mutating func put(digits value: UInt64, width: Int) {
    var rest = value
    var index = count + width
    while index > count {
      index -= 1
      base[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += width
  }

  /// The SHA-256 of what was written, in hexadecimal digits.
  func sha256Hex() -> String { Digest.sha256Hex(UnsafeRawBufferPointer(start: base, count: count)) }

  /// What was written.
  package func bytes() -> [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

/// Which bytes of a JSON string stand for themselves, eight at a time.
enum PlainText {
  /// How many bytes at `start`, of `count`, are ASCII that needs no escape for sure: at most seven more are.
  @inline(__always)
  static func skip(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var index = 0
    // Four words at once: most texts are longer than that.
    while count - index >= 32 {
      let first = run(start + index)
      let (second, third, fourth) = (run(start + index + 8), run(start + index + 16), run(start + index + 24))
      guard first.length & second.length & third.length & fourth.length == 8 else { break }
      index += 32
    }
    while count - index >= 8 {
      let length = run(start + index).length
      index += length
      if length < 8 { break }
    }
    return index
  }

  /// How many of the eight bytes at `start` are ASCII that needs no escape, from the first on.
  @inline(__always)
  static func run(_ start: UnsafePointer<UInt8>, allowsHigh: Bool = false) -> (word: UInt64, length: Int) {
    let word = UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5C)
    let low = word & ~high
    // No carry leaves a byte: each is below 0x80, and a byte of 0x80 and above is marked by its own top bit.
    let isControl = ~(low &+ ones &* 0x60) & ~word & high
    let isQuote = ~(((quotes & ~high) &+ ones &* 0x7F) | quotes) & high
    let isSlash = ~(((slashes & ~high) &+ ones &* 0x7F) | slashes) & high
    let special = isControl | isQuote | isSlash | (allowsHigh ? 0 : word & high)
    return (word, special == 0 ? 8 : special.trailingZeroBitCount >> 3)
  }
}
