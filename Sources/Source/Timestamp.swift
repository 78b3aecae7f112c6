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
    return CivilDate(year: year, month: month, day: day).daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
      - offset
  }

  /// A time in seconds since 1970 as RFC 3339 writes it, in UTC.
  package static func text(_ given: Int, suffix: String = "Z") -> String {
    // The years 0 to 9999, which are all that RFC 3339 has: what lies outside is the nearest that can be written.
    let seconds = min(max(given, -62_167_219_200), 253_402_300_799)
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    let date = CivilDate(daysSince1970: days)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    func append(_ value: Int, _ width: Int, _ end: UInt8?) {
      var scale = width == 4 ? 1000 : 10
      while scale > 0 {
        bytes.append(0x30 + UInt8(value / scale % 10))
        scale /= 10
      }
      if let end { bytes.append(end) }
    }
    append(date.year, 4, 0x2D)
    append(date.month, 2, 0x2D)
    append(date.day, 2, 0x54)
    append(rest / 3600, 2, 0x3A)
    append(rest / 60 % 60, 2, 0x3A)
    append(rest % 60, 2, nil)
    return String(decoding: bytes + suffix.utf8, as: UTF8.self)
  }

  /// The seconds of a time written as `text` does; nil for every other spelling, so that one time has one text.
  package static func exactSeconds(_ text: String) -> Int? {
    guard text.utf8.count == 20, text.utf8.last == 0x5A, let seconds = seconds(text), Self.text(seconds) == text else {
      return nil
    }
    return seconds
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
