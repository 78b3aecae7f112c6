import JSON

/// What could not be delivered, as a line of the sink's file of dead letters.
package enum DeadLetter {
  /// A record that did not reach its sink.
  ///
  /// - Parameter attempts: how often it was tried; 0 if there was no room to.
  package static func line(_ event: SinkEvent, sink: String, reason: String, attempts: Int, now: Int) -> [UInt8] {
    var bytes = head(sink, reason, attempts, now)
    bytes += ",\"event\":".utf8
    bytes += event.text
    bytes += "}\n".utf8
    return bytes
  }

  /// A line of the record that is none.
  package static func line(unreadable: [UInt8], sink: String, now: Int) -> [UInt8] {
    var bytes = head(sink, "the line is no record", 0, now)
    bytes += ",\"line\":".utf8
    JSONValue.write(string: String(decoding: unreadable, as: UTF8.self), to: &bytes)
    bytes += "}\n".utf8
    return bytes
  }

  private static func head(_ sink: String, _ reason: String, _ attempts: Int, _ now: Int) -> [UInt8] {
    var bytes = Array("{\"schema\":1,\"time\":\"".utf8)
    bytes += RecordTime.text(now).utf8
    bytes += "\",\"sink\":".utf8
    JSONValue.write(string: sink, to: &bytes)
    bytes += ",\"reason\":".utf8
    JSONValue.write(string: reason, to: &bytes)
    bytes += ",\"attempts\":\(attempts)".utf8
    return bytes
  }
}
