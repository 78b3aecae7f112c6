import Cllama
import JSON
import Testing

/// What `sinks` in `cllama.json` may say.
@Suite struct SinkSettingTests {
  func sinks(_ text: String) throws -> [SinkSetting] {
    let digest = String(repeating: "0", count: 64)
    let configuration =
      #"{"schema":1,"pod":"p","instances":[{"name":"a","token_sha256":"\#(digest)"}],"sinks":[\#(text)]}"#
    return try SidecarConfiguration(Array(configuration.utf8)).sinks
  }

  @Test func everythingThatCanBeSaid() throws {
    let sink = try #require(
      try sinks(
        #"{"name":"siem","kind":"splunk","url":"https://splunk:8088","token_file":"/run/t","index":"i","batch":{"count":100,"bytes":262144,"milliseconds":10},"queue":50,"queue_bytes":4096,"attempts":3,"backoff_ms":7,"timeout_ms":8,"stop_ms":9,"dead_letter_bytes":5000}"#
      ).first)
    var target = SinkSetting.ServerTarget(api: .splunk, url: "https://splunk:8088", tokenFile: "/run/t")
    target.index = "i"
    var expected = SinkSetting(name: "siem", destination: .server(target))
    expected.batch.count = 100
    expected.batch.bytes = 262_144
    expected.batch.milliseconds = 10
    expected.queue = 50
    expected.queueBytes = 4_096
    expected.attempts = 3
    expected.backoffMilliseconds = 7
    expected.timeoutMilliseconds = 8
    expected.stopMilliseconds = 9
    expected.deadLetterBytes = 5_000
    #expect(sink == expected)
    #expect(sink.secretFiles == ["/run/t"])
  }

  @Test func eachKindHasItsOwn() throws {
    let all = try sinks(
      #"{"name":"a","kind":"jsonl","file":"/x/a.jsonl","file_bytes":4096,"keep_files":2},{"name":"b","kind":"stdout"},{"name":"c","kind":"webhook","url":"http://h/x?y=1","token_file":"/t","secret_file":"/s"},{"name":"d","kind":"otlp","url":"http://h:4318"},{"name":"e","kind":"elastic","url":"http://h:9200"}"#
    )
    var file = SinkSetting.FileTarget(path: "/x/a.jsonl")
    file.bytes = 4_096
    file.kept = 2
    #expect(all[0].destination == .file(file))
    #expect(all[1].destination == .standardOutput)
    #expect(all[2].secretFiles == ["/t", "/s"])
    guard case .server(let elastic) = all[4].destination else { Issue.record("no server"); return }
    #expect(elastic.index == "cllama")
    #expect(elastic.api.path == "/_bulk")
  }

  @Test(arguments: [
    (#"{"kind":"stdout"}"#, "sinks.0.name"),
    (#"{"name":"a"}"#, "sinks.0.kind"),
    (#"{"name":"a","kind":"kafka"}"#, "sinks.0.kind"),
    (#"{"name":"../a","kind":"stdout"}"#, "sinks.0.name"),
    (#"{"name":"A","kind":"stdout"}"#, "sinks.0.name"),
    (#"{"name":"a","kind":"stdout","url":"http://h"}"#, "sinks.0.url"),
    (#"{"name":"a","kind":"stdout"},{"name":"a","kind":"jsonl","file":"/f"}"#, "sinks.1.name"),
    (#"{"name":"a","kind":"stdout"},{"name":"b","kind":"stdout"}"#, "sinks.1.kind"),
    (#"{"name":"a","kind":"jsonl","file":"/f"},{"name":"b","kind":"jsonl","file":"/f"}"#, "sinks.1.file"),
    (#"{"name":"a","kind":"jsonl"}"#, "sinks.0.file"),
    (#"{"name":"a","kind":"jsonl","file":"f"}"#, "sinks.0.file"),
    (#"{"name":"a","kind":"jsonl","file":"/audit/calls-00000001.jsonl"}"#, "sinks.0.file"),
    (#"{"name":"a","kind":"jsonl","file":"/audit/sink-b.dead.jsonl"}"#, "sinks.0.file"),
    (#"{"name":"a","kind":"webhook"}"#, "sinks.0.url"),
    (#"{"name":"a","kind":"webhook","url":"ftp://h"}"#, "sinks.0.url"),
    (#"{"name":"a","kind":"webhook","url":"http://"}"#, "sinks.0.url"),
    (#"{"name":"a","kind":"webhook","url":"http://u:p@h/"}"#, "sinks.0.url"),
    (#"{"name":"a","kind":"webhook","url":"http://h/\r\nx"}"#, "sinks.0.url"),
    (#"{"name":"a","kind":"otlp","url":"http://h/?x"}"#, "sinks.0.url"),
    (#"{"name":"a","kind":"otlp","url":"http://h","index":"x"}"#, "sinks.0.index"),
    (#"{"name":"a","kind":"splunk","url":"http://h"}"#, "sinks.0.token_file"),
    (#"{"name":"a","kind":"stdout","batch":{"count":0}}"#, "sinks.0.batch.count"),
    (#"{"name":"a","kind":"stdout","batch":{"seconds":1}}"#, "sinks.0.batch.seconds"),
    (#"{"name":"a","kind":"stdout","retries":1}"#, "sinks.0.retries"),
  ])
  func everythingElseIsRefused(_ text: String, _ path: String) {
    let failure = #expect(throws: ConfigurationFailure.self) { try sinks(text) }
    #expect(failure?.path == path)
  }

  @Test func moreThanEightAreTooMany() {
    let many = (0..<9).map { #"{"name":"s\#($0)","kind":"jsonl","file":"/f\#($0)"}"# }.joined(separator: ",")
    #expect(throws: ConfigurationFailure.self) { try sinks(many) }
  }
}
