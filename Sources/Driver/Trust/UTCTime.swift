package import Policy

extension Timestamp {
  /// A time as RFC 3339 writes it in UTC; seconds since 1970.
  package static func text(_ seconds: Int, suffix: String = "Z") -> String {
    func padded(_ value: Int, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
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
    let date = "\(padded(civilYear, 4))-\(padded(civilMonth, 2))-\(padded(dayOfYear - (153 * month + 2) / 5 + 1, 2))"
    return "\(date)T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))\(suffix)"
  }

  /// The seconds of a time written as `text` does; nil for every other spelling, so that one time has one text.
  package static func exactSeconds(_ text: String) -> Int? {
    guard text.utf8.count == 20, text.utf8.last == 0x5A, let seconds = seconds(text), Self.text(seconds) == text else {
      return nil
    }
    return seconds
  }
}
