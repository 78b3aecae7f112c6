import JSON

/// How a server wants to be told.
package enum SinkAPI: Sendable, Equatable {
  case webhook
  case otlp
  case splunk
  case elastic

  /// What is put behind the server's address.
  package var path: String {
    switch self {
    case .webhook: ""
    case .otlp: "/v1/logs"
    case .splunk: "/services/collector/event"
    case .elastic: "/_bulk"
    }
  }

  package var contentType: String {
    switch self {
    case .webhook, .otlp, .splunk: "application/json"
    case .elastic: "application/x-ndjson"
    }
  }

  /// The word in front of a token.
  package var scheme: String {
    switch self {
    case .webhook, .otlp: "Bearer"
    case .splunk: "Splunk"
    case .elastic: "ApiKey"
    }
  }

  /// The body for some records.
  ///
  /// - Parameters:
  ///   - pod: whose records they are.
  ///   - index: Splunk's and Elastic's.
  ///   - version: the sidecar's.
  package func body(_ events: [SinkEvent], pod: String, index: String?, version: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(events.reduce(256) { $0 + $1.text.count + 256 })
    switch self {
    case .webhook:
      bytes.append(0x5B)
      for (place, event) in events.enumerated() {
        if place > 0 { bytes.append(0x2C) }
        bytes += event.text
      }
      bytes.append(0x5D)
    case .otlp: return OTLPLogs.body(events, pod: pod, version: version)
    case .splunk: for event in events { Self.splunk(event, pod, index, &bytes) }
    case .elastic: for event in events { Self.elastic(event, index ?? "cllama", &bytes) }
    }
    return bytes
  }

  /// Events follow each other without commas.
  private static func splunk(_ event: SinkEvent, _ pod: String, _ index: String?, _ bytes: inout [UInt8]) {
    let milliseconds = String(event.time % 1_000)
    bytes += "{\"time\":\(event.time / 1_000).".utf8
    bytes += repeatElement(0x30, count: 3 - milliseconds.utf8.count)
    bytes += milliseconds.utf8
    bytes += ",\"source\":\"cllama\",\"sourcetype\":\"cllama\"".utf8
    bytes += ",\"host\":".utf8
    JSONValue.write(string: pod, to: &bytes)
    if let index {
      bytes += ",\"index\":".utf8
      JSONValue.write(string: index, to: &bytes)
    }
    bytes += ",\"event\":".utf8
    bytes += event.text
    bytes += "}\n".utf8
  }

  /// `create` is what data streams take, and what makes a second delivery of the same record fail alone.
  private static func elastic(_ event: SinkEvent, _ index: String, _ bytes: inout [UInt8]) {
    bytes += "{\"create\":{\"_index\":".utf8
    JSONValue.write(string: index, to: &bytes)
    bytes += ",\"_id\":".utf8
    JSONValue.write(string: event.id, to: &bytes)
    bytes += "}}\n{\"@timestamp\":\"".utf8
    bytes += RecordTime.text(event.time).utf8
    bytes += "\",".utf8
    bytes += event.text.dropFirst()
    bytes.append(0x0A)
  }
}
