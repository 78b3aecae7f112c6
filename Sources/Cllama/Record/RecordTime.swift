import Glibc
import Source

/// Times of a record: RFC 3339 in UTC, to the millisecond.
package enum RecordTime {
  /// Milliseconds since 1970.
  package static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }

  /// Writes a time.
  package static func write(_ milliseconds: Int, to bytes: inout [UInt8]) {
    let seconds = milliseconds / 1_000
    let date = CivilDate(daysSince1970: seconds / 86_400)
    func put(_ number: Int, _ digits: Int) {
      var divisor = 1
      for _ in 1..<digits { divisor *= 10 }
      while divisor > 0 {
        bytes.append(0x30 + UInt8(number / divisor % 10))
        divisor /= 10
      }
    }
    put(date.year, 4)
    bytes.append(0x2D)
    put(date.month, 2)
    bytes.append(0x2D)
    put(date.day, 2)
    bytes.append(0x54)
    put(seconds % 86_400 / 3_600, 2)
    bytes.append(0x3A)
    put(seconds % 3_600 / 60, 2)
    bytes.append(0x3A)
    put(seconds % 60, 2)
    bytes.append(0x2E)
    put(milliseconds % 1_000, 3)
    bytes.append(0x5A)
  }

  /// A time as text.
  package static func text(_ milliseconds: Int) -> String {
    var bytes: [UInt8] = []
    write(milliseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Milliseconds since 1970 of a time that `write` wrote; nil for anything else.
  package static func read(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 24, bytes[23] == 0x5A else { return nil }
    func number(_ range: Range<Int>) -> Int? { Int(String(decoding: bytes[range], as: UTF8.self)) }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), let millis = number(20..<23)
    else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    return ((days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000) + millis
  }
}
