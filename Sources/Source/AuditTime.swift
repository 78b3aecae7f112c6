/// Times of events: `YYYY-MM-DDTHH:mm:ss.sssZ`, one spelling for each.
package enum AuditTime {
  /// The text of a time in milliseconds since 1970; years 0 to 9999.
  package static func text(milliseconds given: Int) -> String {
    let value = min(max(given, -62_167_219_200_000), 253_402_300_799_999)
    let milliseconds = floorMod(value, 1000)
    let seconds = (value - milliseconds) / 1000
    let rest = floorMod(seconds, 86_400)
    let date = CivilDate(daysSince1970: (seconds - rest) / 86_400)
    return String(unsafeUninitializedCapacity: 24) { text in
      let pieces: [(value: Int, width: Int, end: UInt8)] = [
        (date.year, 4, 0x2D), (date.month, 2, 0x2D), (date.day, 2, 0x54), (rest / 3600, 2, 0x3A),
        (rest / 60 % 60, 2, 0x3A),
        (rest % 60, 2, 0x2E), (milliseconds, 3, 0x5A),
      ]
      var offset = 0
      for piece in pieces {
        var value = piece.value
        for place in stride(from: piece.width - 1, through: 0, by: -1) {
          text[offset + place] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
          value /= 10
        }
        offset += piece.width
        text[offset] = piece.end
        offset += 1
      }
      return offset
    }
  }

  /// The milliseconds since 1970 of such a text; nil for what is no time or is spelled in another way.
  package static func milliseconds(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 24 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard 0x30...0x39 ~= byte else { return nil }
        value = value * 10 + Int(byte & 15)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), let fraction = number(20..<23)
    else { return nil }
    let seconds =
      CivilDate(year: year, month: month, day: day).daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
    let value = seconds * 1000 + fraction
    // Writing it again finds 30 February, 24 o'clock and wrong signs between.
    return Self.text(milliseconds: value) == text ? value : nil
  }

  private static func floorMod(_ value: Int, _ divisor: Int) -> Int { ((value % divisor) + divisor) % divisor }
}
