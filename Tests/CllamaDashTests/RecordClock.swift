import Cllama

/// Times of a record, counted from now.
enum RecordClock {
  static func text(_ secondsAgo: Int) -> String { RecordTime.text(RecordTime.now - secondsAgo * 1_000) }
}
