/// Records that will be written at once.
struct RecordBuffer: ~Copyable {
  private(set) var base: UnsafeMutableRawPointer
  private var capacity: Int
  var count = 0

  init() {
    capacity = 1 << 16
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// The end, with room for so many bytes behind it.
  @inline(__always)
  mutating func end(room: Int) -> UnsafeMutableRawPointer {
    if capacity - count < room { grow(room) }
    return base + count
  }

  @inline(never)
  private mutating func grow(_ room: Int) {
    capacity = max(capacity * 2, count + room)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = larger
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}
