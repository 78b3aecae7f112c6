import JSON

/// What became of a batch.
package enum SinkOutcome: Sendable, Equatable {
  case delivered
  /// It may go better later.
  case again(reason: String, afterMilliseconds: Int?)
  /// It will never go.
  case refused(reason: String)
  /// Less at a time may go.
  case tooLarge(reason: String)
  /// Some records must be sent again and some will never go; the rest is delivered.
  case partly(again: [Int], refused: [Int], reason: String)

  /// Reads a server's answer.
  ///
  /// - Parameters:
  ///   - retryAfter: the header of that name.
  ///   - count: how many records were sent.
  ///   - now: milliseconds since 1970.
  package init(_ api: SinkAPI, status: Int, retryAfter: String?, body: [UInt8], count: Int, now: Int) {
    let value = try? JSONValue.strict(body)
    switch status {
    case 200..<300:
      switch api {
      case .elastic: self = Self.elastic(value, count)
      case .otlp: self = Self.otlp(value, count)
      case .webhook, .splunk: self = .delivered
      }
    case 413: self = .tooLarge(reason: "status 413")
    default:
      let reason = Self.reason(status, body)
      if Self.mayGoLater(status, api) {
        self = .again(reason: reason, afterMilliseconds: retryAfter.flatMap { RetryAfter.milliseconds($0, now: now) })
      } else if api == .splunk, status == 400, let bad = value?["invalid-event-number"]?.integer, 0..<count ~= bad {
        // What Splunk does with the events before it is not promised: all others are sent again.
        self = .partly(again: Array(0..<bad) + Array((bad + 1)..<count), refused: [bad], reason: reason)
      } else {
        self = .refused(reason: reason)
      }
    }
  }

  /// OTLP names the four; elsewhere every error of the server may pass.
  private static func mayGoLater(_ status: Int, _ api: SinkAPI) -> Bool {
    switch api {
    case .otlp: [429, 502, 503, 504].contains(status)
    case .webhook, .splunk, .elastic: status == 408 || status == 425 || status == 429 || status >= 500
    }
  }

  private static func reason(_ status: Int, _ body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(200), as: UTF8.self)
    let line = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
    return line.isEmpty ? "status \(status)" : "status \(status): \(line)"
  }

  /// Elastic's items are in the order of what was sent. That a record is there already is as good as sent.
  private static func elastic(_ answer: JSONValue?, _ count: Int) -> SinkOutcome {
    if answer?["errors"]?.bool == false { return .delivered }
    guard let items = answer?["items"]?.array, items.count == count else {
      return .again(reason: "the answer tells nothing of the records", afterMilliseconds: nil)
    }
    var again: [Int] = []
    var refused: [Int] = []
    var reasons: [String] = []
    for (index, item) in items.enumerated() {
      let result = item["create"]
      let status = result?["status"]?.integer ?? 500
      if 200..<300 ~= status || status == 409 { continue }
      if mayGoLater(status, .elastic) { again.append(index) } else { refused.append(index) }
      let error = result?["error"]
      let words = [error?["type"]?.string, error?["reason"]?.string].compactMap { $0 }.joined(separator: ": ")
      let reason = "status \(status)" + (words.isEmpty ? "" : ": \(words.prefix(200))")
      if reasons.count < 3, !reasons.contains(reason) { reasons.append(reason) }
    }
    if again.isEmpty, refused.isEmpty { return .delivered }
    return .partly(again: again, refused: refused, reason: reasons.joined(separator: "; "))
  }

  /// A partial success must not be sent again, and does not say which records it is about: all are kept.
  private static func otlp(_ answer: JSONValue?, _ count: Int) -> SinkOutcome {
    let partial = answer?["partialSuccess"]
    let number = partial?["rejectedLogRecords"]
    guard let rejected = number?.integer ?? number?.string.flatMap({ Int($0) }), rejected > 0 else { return .delivered }
    let message = partial?["errorMessage"]?.string ?? ""
    return .refused(
      reason: "\(rejected) of \(count) were rejected, the answer does not say which: \(message.prefix(200))")
  }
}
