import Source
import Policy

/// A time as packages write it: `2026-03-01T08:00:00.000Z`, with one to three decimals or none.
struct Instant: Sendable, Comparable {
  /// Milliseconds since 1970.
  var milliseconds: Int

  init(milliseconds: Int) { self.milliseconds = milliseconds }

  init?(_ text: String) {
    let fraction = TextForms.withBytes(text) { bytes -> Int? in
      guard bytes.count == 20 || 22...24 ~= bytes.count, bytes[10] == 0x54, bytes[bytes.count - 1] == 0x5A,
        bytes[17] != 0x36 || bytes[18] != 0x30
      else { return nil }
      var fraction = 0
      if bytes.count > 20 {
        for index in 20..<23 {
          fraction = fraction * 10 + (index < bytes.count - 1 ? Int(bytes[index] & 15) : 0)
        }
      }
      return fraction
    }
    guard let fraction, let seconds = Timestamp.seconds(text) else { return nil }
    milliseconds = seconds * 1000 + fraction
  }

  static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}
