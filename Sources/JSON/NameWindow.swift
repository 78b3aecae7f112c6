/// The names of an object's first members, without memory of their own.
struct NameWindow {
  private var starts = SIMD16<UInt>()
  private var counts = SIMD16<UInt32>()
  private var count = 0

  var hasRoom: Bool { count < 16 }

  /// Adds a name; false if it is there already.
  @inline(__always)
  mutating func insert(_ name: UnsafeRawBufferPointer) -> Bool {
    let length = UInt32(truncatingIfNeeded: name.count)
    for index in 0..<count where counts[index] == length {
      let other = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: starts[index]), count: name.count)
      if other.elementsEqual(name) { return false }
    }
    starts[count] = UInt(bitPattern: name.baseAddress)
    counts[count] = length
    count += 1
    return true
  }
}
