package import Policy

extension Timestamp {
  /// A time as RFC 3339 writes it in UTC; seconds since 1970.
  package static func text(_ given: Int, suffix: String = "Z") -> String {
    // The years 0 to 9999, which are all that RFC 3339 has.
    let seconds = min(max(given, -62_167_219_200), 253_402_300_799)
    // Civil days counted from March, so that leap days come last.
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let day = shifted - era * 146_097
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let civilMonth = month < 10 ? month + 3 : month - 9
    let civilYear = year + era * 400 + (civilMonth <= 2 ? 1 : 0)
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
    append(civilYear, 4, 0x2D)
    append(civilMonth, 2, 0x2D)
    append(dayOfYear - (153 * month + 2) / 5 + 1, 2, 0x54)
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
}
