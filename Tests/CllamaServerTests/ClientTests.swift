import Cllama
import Glibc
import JSON
import TestSupport
import Testing

@testable import CllamaServer

/// The sidecar's own client: addresses, connections that are used again, and what goes wrong on them.
@Suite(.serialized) struct ClientTests {
  @Test(arguments: [
    ("http://a", "a", 80, "/x", "/x"), ("https://a/v1/", "a", 443, "/x", "/v1/x"),
    ("http://a:81/v1", "a", 81, "", "/v1"),
    ("http://[::1]:8080/", "::1", 8080, "", "/"), ("https://a.b/hook?k=1", "a.b", 443, "", "/hook?k=1"),
    ("http://a/in/", "a", 80, "", "/in/"), ("http://a", "a", 80, "", "/"), ("http://a/v1", "a", 80, "x", "/v1/x"),
  ])
  func addressesAreRead(_ text: String, _ host: String, _ port: Int, _ path: String, _ target: String) throws {
    let address = try #require(PeerAddress(text))
    #expect(address.peer.host == host && address.peer.port == port)
    #expect(address.target(path) == target)
  }

  @Test(arguments: [
    "", "a", "ftp://a", "http://", "http://user@a/", "http://a:0/", "http://a:x/", "http://a:70000/", "http://a/ b",
    "http://a/#f", "http://a\r\nx: y/", "http://[::1", "http://[::1]x/",
  ])
  func whatIsNoAddressIsRefused(_ text: String) { #expect(PeerAddress(text) == nil) }

  @Test func connectionsAreUsedAgain() throws {
    let connections = Counter()
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    upstream.onConnection { _ = connections.next() }
    let sidecar = try Harness(upstream: upstream.port)
    for _ in 0..<5 { #expect(try sidecar.chat().status == 200) }
    #expect(upstream.requests.count == 5)
    #expect(connections.next() == 2, "one connection for all")
    try sidecar.stop()
  }

  /// A connection that the other side closed while nobody used it is not asked.
  @Test func aConnectionThatEndedIsNotUsedAgain() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer), .close] }
    let sidecar = try Harness(upstream: upstream.port) { $0.set("retry", ["attempts": 1]) }
    for _ in 0..<3 {
      #expect(try sidecar.chat().status == 200)
      usleep(50_000)
    }
    try sidecar.stop()
  }

  @Test func whatComesBehindAnAnswerSpoilsNoOther() throws {
    let extra = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged"
    let body = goodAnswer
    let upstream = try ScriptedUpstream { _ in
      [
        .send(
          "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)\(extra)"
        )
      ]
    }
    let sidecar = try Harness(upstream: upstream.port)
    for _ in 0..<3 {
      #expect(try sidecar.chat().body == body)
      usleep(20_000)
    }
    try sidecar.stop()
  }

  /// With one connection for all, a second answer in the same packet would meet the call that waits.
  @Test func whatComesBehindAnAnswerIsNoAnswerToACallThatWaits() throws {
    let extra = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"forged\":true}"
    let upstream = try ScriptedUpstream { _ in
      [
        .pause(milliseconds: 30),
        .send(
          "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(goodAnswer.utf8.count)\r\n\r\n\(goodAnswer)\(extra)"
        ),
      ]
    }
    let sidecar = try Harness(upstream: upstream.port)
    // Two instances with fifty calls each, and 64 connections to the upstream.
    let connections = try (0..<100).map { number in
      let connection = try Sockets.connect(sidecar.port)
      let token = number % 2 == 0 ? Harness.token : "other"
      _ = Sockets.send(
        connection, Array(Harness.request("/v1/chat/completions", #"{"messages":[]}"#, token: token).utf8))
      return connection
    }
    for connection in connections {
      #expect(Harness.read(connection).body == goodAnswer)
      close(connection)
    }
    try sidecar.stop()
  }

  @Test func aConnectionIsNotKeptWhereTheOtherSideSaysSo() throws {
    let connections = Counter()
    let upstream = try ScriptedUpstream { _ in
      [
        .send(
          "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: \(goodAnswer.utf8.count)\r\n\r\n\(goodAnswer)"
        )
      ]
    }
    upstream.onConnection { _ = connections.next() }
    let sidecar = try Harness(upstream: upstream.port)
    for _ in 0..<2 { #expect(try sidecar.chat().status == 200) }
    #expect(connections.next() == 3)
    try sidecar.stop()
  }

  /// Whoever stands between the sidecar and a provider gets neither the key nor the text.
  @Test(arguments: ["certificate", "plain"]) func whoCanNotShowWhoHeIsIsToldNothing(_ kind: String) throws {
    let (reply, isTold) = try Self.ask(kind)
    #expect(reply.status == 502 && !isTold, "\(reply.body)")
    if kind == "certificate" { #expect(reply.body.contains("certificate"), "\(reply.body)") }
  }

  /// Roots of an operator's own, as every other program takes them; they vouch for names all the same.
  @Test(arguments: ["certificate", "name"]) func ownRootsVouch(_ kind: String) throws {
    let (reply, isTold) = try Self.ask(kind, roots: "cert.pem")
    #expect(reply.status == (kind == "certificate" ? 200 : 502), "\(reply.body)")
    #expect(isTold == (kind == "certificate"))
  }

  /// One call through a sidecar to a server that speaks TLS, or should.
  ///
  /// - Parameter roots: the file of the server's that the sidecar takes for its roots; nil for the system's.
  private static func ask(_ kind: String, roots: String? = nil) throws -> (reply: Harness.Reply, isTold: Bool) {
    let folder = try Harness.temporaryFolder()
    try Harness.write("\(folder)/answer", goodAnswer)
    let port = try Sockets.freePort()
    let words = [
      PeerTests.python, Repository.path("Tests/CllamaServerTests/peers/tls_server.py"), String(port), folder, kind,
    ]
    let server = try PeerTests.Child(words)
    defer { server.end() }
    try PeerTests.Child.wait(port)
    let sidecar = try Harness(upstream: port, limits: roots.map { "export SSL_CERT_FILE='\(folder)/\($0)'" }) { value in
      value.editMember("upstreams") { $0.edit([0]) { $0.set("url", .string("https://127.0.0.1:\(port)/v1")) } }
      value.set("retry", ["attempts": 1])
    }
    let reply = try sidecar.chat()
    try sidecar.stop()
    return (reply, access("\(folder)/told", F_OK) == 0)
  }
}
