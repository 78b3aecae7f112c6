import Dispatch
import Glibc
import JSON
import Runtime
import Source
import TestSupport

@testable import CllamaDash

/// A folder with the stand-in for claw, and what it says.
final class FakeClaw: Sendable {
  let folder: String
  let asker: Asker
  private let ended = DispatchSemaphore(value: 0)

  init() throws {
    var template = Array("/tmp/claw-dash-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Sockets.Failure() }
    folder = String(cString: made)
    asker = Asker(claw: "\(folder)/claw", file: "claw-pod.yml")
    let script = Repository.text("Tests/CllamaDashTests/Fixtures/claw") ?? ""
    try put("claw", script)
    chmod("\(folder)/claw", 0o755)
    try put("ps", Said.pod)
    try put("graph", Said.graph)
    try put("configurations", Said.lines([Said.configuration]))
    try put("levels", Said.lines([Said.level]))
    try put("last", Said.lines(Said.calls))
    try put("since", "")
    try put("logs", Said.log(["one", "two"]))
  }

  deinit {
    for name in FileSearch.names(in: folder) ?? [] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  func put(_ name: String, _ text: String) throws {
    // In one step: the stand-in may be reading.
    guard let file = fopen("\(folder)/.new", "w") else { throw Sockets.Failure() }
    let bytes = Array(text.utf8)
    let count = fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    guard count == bytes.count, rename("\(folder)/.new", "\(folder)/\(name)") == 0 else { throw Sockets.Failure() }
  }

  /// What it was asked.
  var asked: [String] {
    guard let file = try? DiskFiles().read("\(folder)/asked", within: nil, limit: 1 << 20) else { return [] }
    return String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Answers on a thread of its own.
  func run() {
    let (asker, ended) = (asker, ended)
    DispatchQueue(label: "the main thread of a page").async {
      _ = asker.run()
      ended.signal()
    }
  }

  /// Ends that, and waits for it: an answer must find its event loop.
  func end() {
    asker.stop()
    ended.wait()
  }
}

/// What claw says of a small newsroom.
enum Said {
  /// A time of today, so that it counts.
  static func time(_ secondsAgo: Int) -> String { RecordClock.text(secondsAgo) }

  static let pod = #"""
    {"schema":1,"pod":"newsroom","claws":[
     {"name":"desk-0","service":"desk","type":"generic","state":"running","health":"healthy","container":"aa11","cllama":"passthrough+policy/desk",
      "sidecar":{"name":"desk-0-cllama","state":"serving","reason":null,"container":"bb11"},"drift":{"score":"0.045","level":"free"},"requestsLastHour":null,"costLastDay":null,
      "contract":{"sha256":"9f86d081884c7d65","current":true}},
     {"name":"desk-1","service":"desk","type":"generic","state":"running","health":"healthy","container":"aa22","cllama":"passthrough+policy/desk",
      "sidecar":{"name":"desk-1-cllama","state":"denying","reason":"'stages' is wrong","container":"bb22"},"drift":null,"requestsLastHour":null,"costLastDay":null,
      "contract":{"sha256":"9f86d081884c7d65","current":false}},
     {"name":"chief","service":"chief","type":"generic","state":"missing","health":null,"container":null,"cllama":"passthrough",
      "sidecar":{"name":"chief-cllama","state":"missing","reason":null,"container":null},"drift":null,"requestsLastHour":null,"costLastDay":null,"contract":null}],
     "services":[{"name":"wire","state":"running","health":"healthy","container":"cc11"}]}
    """#

  static let graph = #"""
    {"schema":1,"pod":"newsroom","nodes":[{"id":"claw_desk","kind":"claw","name":"desk","label":"desk ×2\ngeneric","network":"claw-desk"},
     {"id":"cllama_desk","kind":"sidecar","name":"desk","label":"cllama\npolicy/desk","network":"claw-desk"},
     {"id":"upstream_house","kind":"upstream","name":"house","label":"house\nprovider:9000","network":null},
     {"id":"service_wire","kind":"service","name":"wire","label":"wire <b>x</b>","network":null}],
     "edges":[{"from":"claw_desk","to":"cllama_desk","label":"models"},{"from":"cllama_desk","to":"service_wire","label":"claw-egress"},
     {"from":"cllama_desk","to":"upstream_house","label":"models"}]}
    """#

  static let configuration =
    #"{"seq":1,"ts":"2026-01-01T00:00:00.000Z","pod":"newsroom","type":"configuration","verdict":"serving","instances":["desk-0","desk-1"],"drift":{"restrict":"0.300","quarantine":"0.600","calls":50},"chain":"c1"}"#
  static let level =
    #"{"seq":2,"ts":"2026-01-01T00:00:01.000Z","pod":"newsroom","type":"quarantine","gen_ai.agent.id":"desk-1","level":"quarantined","drift_score":"0.612","reason":"score","chain":"c2"}"#

  static func request(_ chain: String, ago: Int, claw: String = "desk-0") -> String {
    #"{"seq":3,"ts":"\#(time(ago))","pod":"newsroom","type":"request","call":"\#(chain)","gen_ai.agent.id":"\#(claw)","api":"chat.completions","chain":"\#(chain)q"}"#
  }

  static func response(_ chain: String, ago: Int, claw: String = "desk-0", cost: String = "0.25") -> String {
    #"{"seq":4,"ts":"\#(time(ago))","pod":"newsroom","type":"response","call":"\#(chain)","gen_ai.agent.id":"\#(claw)","api":"chat.completions","verdict":"allow","model_used":"house/small","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":20,"cost_usd":"\#(cost)","latency_ms":12,"chain":"\#(chain)r"}"#
  }

  static func intervention(_ chain: String, ago: Int, verdict: String = "drop") -> String {
    #"{"seq":5,"ts":"\#(time(ago))","pod":"newsroom","type":"intervention","call":"\#(chain)","gen_ai.agent.id":"desk-0","stage":"policy/desk","verdict":"\#(verdict)","rule":"mcp_tool","reason":"the tool <img src=x onerror=alert(1)> is blocked","subject":"shell_exec","chain":"\#(chain)i"}"#
  }

  static func refusal(_ chain: String, ago: Int) -> String {
    #"{"seq":6,"ts":"\#(time(ago))","pod":"newsroom","type":"refusal","call":"\#(chain)","gen_ai.agent.id":"desk-0","api":"chat.completions","verdict":"deny","reason":"the policy denies it","chain":"\#(chain)f"}"#
  }

  static let calls = [
    request("a", ago: 50), response("a", ago: 49), intervention("b", ago: 40), request("b", ago: 40),
    response("b", ago: 39), intervention("c", ago: 30, verdict: "deny"), refusal("c", ago: 30),
  ]

  static func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  static func log(_ texts: [String]) -> String {
    lines(texts.map { #"{"schema":1,"service":"wire","time":"2026-01-01T00:00:00.000000000Z","text":"\#($0)"}"# })
  }
}
