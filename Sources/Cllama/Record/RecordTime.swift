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

  /// A time as text.
  package static func text(_ milliseconds: Int) -> String { AuditTime.text(milliseconds: milliseconds) }

  /// Milliseconds since 1970 of a time that `text` wrote; nil for anything else.
  package static func read(_ text: String) -> Int? { AuditTime.milliseconds(text) }
}
