/// The forms of dates that go-yaml takes for timestamps: `2006-1-2`, `2006-1-2 15:4:5.9`, `2006-1-2T15:4:5.9Z`, with a `t` or
/// an offset like `+07:00` too.
enum YAMLTimestamp {
  /// Whether a plain scalar is one.
  static func isTimestamp(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 8, bytes.count < 64, bytes[4] == UInt8(ascii: "-") else { return false }
    var reader = Reader(bytes: bytes)
    guard let year = reader.number(digits: 4...4), reader.take("-"), let month = reader.number(digits: 1...2),
      reader.take("-"), let day = reader.number(digits: 1...2), 1...12 ~= month,
      day >= 1, day <= days(month: month, year: year)
    else { return false }
    if reader.isAtEnd { return true }
    let hasZone = reader.take("T") || reader.take("t")
    guard hasZone || reader.take(" ") else { return false }
    guard let hour = reader.number(digits: 1...2), hour < 24, reader.take(":"),
      let minute = reader.number(digits: 1...2), minute < 60, reader.take(":"),
      let second = reader.number(digits: 1...2), second < 60
    else { return false }
    if reader.take(".") || reader.take(","), !reader.digits() { return false }
    return reader.isAtEnd ? !hasZone : hasZone && reader.zone()
  }

  private static func days(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var index = 0

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
      index += 1
      return true
    }

    mutating func number(digits: ClosedRange<Int>) -> Int? {
      var value = 0
      var count = 0
      while index < bytes.count, count < digits.upperBound, 0x30...0x39 ~= bytes[index] {
        value = value * 10 + Int(bytes[index] - 0x30)
        index += 1
        count += 1
      }
      return count >= digits.lowerBound ? value : nil
    }

    mutating func digits() -> Bool {
      let start = index
      while index < bytes.count, 0x30...0x39 ~= bytes[index] { index += 1 }
      return index > start
    }

    mutating func zone() -> Bool {
      if take("Z") { return isAtEnd }
      guard take("+") || take("-"), let hours = number(digits: 2...2), hours <= 24, take(":"),
        let minutes = number(digits: 2...2), minutes < 60
      else { return false }
      return isAtEnd
    }
  }
}
