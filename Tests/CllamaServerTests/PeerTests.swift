import Canonical
import Cllama
import Glibc
import JSON
import TestSupport
import Testing

/// The official packages, as they come from PyPI (scripts/bootstrap installs them).
@Suite(.serialized) struct PeerTests {
  static let python = Repository.path(".build/peers-python/bin/python")

  /// A process that is ended with the test.
  final class Child {
    private var pid: pid_t = 0

    init(_ words: [String]) throws {
      var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
      defer { for argument in arguments { free(argument) } }
      guard posix_spawn(&pid, words[0], nil, nil, &arguments, environ) == 0 else { throw Sockets.Failure() }
    }

    /// Waits for its end; gives its exit status, or -1.
    func wait() -> Int32 {
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      pid = 0
      return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }

    func end() {
      if pid == 0 { return }
      kill(pid, SIGKILL)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      pid = 0
    }

    deinit { end() }

    static func wait(_ port: Int) throws {
      for _ in 0..<500 {
        if let connection = try? Sockets.connect(port) {
          close(connection)
          return
        }
        usleep(20_000)
      }
      throw Sockets.Failure()
    }
  }

  @Test func officialPackagesRunUnchanged() throws {
    let folder = try Harness.temporaryFolder()
    mkdir("\(folder)/audit", 0o755)
    let upstream = try Sockets.freePort()
    let port = try Sockets.freePort()
    let configuration: JSONValue = [
      "schema": 1, "pod": "peers",
      "instances": [["name": "a", "token_sha256": .string(Digest.sha256Hex(Array("claw-peer".utf8)))]],
      "listen": ["address": "127.0.0.1", "api": JSONValue(port)],
      "upstreams": [
        ["name": "mock", "url": .string("http://127.0.0.1:\(upstream)/v1"), "auth": "none"],
        ["name": "claude", "url": .string("http://127.0.0.1:\(upstream)"), "api": "anthropic", "auth": "none"],
      ],
      "models": ["allow": ["mock/m", "claude/claude"]], "retry": ["attempts": 1],
      "stages": [
        ["stage": "purpose", "profile": "p", "settings": ["refuse": ["never said"]]],
        ["stage": "tone", "profile": "t", "settings": ["replace": ["unsaid": "said"]]],
      ], "log": ["folder": .string("\(folder)/audit")],
    ]
    try Harness.write("\(folder)/cllama.json", configuration.text())
    let words = [
      Self.python, Repository.path("Tests/CllamaServerTests/peers/sdk.py"), String(upstream), String(port), "claw-peer",
      Repository.path(".build/debug/cllama"), "serve", "--config", "\(folder)/cllama.json",
    ]
    // Waiting for it needs none of the threads that tests share.
    let child = try Child(["/bin/sh", "-c", #"exec timeout -k 5 120 "$@" >"\#(folder)/said" 2>&1"#, "sh"] + words)
    let status = child.wait()
    let said = String(decoding: try RecordFile.contents("\(folder)/said"), as: UTF8.self)
    #expect(status == 0, "\(said)")
    #expect(said.split(separator: "\n").count { $0.hasPrefix("ok ") } == 24, "\(said)")
  }

  @Test func anMCPServerIsAskedForItsToolsAndAgainWhenTheyChange() throws {
    let port = try Sockets.freePort()
    let program = Repository.path("Tests/CllamaServerTests/peers/mcp_server.py")
    var server = try Child([Self.python, program, String(port)])
    try Child.wait(port)
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) { value in
      value.set("services", [["name": "wire", "url": .string("http://127.0.0.1:\(port)"), "protocol": "mcp"]])
      value.set(
        "skillmap",
        [
          "file": "FOLDER/skillmap.json",
          "base": ["schema": 1, "claw": "desk-0", "surfaces": [["uri": "service://wire"], ["uri": "volume://notes"]]],
        ])
    }
    func tools() -> [String] {
      guard let bytes = try? RecordFile.contents("\(sidecar.folder)/skillmap.json"),
        let map = try? JSONValue.strict(bytes)
      else { return [] }
      return map["surfaces"]?.array?.first?["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
    }
    for _ in 0..<300 where tools().isEmpty { usleep(20_000) }
    #expect(tools() == ["search", "publish"])
    let map = try JSONValue.strict(try RecordFile.contents("\(sidecar.folder)/skillmap.json"))
    let first = try #require(map["surfaces"]?.array?.first)
    #expect(first["discovered"] == "mcp")
    #expect(first["tools"]?.array?.first?["description"] == "Searches the wire. Second line.")
    #expect(map["surfaces"]?.array?.last == ["uri": "volume://notes"])

    // A call of a tool goes through the sidecar.
    let reply = try sidecar.post(
      "/s/wire/mcp",
      #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#,
      headers: "accept: application/json, text/event-stream\r\n")
    #expect(reply.status == 200, "\(reply.head)\(reply.body)")

    server.end()
    server = try Child([Self.python, program, String(port), "more"])
    try Child.wait(port)
    // Any change of the configuration asks anew at once.
    var value = try JSONValue.strict(RecordFile.contents("\(sidecar.folder)/cllama.json"))
    value.set("retry", ["attempts": 3])
    try Harness.write("\(sidecar.folder)/cllama.json", value.text())
    for _ in 0..<500 where tools().count < 3 { usleep(20_000) }
    #expect(tools() == ["search", "publish", "late"])
    server.end()
    try sidecar.stop()
  }
}
