import Glibc
import JSON
import Runtime
import Source
import TestSupport
import Testing

@testable import CllamaDash

/// The page in headless Chromium (scripts/bootstrap installs it), with a stand-in for claw.
@Suite("The page in a browser", .serialized, .enabled(if: Browsing.chromium != nil))
struct BrowserTests {
  /// What the page has to have before it is looked at.
  private let ready: JSONValue = [
    "do": "wait", "for": "document.querySelectorAll('#calls-list tbody th, #calls-list tbody td').length > 20",
  ]

  private func see(
    _ checks: [JSONValue], from url: @Sendable (DashServer) -> String = { $0.link },
    arrange: @Sendable (FakeClaw) throws -> Void = { _ in }
  ) async throws -> [JSONValue] {
    try await OwnThread.run { try Self.look(checks, url, arrange) }
  }

  private static func look(
    _ checks: [JSONValue], _ url: (DashServer) -> String, _ arrange: (FakeClaw) throws -> Void
  ) throws -> [JSONValue] {
    let claw = try FakeClaw()
    try arrange(claw)
    let server = try DashServer(port: 0, asker: claw.asker, pause: 200)
    claw.run()
    defer {
      claw.end()
      server.stop()
    }
    return try Browsing.see(url(server), checks)
  }

  @Test("The page shows the pod, at the width of a desk and of a phone, and loads nothing from elsewhere")
  func shows() async throws {
    let text = "document.querySelector('main').innerText"
    let seen = try await see([
      ["do": "size", "width": 1280], ["do": "open"], ready, ["do": "value", "of": .string(text)],
      ["do": "shot", "file": "dash-wide.png"],
      ["do": "size", "width": 320, "features": ["prefers-color-scheme": "dark"]],
      ["do": "value", "of": "[document.documentElement.scrollWidth, innerWidth]"],
      ["do": "shot", "file": "dash-narrow.png"],
      [
        "do": "value",
        "of":
          "performance.getEntriesByType('resource').map((one) => one.name).filter((one) => !one.startsWith(location.origin))",
      ], ["do": "value", "of": "[document.querySelectorAll('img').length, location.search]"], ["do": "complaints"],
    ])
    let page = seen[3].string ?? ""
    for part in [
      "desk-1 is under quarantine", "The sidecar chief-cllama is missing", "desk-0-cllama", "serving", "denying",
      "provider:9000",
      "shell_exec", "mcp_tool", "$0.50", "200", "0.300", "0.600", "wire",
    ] {
      #expect(page.contains(part), "\(part): \(page)")
    }
    #expect(page.contains("<img src=x onerror=alert(1)>"), "text of a record is text")
    #expect(seen[6].array?.compactMap(\.integer) == [320, 320], "nothing is wider than the window")
    #expect(seen[8].array == [] && seen[9] == [0, ""])
    #expect(seen[10].array == [], "\(seen[10].text())")
  }

  @Test("The page is used without a mouse, and heard without a screen")
  func keyboard() async throws {
    let focus = "document.activeElement.id || document.activeElement.name || document.activeElement.textContent"
    let rows = "[...document.querySelectorAll('#calls-list tbody tr')].length"
    let seen = try await see([
      ["do": "size", "width": 1280, "features": ["prefers-reduced-motion": "reduce"]], ["do": "open"], ready,
      ["do": "key", "name": "Tab"], ["do": "value", "of": .string(focus)], ["do": "key", "name": "Tab"],
      ["do": "value", "of": .string(focus)], ["do": "key", "name": "Enter"],
      [
        "do": "value",
        "of": "[document.getElementById('pause').ariaPressed, getComputedStyle(document.activeElement).outlineStyle]",
      ],
      ["do": "key", "name": "Enter"], ["do": "key", "name": "Tab", "times": 10], ["do": "value", "of": .string(focus)],
      ["do": "value", "of": .string(rows)], ["do": "key", "name": "Tab"], ["do": "key", "name": "Tab"],
      ["do": "key", "name": "Tab"], ["do": "value", "of": .string(focus)], ["do": "key", "name": "i"],
      ["do": "key", "name": "m"],
      ["do": "key", "name": "g"], ["do": "value", "of": .string(rows)],
      ["do": "wait", "for": "document.getElementById('live').textContent.includes('2 of 2 calls shown')"],
      ["do": "tree"],
      ["do": "value", "of": "getComputedStyle(document.querySelector('#calls-list tr')).animationName"],
    ])
    #expect(seen[4].string == "Skip to the content" && seen[6].string == "pause")
    #expect(seen[8] == ["true", "solid"], "\(seen[8].text())")
    #expect(seen[11].string == "claw" && seen[12].integer == 5, "\(seen[11].text()) \(seen[12].text())")
    #expect(seen[16].string == "text" && seen[20].integer == 2, "\(seen[16].text()) \(seen[20].text())")
    let tree = (seen[22].array ?? []).map { "\($0.array?.first?.string ?? "") \($0.array?.last?.string ?? "")" }
    for part in [
      "banner ", "navigation Sections", "main ", "contentinfo ", "search Calls", "heading Pod newsroom",
      "heading Needs attention", "heading Calls", "table Sidecars: the only way out of a claw", "columnheader Verdict",
      "rowheader desk-0", "status ", "button Pause updates", "combobox Claw", "searchbox Text",
    ] {
      #expect(
        tree.contains { $0.hasPrefix(part) },
        "\(part): \(tree.filter { !$0.hasPrefix("StaticText") && !$0.hasPrefix("InlineTextBox") })")
    }
    #expect(
      tree.contains { $0.contains("image score 0.045, restricted from 0.300, quarantined from 0.600") },
      "the scale is said")
    #expect(seen[23].string == "none", "nothing moves for whoever wants that")
  }

  @Test("Without an engine, without a record and without a token the page says what is wrong")
  func troubles() async throws {
    let seen = try await see(
      [
        ["do": "open"], ["do": "wait", "for": "document.getElementById('alerts').children.length > 0"],
        ["do": "wait", "for": "document.querySelector('#picture rect')"],
        ["do": "value", "of": "document.getElementById('alerts').innerText"],
        ["do": "value", "of": "document.getElementById('picture').querySelectorAll('rect').length"],
        ["do": "value", "of": "document.querySelector('main').innerText"], ["do": "shot", "file": "dash-gone.png"],
      ],
      arrange: { claw in
        try claw.put("ps", "")
        try claw.put("ps.err", "claw: the Docker engine does not answer\n")
        try claw.put("ps.status", "5")
      })
    #expect(seen[3].string?.contains("The state of the pod can't be read: the Docker engine does not answer") == true)
    #expect(seen[4].integer == 4, "what the file says is drawn all the same")
    // Nothing is said to be empty that nobody could look at.
    let page = seen[5].string ?? ""
    for part in ["Nothing was denied", "No call was", "Asking claw", "missing", "0 of 0", "$0"] {
      #expect(!page.contains(part), "\(part): \(page)")
    }
    let locked = try await see(
      [
        ["do": "open"], ["do": "wait", "for": "document.querySelector('h1')"],
        ["do": "value", "of": "document.body.innerText"],
      ],
      from: { "http://127.0.0.1:\($0.port)/" })
    #expect(locked[2].string?.contains("Open the link that claw dash printed") == true)
  }

  @Test("Logs are shown while they are wanted")
  func logs() async throws {
    let seen = try await see([
      ["do": "open"], ready, ["do": "value", "of": "document.querySelector('#logs select').value = 'wire'"],
      ["do": "value", "of": "document.querySelector('#logs button').click()"],
      ["do": "wait", "for": "document.getElementById('log').innerText.includes('two')"],
      ["do": "value", "of": "document.getElementById('logs-stop').click()"],
      ["do": "value", "of": "document.activeElement.textContent"], ["do": "complaints"],
    ])
    #expect(seen[6].string == "Show" && seen[7].array == [], "\(seen)")
  }
}
