/// Times as RFC 3339 writes them.
package enum Timestamp {
  /// Whether a text is such a time.
  package static func isValid(_ text: String) -> Bool { seconds(text) != nil }

  /// Seconds since 1970, fractions left out; nil if the text is no such time.
  package static func seconds(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { seconds($0) }
  }

  private static func seconds(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for index in start..<start + count {
        guard 0x30...0x39 ~= bytes[index] else { return nil }
        value = value * 10 + Int(bytes[index] & 15)
      }
      return value
    }
    func at(_ index: Int, _ first: UInt8, _ second: UInt8 = 0, _ third: UInt8 = 0) -> Bool {
      index < bytes.count && (bytes[index] == first || bytes[index] == second || bytes[index] == third)
    }
    guard let year = number(0, 4), at(4, 0x2D), let month = number(5, 2), at(7, 0x2D), let day = number(8, 2),
      at(10, 0x54, 0x74, 0x20), let hour = number(11, 2), at(13, 0x3A), let minute = number(14, 2), at(16, 0x3A),
      let second = number(17, 2), 1...12 ~= month, 1...days(month, year) ~= day, hour < 24, minute < 60, second <= 60
    else { return nil }
    var index = 19
    if at(index, 0x2E) {
      index += 1
      let first = index
      while index < bytes.count, 0x30...0x39 ~= bytes[index] { index += 1 }
      if index == first { return nil }
    }
    var offset = 0
    if at(index, 0x5A, 0x7A) {
      index += 1
    } else {
      guard at(index, 0x2B, 0x2D), let hours = number(index + 1, 2), at(index + 3, 0x3A),
        let minutes = number(index + 4, 2),
        hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (bytes[index] == 0x2D ? -60 : 60)
      index += 6
    }
    guard index == bytes.count else { return nil }
    return daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
  }

  /// A time in seconds since 1970 as RFC 3339 writes it, in UTC.
  package static func text(_ seconds: Int) -> String {
    // Years have four digits: what lies outside is the nearest that can be written.
    let seconds = min(max(seconds, -62_167_219_200), 253_402_300_799)
    let rest = ((seconds % 86_400) + 86_400) % 86_400
    // Days since 1 March of the year 0, again counted from March.
    let day = (seconds - rest) / 86_400 + 719_468
    let era = (day >= 0 ? day : day - 146_096) / 146_097
    let dayOfEra = day - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * shifted + 2) / 5 + 1, 2))"
    return "\(date)T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days by the proleptic Gregorian calendar, counted from March so that leap days come last.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
