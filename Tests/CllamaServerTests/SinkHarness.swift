import Cllama
import Glibc
import JSON
import Testing

/// A server that a sink is pointed at: it keeps what it took and says what a test wants.
final class SinkServer: Sendable {
  let upstream: ScriptedUpstream

  /// - Parameter script: what is said to the n-th request, counted from 1.
  init(_ script: @escaping @Sendable (Int, ScriptedUpstream.Request) -> [ScriptedUpstream.Step] = { _, _ in [ok] })
    throws
  {
    let counter = Counter()
    upstream = try ScriptedUpstream { script(counter.next(), $0) }
  }

  static let ok = answer("{}")

  var port: Int { upstream.port }
  var requests: [ScriptedUpstream.Request] { upstream.requests }

  /// The numbers of the records in each request of a webhook.
  var sequences: [[Int]] { requests.map { Self.events($0).compactMap { $0["seq"]?.integer } } }

  static func events(_ request: ScriptedUpstream.Request) -> [JSONValue] {
    (try? JSONValue.strict(request.body))?.array ?? []
  }
}

extension Harness {
  /// An upstream that always answers; it stays for all tests.
  private static let upstream = Result { try ScriptedUpstream { _ in [answer(goodAnswer)] } }

  /// A sidecar with sinks, and an upstream that always answers.
  convenience init(sinks: [JSONValue], limits: String? = nil) throws {
    try self.init(upstream: Self.upstream.get().port, limits: limits) { $0.set("sinks", .array(sinks)) }
  }

  /// A webhook to a port, that sends soon.
  static func webhook(_ port: Int, _ more: (String, JSONValue)...) -> JSONValue {
    var sink: JSONValue = [
      "name": "hook", "kind": "webhook", "url": .string("http://127.0.0.1:\(port)/in"),
      "batch": ["count": 4, "milliseconds": 20], "backoff_ms": 10,
    ]
    for (name, value) in more { sink.set(name, value) }
    return sink
  }

  /// A sink's dead letters.
  func deadLetters(_ sink: String = "hook") -> [JSONValue] {
    let bytes = (try? RecordFile.contents("\(folder)/audit/sink-\(sink).dead.jsonl")) ?? []
    return bytes.split(separator: 0x0A).compactMap { try? JSONValue.strict(Array($0)) }
  }

  /// The last record that a sink is done with.
  func position(_ sink: String = "hook") -> Int? { SinkPosition.load("\(folder)/audit", sink)?.sequence }

  func metric(_ name: String, _ sink: String = "hook") throws -> Int? {
    try raw("GET /metrics HTTP/1.1\r\nhost: c\r\n\r\n").body.split(separator: "\n")
      .first { $0.hasPrefix("cllama_sink_\(name){sink=\"\(sink)\"} ") }?.split(separator: " ").last.flatMap { Int($0) }
  }

  var sequences: [Int] { record().compactMap { $0["seq"]?.integer } }
}

/// Waits until something is so, for ten seconds.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<500 {
    if try condition() { return true }
    usleep(20_000)
  }
  return false
}
