import NIOHTTP1
import Testing

@testable import CllamaDash

@Suite("Who may see the page")
struct GateTests {
  private let gate = Gate(port: 7700)

  private func verdict(_ headers: [(String, String)], needsOrigin: Bool = false, isNavigation: Bool = false)
    -> Gate.Verdict
  {
    gate.verdict(HTTPHeaders(headers), isNavigation: isNavigation, needsOrigin: needsOrigin)
  }

  private var cookie: String { String(gate.cookie.split(separator: ";")[0]) }

  @Test("With the cookie or the token of this page, and nothing else")
  func secrets() {
    let host = ("host", "127.0.0.1:7700")
    #expect(verdict([host]) == .unknown)
    #expect(verdict([host, ("authorization", "Bearer \(gate.token)")]) == .welcome)
    #expect(verdict([host, ("authorization", "bearer \(gate.token)")]) == .welcome)
    #expect(verdict([host, ("cookie", "other=1; \(cookie)")]) == .welcome)
    #expect(verdict([("host", "localhost:7700"), ("cookie", cookie)]) == .welcome)
    for wrong in [
      "Bearer", "Bearer ", "Bearer \(gate.token)0", "Bearer \(gate.token.dropLast())", "Basic \(gate.token)",
      gate.token,
      "Bearer \(gate.token) x",
    ] {
      #expect(verdict([host, ("authorization", wrong)]) == .unknown, "\(wrong)")
    }
    for wrong in [
      "claw-dash-7700=", "claw-dash-7700=\(gate.token)", "claw-dash-7701=\(cookie.split(separator: "=")[1])",
      cookie + "0", "",
    ] {
      #expect(verdict([host, ("cookie", wrong)]) == .unknown, "\(wrong)")
    }
    // A wrong token is not helped by a good cookie.
    #expect(verdict([host, ("authorization", "Bearer x"), ("cookie", cookie)]) == .unknown)
    #expect(Gate(port: 7700).token != gate.token)
    #expect(
      gate.cookie.contains("HttpOnly") && gate.cookie.contains("SameSite=Strict") && !gate.cookie.contains(gate.token))
  }

  @Test(
    "A name that means this machine for the moment is another host",
    arguments: [
      [], ["evil.example:7700"], ["127.0.0.1"], ["127.0.0.1:7701"], ["127.0.0.1:7700", "127.0.0.1:7700"], ["localhost"],
      ["127.0.0.1:7700.evil.example"], ["LOCALHOST:7700"], ["[::1]:7700"],
    ])
  func hosts(hosts: [String]) {
    let headers = hosts.map { ("host", $0) } + [("authorization", "Bearer \(gate.token)")]
    guard case .foreign = verdict(headers) else { return #expect(Bool(false), "\(hosts)") }
  }

  @Test("Another page gets nothing through the browser of who may look")
  func origins() {
    let own = [("host", "127.0.0.1:7700"), ("cookie", cookie)]
    #expect(verdict(own + [("origin", "http://127.0.0.1:7700")], needsOrigin: true) == .welcome)
    for origin in [
      "http://evil.example", "null", "http://127.0.0.1:7701", "http://localhost:7700", "https://127.0.0.1:7700",
    ] {
      guard case .foreign = verdict(own + [("origin", origin)]) else { return #expect(Bool(false), "\(origin)") }
    }
    guard case .foreign = verdict(own, needsOrigin: true) else {
      return #expect(Bool(false), "a WebSocket of a browser names its origin")
    }
    for (site, isFine) in [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)] {
      #expect((verdict(own + [("sec-fetch-site", site)]) == .welcome) == isFine, "\(site)")
      // A link elsewhere may lead to the page itself: it shows nothing to who made the link.
      #expect(verdict(own + [("sec-fetch-site", site)], isNavigation: true) == .welcome)
    }
    // Programs are no browsers.
    #expect(
      verdict([("host", "127.0.0.1:7700"), ("authorization", "Bearer \(gate.token)")], needsOrigin: true) == .welcome)
  }

  @Test("Paths are taken as they are written")
  func routes() {
    #expect(Route("/") == .page(token: nil) && Route("/?token=x&y") == .page(token: "x"))
    #expect(Route("/api/status") == .document(.status) && Route("/api/ws") == .live)
    #expect(Route("/api/nodes/desk-0/metrics") == .nodeMetrics("desk-0"))
    #expect(Route("/api/workloads/wire/logs") == .logs("wire"))
    #expect(Route("/api/calls?claw=a&verdict=deny&limit=5") == .calls(.init(claw: "a", verdict: "deny", limit: 5)))
    for path in [
      "", "/api", "/api/", "/API/status", "/api/status/", "//api/status", "/api/nodes/", "/api//nodes", "/api/%73tatus",
      "/api/nodes/a/b", "/dash.html", "/../api/status", "/api/calls?limit=0", "/api/calls?limit=1001",
      "/api/calls?limit=x",
      "http://127.0.0.1:7700/api/status",
    ] {
      let route = Route(path)
      #expect(route == nil || route == .node(""), "\(path): \(String(describing: route))")
    }
  }
}
