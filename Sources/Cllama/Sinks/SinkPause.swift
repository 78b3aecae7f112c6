import Source

/// How long is waited before something is tried again.
package enum SinkPause {
  /// No pause of its own is longer.
  static let longest = 30_000
  /// No server can ask for more.
  static let longestAsked = 300_000

  /// Doubled with each attempt, and up to half of it left to chance, so that many sidecars do not come back together.
  ///
  /// - Parameters:
  ///   - base: the first pause, in milliseconds.
  ///   - attempt: how often it was tried, from 1.
  ///   - asked: what the server asked for, in milliseconds: never less than that.
  ///   - chance: from 0 to 1.
  package static func milliseconds(base: Int, attempt: Int, asked: Int?, chance: Double) -> Int {
    let doubled = min(longest, base << min(max(attempt - 1, 0), 16))
    let own = doubled / 2 + Int(Double(doubled - doubled / 2) * chance)
    return max(own, min(asked ?? 0, longestAsked))
  }
}

/// The header `Retry-After` (RFC 9110, 10.2.3).
package enum RetryAfter {
  /// Milliseconds from now on; nil for what is neither seconds nor a date.
  ///
  /// - Parameter now: milliseconds since 1970.
  package static func milliseconds(_ text: String, now: Int) -> Int? {
    let words = text.split(separator: " ")
    if words.count == 1, let word = words.first, word.utf8.count <= 9, word.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
      return Int(word).map { $0 * 1_000 }
    }
    // `Sun, 06 Nov 1994 08:49:37 GMT`; the two obsolete forms are nobody's any more.
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
      let month = months.firstIndex(of: String(words[2])), 1...31 ~= day, 1970...9999 ~= year
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3, 0..<24 ~= clock[0], 0..<60 ~= clock[1], 0...60 ~= clock[2] else { return nil }
    let days = CivilDate(year: year, month: month + 1, day: day).daysSince1970
    let seconds = days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    return max(0, seconds * 1_000 - now)
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
