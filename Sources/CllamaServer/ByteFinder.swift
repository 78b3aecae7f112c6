import Glibc

/// Finds a text in bytes.
enum ByteFinder {
  /// Where `text` first stands in `bytes` at or after `start`.
  static func place(
    of text: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, from start: Int = 0
  ) -> Int? {
    guard let first = text.first, let base = bytes.baseAddress, let wanted = text.baseAddress else { return nil }
    var index = start
    while index + text.count <= bytes.count {
      guard let found = memchr(base + index, Int32(first), bytes.count - text.count - index + 1) else { return nil }
      let place = UnsafeRawPointer(found) - base
      if memcmp(base + place, wanted, text.count) == 0 { return place }
      index = place + 1
    }
    return nil
  }

  /// Whether a text stands in bytes.
  static func has(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
    bytes.withUnsafeBytes {
      place(of: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), in: $0) != nil
    }
  }
}
