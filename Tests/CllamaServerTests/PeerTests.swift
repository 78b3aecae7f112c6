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

  @Test func aToolThatChangedIsDeniedUntilAPersonAcceptsIt() throws {
    let port = try Sockets.freePort()
    let program = Repository.path("Tests/CllamaServerTests/peers/mcp_server.py")
    var server = try Child([Self.python, program, String(port)])
    try Child.wait(port)
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) { value in
      value.set(
        "services",
        [["name": "wire", "url": .string("http://127.0.0.1:\(port)"), "protocol": "mcp", "pin": true]])
      value.set(
        "skillmap",
        ["file": "FOLDER/skillmap.json", "base": ["schema": 1, "surfaces": [["uri": "service://wire"]]]])
    }
    func tools() -> [JSONValue] {
      let bytes = (try? RecordFile.contents("\(sidecar.folder)/skillmap.json")) ?? []
      return (try? JSONValue.strict(bytes))?["surfaces"]?.array?.first?["tools"]?.array ?? []
    }
    func isDenied(_ tool: String) throws -> Bool {
      let call = #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"\#(tool)","arguments":{}}}"#
      let reply = try sidecar.post(
        "/s/wire/mcp", call, headers: "accept: application/json, text/event-stream\r\n")
      return reply.json?["error"]?["code"] == -32_001
    }
    #expect(eventually { !tools().isEmpty })
    #expect(try !isDenied("search"))
    server.end()
    // The same server says something else of "publish", and has one tool more.
    server = try Child([Self.python, program, String(port), "more", "changed"])
    try Child.wait(port)
    var value = try JSONValue.strict(RecordFile.contents("\(sidecar.folder)/cllama.json"))
    value.set("retry", ["attempts": 3])
    try Harness.write("\(sidecar.folder)/cllama.json", value.text())
    #expect(eventually { tools().count == 3 })
    #expect(try !isDenied("search"))
    #expect(try isDenied("publish") && isDenied("late"))
    #expect(tools().filter { $0["changed"] == true }.map { $0["name"] } == ["publish", "late"])
    let told = sidecar.record().filter { $0["rule"] == "skillmap.tool_changed" }
    #expect(told.map { $0["subject"]?.string } == ["wire/late", "wire/publish"])
    #expect(told.last?["before_sha256"] != nil && told.last?["verdict"] == "deny")

    let publish = try #require(tools().first { $0["name"] == "publish" }?["sha256"])
    let accepted: JSONValue = ["tools": [["id": "1", "service": "wire", "tool": "publish", "sha256": publish]]]
    try Harness.write("\(sidecar.folder)/accepted.json", accepted.text())
    #expect(try eventually { try !isDenied("publish") })
    #expect(try isDenied("late"))
    #expect(sidecar.record(waitingFor: "intervention").contains { $0["rule"] == "skillmap.accepted" })
    server.end()
    try sidecar.stop()
  }

  /// MCP's first transport, which many servers still have: the official server, and the official client through the sidecar.
  @Test func theFirstTransportOfMCPIsServedToo() throws {
    let port = try Sockets.freePort()
    let server = try Child([
      Self.python, Repository.path("Tests/CllamaServerTests/peers/mcp_server.py"), String(port), "sse",
    ])
    try Child.wait(port)
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) { value in
      value.set("services", [["name": "wire", "url": .string("http://127.0.0.1:\(port)"), "protocol": "mcp"]])
      value.set("stages", [["stage": "purpose", "profile": "p", "settings": ["tools": ["mcp__wire__search"]]]])
      value.set(
        "skillmap",
        ["file": "FOLDER/skillmap.json", "base": ["schema": 1, "surfaces": [["uri": "service://wire"]]]])
    }
    func tools() -> [String] {
      let bytes = (try? RecordFile.contents("\(sidecar.folder)/skillmap.json")) ?? []
      let surface = (try? JSONValue.strict(bytes))?["surfaces"]?.array?.first
      return surface?["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
    }
    #expect(eventually { tools() == ["search", "publish"] })

    let output = "\(sidecar.folder)/client.txt"
    let client = try Child([
      "/bin/sh", "-c", "exec \"$@\" >\"$0\" 2>&1", output, Self.python,
      Repository.path("Tests/CllamaServerTests/peers/mcp_client.py"), "http://127.0.0.1:\(sidecar.port)/s/wire/sse",
      Harness.token, "search", "publish", "search",
    ])
    #expect(client.wait() == 0)
    let lines = String(decoding: try RecordFile.contents(output), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 3 && lines[0] == "ok fire 5" && lines[2] == "ok fire 5", "\(lines)")
    #expect(lines.count > 1 && lines[1].hasPrefix("denied") && !lines[1].contains("Timeout"), "\(lines)")
    server.end()
    try sidecar.stop()
  }
}
