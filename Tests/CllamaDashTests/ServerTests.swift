import Cllama
import Glibc
import JSON
import TestSupport
import Testing

@testable import CllamaDash

/// The real server, with a stand-in for claw.
@Suite("The page's server", .serialized)
struct ServerTests {
  private func serve(
    heartbeat: Int = 20_000, _ body: @Sendable (FakeClaw, DashClient, DashServer) throws -> Void
  ) async throws {
    try await OwnThread.run {
      let claw = try FakeClaw()
      let server = try DashServer(port: 0, asker: claw.asker, pause: 100, heartbeat: heartbeat)
      claw.run()
      defer {
        claw.end()
        server.stop()
      }
      try body(claw, DashClient(port: server.port, token: server.token), server)
    }
  }

  @Test("No path is answered without a token, to another host, or for another page")
  func locked() async throws {
    try await serve { claw, client, server in
      let stranger = DashClient(port: server.port, token: nil)
      #expect(Route.paths.count > 15)
      for path in Route.paths.map({ $0.replacing("{id}", with: "desk-0") }) + ["/nothing"] {
        let reply = try stranger.get(path)
        #expect(reply.status == 401 && !reply.body.contains("desk"), "\(path): \(reply)")
        #expect(try client.get(path, host: "evil.example:\(server.port)").status == 403, "\(path)")
        #expect(try client.get(path, ["origin: http://evil.example"]).status == 403, "\(path)")
        if path != "/" { #expect(try client.get(path, ["sec-fetch-site: same-site"]).status == 403, "\(path)") }
        #expect(reply.headers["content-security-policy"]?.contains("default-src 'none'") == true, "\(path)")
        #expect(reply.headers["content-security-policy"]?.contains("unsafe") == false, "\(path)")
      }
      #expect(claw.asked.isEmpty, "who may not look makes nobody ask: \(claw.asked)")
      #expect(try stranger.get("/?token=\(String(repeating: "0", count: 64))").status == 401)
      #expect(try stranger.get("/?token=\(server.token)", host: "evil.example:\(server.port)").status == 403)
      for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let reply = try client.get("/api/status", method: method)
        #expect(reply.status == 405 && reply.headers["allow"] == "GET, HEAD", "\(method)")
      }
      let big = String(repeating: "x", count: 40_000)
      #expect(try client.get("/api/status", ["x: \(big)"]).status != 200)
    }
  }

  @Test("The link gives a cookie, and the cookie the page")
  func entry() async throws {
    try await serve { _, _, server in
      let stranger = DashClient(port: server.port, token: nil)
      let entry = try stranger.get("/?token=\(server.token)", ["sec-fetch-site: cross-site"])
      let cookie = entry.headers["set-cookie"] ?? ""
      #expect(
        entry.status == 200 && entry.headers["refresh"] == "0; url=/"
          && cookie.contains("; HttpOnly; SameSite=Strict; Path=/"))
      #expect(!cookie.contains(server.token) && !entry.body.contains(server.token))
      let own = "cookie: " + (cookie.split(separator: ";").first ?? "")
      let page = try stranger.get("/", [own])
      #expect(page.status == 200 && page.body.contains("<main id=\"main\""))
      #expect(!page.body.contains("style=") && !page.body.contains("onclick") && !page.body.contains("http:"))
      #expect(try stranger.get("/api/status", [own]).status == 200)
      let head = try stranger.get("/dash.css", method: "HEAD", [own])
      #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] != "0")
    }
  }

  @Test("While nobody looks, nobody asks; while one looks, one question at a time")
  func idle() async throws {
    try await serve { claw, client, _ in
      usleep(400_000)
      #expect(claw.asked.isEmpty)
      var reply = try client.get("/api/nodes")
      #expect(reply.json?.array?.count == 6, "\(reply)")
      let first = claw.asked
      #expect(first.map { $0.split(separator: " ")[0] } == ["ps", "graph", "audit", "audit", "audit"], "\(first)")
      #expect(first.allSatisfy { $0.contains("--file claw-pod.yml") })
      usleep(400_000)
      #expect(claw.asked.count == first.count, "nobody looks any more: \(claw.asked)")
      reply = try client.get("/api/calls")
      let second = claw.asked.dropFirst(first.count)
      #expect(
        second.map { $0.split(separator: " ")[0] } == ["ps", "audit"] && second.last?.contains("--since") == true)
      let (socket, _) = try client.socket()
      _ = socket?.message("nodes")
      for _ in 0..<200 where claw.asked.count <= first.count + 6 { usleep(50_000) }
      #expect(claw.asked.count > first.count + 6, "somebody watches: \(claw.asked)")
    }
  }

  @Test("Calls come as events, and go on where they were cut off")
  func events() async throws {
    try await serve { claw, client, _ in
      _ = try client.get("/api/status")
      let connection = try Sockets.connect(client.port)
      _ = Sockets.send(connection, Array(client.head("/api/events").utf8))
      let text = DashClient.read(connection, until: "\"kind\":\"refusal\"")
      close(connection)
      #expect(text.contains("text/event-stream") && text.contains("event: call\n"))
      let ids = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
      try #require(ids.count == 5 && Set(ids).count == 5, "\(text)")
      try claw.put("since", Said.lines([Said.response("n", ago: 0)]))
      let next = try Sockets.connect(client.port)
      _ = Sockets.send(next, Array(client.head("/api/events", ["last-event-id: \(ids[3])"]).utf8))
      let rest = DashClient.read(next, until: "\"call\":\"n\"")
      close(next)
      let seen = rest.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
      #expect(seen.first == ids[4] && seen.count == 2, "\(rest)")
      // The number of another page means nothing here.
      let other = try Sockets.connect(client.port)
      _ = Sockets.send(other, Array(client.head("/api/events?last_event_id=zzz-4").utf8))
      let all = DashClient.read(other, until: "\"call\":\"n\"")
      close(other)
      #expect(all.split(whereSeparator: \.isNewline).count { $0.hasPrefix("id: ") } == 6, "\(all)")
    }
  }

  @Test("A WebSocket tells all at first and then what changed; pings are answered and closes returned")
  func live() async throws {
    try await serve { claw, client, server in
      let (opened, reply) = try client.socket(["origin: http://127.0.0.1:\(server.port)"])
      #expect(reply.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
      let socket = try #require(opened)
      #expect(socket.message("nodes") { $0["data"]?.array?.count == 6 } != nil)
      let calls = socket.message("calls")
      #expect(calls?["reset"]?.bool == true && calls?["data"]?.array?.count == 5, "\(calls?.text() ?? "")")
      try claw.put("since", Said.lines([Said.response("n", ago: 0)]))
      let more = socket.message("calls")
      #expect(more?["reset"]?.bool == false && more?["data"]?.array?.first?["call"]?.string == "n")
      try claw.put("ps", Said.pod.replacing("\"serving\"", with: "\"denying\""))
      #expect(socket.message("status") { $0["data"]?["sidecarsGood"]?.integer == 0 } != nil)
      try claw.put("ps.err", "claw: docker is gone\n")
      try claw.put("ps.status", "5")
      let gone = socket.message("status") {
        $0["data"]?["alerts"]?.array?.first?["text"]?.string?.contains("can't be read: docker is gone") == true
      }
      #expect(gone != nil)
      socket.send(9, Array("hello".utf8))
      while let (opcode, data) = socket.next() {
        guard opcode == 10 else { continue }
        #expect(data == Array("hello".utf8))
        break
      }
      socket.send(8, [0x03, 0xE8])
      var closed: [UInt8]?
      while let (opcode, data) = socket.next() { if opcode == 8 { closed = data } }
      #expect(closed == [0x03, 0xE8])
    }
  }

  @Test("Frames that break the protocol end the WebSocket, and so does silence")
  func protocolErrors() async throws {
    try await serve(heartbeat: 200) { _, client, server in
      func code(_ provoke: (WebSocketClient) -> Void) throws -> Int? {
        let socket = try #require(try client.socket().0)
        provoke(socket)
        while let (opcode, data) = socket.next() {
          if opcode == 8, data.count >= 2 { return Int(data[0]) << 8 | Int(data[1]) }
        }
        return nil
      }
      #expect(try code { $0.send(9, isMasked: false) } == 1002)
      #expect(try code { $0.send(1, [0x61], bits: 0xC0) } == 1002)
      #expect(try code { $0.send(1, [UInt8](repeating: 0x61, count: 5_000)) } == 1009)
      // Who answers no ping is let go; who answers stays.
      let silent = try #require(try client.socket().0)
      var pings = 0
      while let (opcode, _) = silent.next() { if opcode == 9 { pings += 1 } }
      #expect(pings == 1)
      let polite = try #require(try client.socket().0)
      pings = 0
      while pings < 4, let (opcode, data) = polite.next() {
        guard opcode == 9 else { continue }
        pings += 1
        polite.send(10, data)
      }
      #expect(pings == 4)
      let stranger = DashClient(port: server.port, token: nil)
      #expect(try stranger.socket().1.status == 401)
      #expect(try client.socket(["origin: http://evil.example"]).1.status == 403)
      #expect(try client.get("/api/ws").status == 426)
    }
  }

  @Test("So many may look, and not more; who goes makes room")
  func crowd() async throws {
    try await serve { _, client, _ in
      var sockets = try (0..<Live.limit).map { _ in try #require(try client.socket().0) }
      #expect(try client.get("/api/health").json?["viewers"]?.integer == Live.limit)
      #expect(try client.get("/api/events").status == 503)
      let late = try #require(try client.socket().0)
      var closed = false
      while !closed, let (opcode, _) = late.next() { closed = opcode == 8 }
      #expect(closed)
      sockets.removeLast(4)
      for _ in 0..<100 where try client.get("/api/health").json?["viewers"]?.integer != Live.limit - 4 {
        usleep(20_000)
      }
      #expect(try client.get("/api/health").json?["viewers"]?.integer == Live.limit - 4)
    }
  }

  @Test("Logs are told as they grow, of what the pod has alone")
  func logs() async throws {
    try await serve { claw, client, _ in
      for name in ["nobody", "--follow", "desk-0%2F", "..", "wire;id"] {
        #expect(try client.get("/api/workloads/\(name)/logs").status == 404, "\(name)")
      }
      let connection = try Sockets.connect(client.port)
      _ = Sockets.send(connection, Array(client.head("/api/workloads/wire/logs").utf8))
      let first = DashClient.read(connection, until: "\"two\"")
      try claw.put("logs", Said.log(["one", "two", "three"]))
      let second = DashClient.read(connection, until: "\"three\"")
      close(connection)
      #expect(first.contains("event: log") && first.contains("\"one\"") && !second.contains("\"two\""))
      #expect(claw.asked.contains("logs --json --tail 200 --file claw-pod.yml wire"))
      #expect(!claw.asked.contains { $0.contains("nobody") || $0.contains("id") && $0.hasPrefix("logs") })
      try claw.put("logs.err", "claw: docker is gone\n")
      try claw.put("logs.status", "5")
      let again = try Sockets.connect(client.port)
      _ = Sockets.send(again, Array(client.head("/api/workloads/wire/logs").utf8))
      #expect(DashClient.read(again, until: "docker is gone").contains("event: failure"))
      close(again)
    }
  }

  @Test("A program that can't be run, and a port that is taken, are said")
  func troubles() async throws {
    try await serve { claw, client, server in
      unlink("\(claw.folder)/claw")
      let status = try client.get("/api/status").json
      #expect(status?["condition"]?.string == "bad" && status?["pod"] == .null, "\(status?.text() ?? "")")
      #expect(status?["sources"]?.array?.first?["message"]?.string?.contains("can't be run") == true)
      #expect(throws: DashServer.Failure.self) { try DashServer(port: server.port, asker: claw.asker) }
    }
  }
}
