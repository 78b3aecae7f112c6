import Cllama
import Glibc
import JSON
import TestSupport
import Testing

/// Stages that ask somebody else, connections through the sidecar, and services.
@Suite(.serialized) struct EvaluatorTests {
  /// An evaluator that says the same to everybody.
  static func evaluator(_ body: String, status: String = "200 OK") throws -> ScriptedUpstream {
    try ScriptedUpstream { _ in [answer(status, "application/json", body)] }
  }

  static func harness(_ upstream: ScriptedUpstream, _ evaluator: Int, _ more: String = "") throws -> Harness {
    try Harness(upstream: upstream.port) {
      $0.set(
        "stages",
        [
          [
            "stage": "purpose", "profile": "asked",
            "settings": .object([
              .init(
                "evaluator",
                (try? JSONValue.strict(Array(#"{"url":"http://127.0.0.1:\#(evaluator)/judge"\#(more)}"#.utf8))) ?? .null
              )
            ]),
          ]
        ])
    }
  }

  @Test func anEvaluatorSeesRequestsAndAnswers() throws {
    let judge = try Self.evaluator(#"{"verdict":"allow"}"#)
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Self.harness(upstream, judge.port)
    let reply = try sidecar.chat()
    #expect(reply.status == 200 && reply.body == goodAnswer)
    let asked = try judge.requests.map { try JSONValue.strict($0.body) }
    #expect(asked.map { $0["phase"]?.string } == ["request", "answer"])
    #expect(asked.map { $0["stage"]?.string } == ["purpose/asked", "purpose/asked"])
    #expect(asked[0]["instance"] == "desk-0" && asked[0]["api"] == "chat.completions")
    #expect(asked[0]["body"]?["messages"]?.array?.first?["content"] == "hello")
    #expect(asked[1]["body"]?["choices"]?.array?.first?["message"]?["content"] == "hi")
    try sidecar.stop()
  }

  @Test(arguments: [
    (#"{"verdict":"deny","reason":"not today"}"#, "200 OK"), (#"{"verdict":"maybe"}"#, "200 OK"),
    ("nonsense", "200 OK"),
    (#"{"verdict":"allow"}"#, "500 Internal Server Error"), (#"{"verdict":"amend"}"#, "200 OK"), ("", "200 OK"),
  ])
  func whateverGoesWrongDenies(_ body: String, _ status: String) throws {
    let judge = try Self.evaluator(body, status: status)
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Self.harness(upstream, judge.port)
    let reply = try sidecar.chat()
    #expect(reply.status == 403)
    #expect(reply.json?["error"]?["code"] == "policy_denied")
    #expect(upstream.requests.isEmpty)
    try sidecar.stop()
  }

  @Test func anEvaluatorThatIsSilentOrGoneDenies() throws {
    let silent = try ScriptedUpstream { _ in [.pause(milliseconds: 3_000)] }
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let first = try Self.harness(upstream, silent.port, #","timeout_ms":200"#)
    #expect(try first.chat().status == 403)
    try first.stop()
    let second = try Self.harness(upstream, try Sockets.freePort())
    #expect(try second.chat().status == 403)
    #expect(upstream.requests.isEmpty)
    try second.stop()
  }

  @Test func anEvaluatorMayWriteTheRequestAnew() throws {
    let judge = try Self.evaluator(#"{"verdict":"amend","reason":"shorter","body":{"model":"gpt-x","messages":[]}}"#)
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Self.harness(upstream, judge.port, #","phases":["request"]"#)
    #expect(try sidecar.chat().status == 200)
    #expect(upstream.requests.first?.text == #"{"model":"gpt-x","messages":[]}"#)
    let line = sidecar.record(waitingFor: "response").first { $0["type"] == "intervention" }
    #expect(line?["verdict"] == "rewrite" && line?["before_sha256"] != nil && line?["after_sha256"] != nil)
    try sidecar.stop()
  }

  @Test func nothingOfAStreamIsDeliveredBeforeItsEvaluatorSaysSo() throws {
    let judge = try ScriptedUpstream { request in
      [answer(request.text.contains(#""phase":"answer""#) ? #"{"verdict":"deny"}"# : #"{"verdict":"allow"}"#)]
    }
    let upstream = try ScriptedUpstream { _ in [streamHead, FaultTests.first, FaultTests.last, streamEnd] }
    let sidecar = try Self.harness(upstream, judge.port)
    let reply = try sidecar.chat("hello", #","stream":true"#)
    #expect(reply.status == 403)
    #expect(!reply.body.contains("Hi"))
    try sidecar.stop()
  }

  @Test func aJudgeModelIsAskedAgainAndBounded() throws {
    let counter = Counter()
    let upstream = try ScriptedUpstream { request in
      guard request.text.contains("judge-instruction") else { return [answer(goodAnswer)] }
      let said = ["Well, let me think.", "allow", "Hm.", "Hm.", "deny: no"][min(counter.next() - 1, 4)]
      return [
        answer(
          #"{"choices":[{"message":{"content":"\#(said)"}}],"usage":{"prompt_tokens":10,"completion_tokens":1}}"#)
      ]
    }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set(
        "stages",
        [
          [
            "stage": "tone", "profile": "judged",
            "settings": ["judge": ["model": "mock/gpt-y", "instruction": "judge-instruction", "max_turns": 2]],
          ]
        ])
    }
    #expect(try sidecar.chat().status == 200)
    #expect(try sidecar.chat().status == 403)
    #expect(try sidecar.chat().status == 403)
    #expect(counter.next() == 6)
    #expect(sidecar.record().count { $0["rule"] == "judge" } == 5)
    try sidecar.stop()
  }

  // MARK: Connections, names and services

  @Test func onlyDeclaredHostsAreConnectedTo() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let port = try Sockets.freePort()
    let sidecar = try Harness(upstream: upstream.port) {
      $0.editMember("listen") { $0.set("connect", JSONValue(port)) }
      $0.set("egress", [["host": "localhost", "port": JSONValue(upstream.port), "surface": "egress://localhost"]])
    }
    func connect(_ head: String) throws -> Harness.Reply {
      let connection = try Sockets.connect(port)
      defer { close(connection) }
      _ = Sockets.send(connection, Array(head.utf8))
      return Harness.read(connection)
    }
    #expect(try connect("CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n").status == 403)
    #expect(try connect("GET http://localhost:\(upstream.port)/ HTTP/1.1\r\nhost: localhost\r\n\r\n").status == 405)
    #expect(try connect("CONNECT localhost HTTP/1.1\r\nhost: localhost\r\n\r\n").status == 400)
    // Declared, and yet it leads inside: a name must not lead back into the pod.
    let inside = try connect("CONNECT localhost:\(upstream.port) HTTP/1.1\r\nhost: localhost\r\n\r\n")
    #expect(inside.status == 403 && inside.body.contains("inside"))
    #expect(upstream.requests.isEmpty)
    let lines = sidecar.record(waitingFor: "egress", count: 5).filter { $0["type"] == "egress" }
    #expect(lines.map { $0["verdict"]?.string } == ["deny", "deny", "deny", "allow", "deny"])
    try sidecar.stop()
  }

  /// A provider stands on the sidecar's network to the outside, and is no claw (the sidecar has an ear there too).
  @Test func whoIsOnNoNetworkOfAClawMayNeitherConnectNorAsk() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let head = "CONNECT api.example.com:443 HTTP/1.1\r\nhost: api.example.com:443\r\n\r\n"
    let question: [UInt8] =
      [0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4] + Array("evil".utf8) + [4] + Array("test".utf8) + [0, 0, 1, 0, 1]
    for (range, isClient) in [("10.213.0.0/27", false), ("127.0.0.0/27", true)] {
      let (connect, dns) = (try Sockets.freePort(), try Sockets.freePort())
      let sidecar = try Harness(upstream: upstream.port) {
        $0.editMember("listen") {
          $0.set("connect", JSONValue(connect))
          $0.set("dns", JSONValue(dns))
        }
        $0.set("clients", [.string(range)])
      }
      let connection = try Sockets.connect(connect)
      _ = Sockets.send(connection, Array(head.utf8))
      let reply = Harness.read(connection)
      close(connection)
      // A claw is told why (nothing declares the host); a stranger is told nothing.
      #expect(reply.status == (isClient ? 403 : 0), "\(range)")
      let answer = try? Sockets.ask(dns, question, patience: isClient ? 5 : 1)
      #expect((answer != nil) == isClient)
      let denied = sidecar.record(waitingFor: "egress").filter { $0["type"] == "egress" }
      #expect(denied.count == 1 && denied[0]["verdict"] == "deny")
      #expect((denied[0]["peer"] != nil) == !isClient)
      // Calls with a token are served all the same.
      #expect(try sidecar.chat().status == 200)
      try sidecar.stop()
    }
  }

  @Test func namesAreRefusedAtOnceAndWrittenDownOnce() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let port = try Sockets.freePort()
    let sidecar = try Harness(upstream: upstream.port) { $0.editMember("listen") { $0.set("dns", JSONValue(port)) } }
    let question: [UInt8] =
      [0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4] + Array("evil".utf8) + [4] + Array("test".utf8) + [0, 0, 1, 0, 1]
    for _ in 0..<3 {
      let answer = try Sockets.ask(port, question)
      #expect(Array(answer.prefix(4)) == [0, 9, 0x85, 0x83])
    }
    let lines = sidecar.record(waitingFor: "name").filter { $0["type"] == "name" }
    #expect(lines.map { $0["name"]?.string } == ["evil.test"])
    try sidecar.stop()
  }

  @Test func servicesAreCalledThroughTheSidecarAndJudged() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let wire = try ScriptedUpstream { _ in [answer(#"{"ok":true}"#)] }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set(
        "services",
        [
          ["name": "wire", "url": .string("http://127.0.0.1:\(wire.port)"), "protocol": "rest"],
          ["name": "tools", "url": .string("http://127.0.0.1:\(wire.port)"), "protocol": "mcp"],
          ["name": "vault", "url": .string("http://127.0.0.1:\(wire.port)"), "require": ["policy/no-pii"]],
        ])
      $0.set(
        "stages", [["stage": "purpose", "profile": "p", "settings": ["tools": ["mcp__tools__read*"]]]])
    }
    let reply = try sidecar.post("/s/wire/latest?n=1", #"{"a":1}"#)
    #expect(reply.status == 200 && reply.body == #"{"ok":true}"#)
    let forged = try sidecar.post("/s/wire/forged", "{}", headers: "x-claw-instance: desk-1\r\n")
    #expect(forged.status == 200)
    let names = wire.requests.last?.head.lowercased().split(separator: "\r\n").filter {
      $0.hasPrefix("x-claw-instance")
    }
    #expect(names == ["x-claw-instance: desk-0"])
    let head = wire.requests.first?.head ?? ""
    #expect(head.hasPrefix("POST /latest?n=1 HTTP/1.1"))
    #expect(!head.lowercased().contains("authorization") && head.lowercased().contains("x-claw-instance: desk-0"))
    // Without the module that it demands, nothing reaches it.
    let refused = try sidecar.post("/s/vault/x", "{}")
    #expect(refused.status == 403 && refused.body.contains("policy/no-pii"))
    #expect(try sidecar.post("/s/unknown/x", "{}").status == 404)
    #expect(try sidecar.post("/s/wire/../x", "{}").status == 400)
    #expect(try sidecar.post("/s/wire/%2e%2e/x", "{}").status == 400)
    #expect(try sidecar.post("/s/wire/x", "{}", token: nil).status == 401)
    #expect(wire.requests.count == 2)
    // A tool that serves no purpose here is not called.
    let call = { (tool: String) in
      #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"\#(tool)","arguments":{}}}"#
    }
    #expect(try sidecar.post("/s/tools/mcp", call("read_x")).body == #"{"ok":true}"#)
    let denied = try sidecar.post("/s/tools/mcp", call("write_x"))
    #expect(denied.json?["error"]?["code"] == -32_001 && denied.json?["id"] == 7)
    #expect(try sidecar.post("/s/tools/mcp", "[" + call("read_x") + "," + call("write_x") + "]").json?["error"] != nil)
    #expect(wire.requests.count == 3)
    try sidecar.stop()
  }

  @Test func aClawThatDriftsIsRestrictedAndQuarantinedUntilAPersonLiftsIt() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set("stages", [["stage": "purpose", "profile": "p", "settings": ["refuse": ["ponies"]]]])
      $0.set("drift", ["restrict": "0.1", "quarantine": "0.2"])
    }
    #expect(try sidecar.chat().status == 200)
    for _ in 0..<3 { #expect(try sidecar.chat("ponies").status == 403) }
    _ = try sidecar.chat("hello", #","tools":[{"function":{"name":"send_x"}},{"function":{"name":"read_x"}}]"#)
    #expect(upstream.requests.last?.text.contains("send_x") == false)
    #expect(upstream.requests.last?.text.contains("read_x") == true)
    for _ in 0..<6 { _ = try sidecar.chat("ponies") }
    let reply = try sidecar.chat()
    #expect(reply.status == 403 && reply.body.contains("quarantine"))
    // The other instance is free.
    #expect(try sidecar.post("/v1/chat/completions", #"{"messages":[]}"#, token: "other").status == 200)
    try Harness.write(
      "\(sidecar.folder)/lifts.json", #"{"lifts":[{"id":"1","instance":"desk-0","reason":"looked at it"}]}"#)
    var status = 403
    for _ in 0..<100 where status == 403 {
      usleep(50_000)
      status = try sidecar.chat().status
    }
    #expect(status == 200)
    let lines = sidecar.record().filter { $0["type"] == "quarantine" }
    #expect(lines.map { $0["level"]?.string } == ["restricted", "quarantined", "free"])
    #expect(lines.last?["reason"] == "looked at it")
    try sidecar.stop()
  }
}
