import Glibc
import JSON
import Processes
import Runtime
import Source
import TestSupport
import Testing

/// `claw dash` as a process: its standard output goes into a file, whose first line is the link.
final class DashProcess: Sendable {
  let link: String
  private let pid: pid_t

  init?(_ words: [String], _ variables: [String], in folder: Folder) async {
    let file = FilePath.join(folder.path, "link")
    let line = "out=$1; shift; exec /usr/bin/env \"$@\" >\"$out\""
    let all = ["/bin/sh", "-c", line, "sh", file] + variables + [Machine.claw, "dash"] + words
    var arguments: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    guard posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ) == 0 else { return nil }
    self.pid = pid
    var link = ""
    for _ in 0..<200 where !link.hasSuffix("\n") {
      try? await Task.sleep(for: .milliseconds(50))
      link = folder.read("link") ?? ""
    }
    self.link = String(link.dropLast())
    if link.isEmpty { return nil }
  }

  /// Sends what Ctrl-C sends; how it ended, and how soon.
  func interrupt() -> (status: Int32, time: Duration) {
    let start = ContinuousClock.now
    kill(pid, SIGINT)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return (status, ContinuousClock.now - start)
  }

  deinit { kill(pid, SIGKILL) }
}

extension EndToEnd {
  /// The page of a pod that really runs.
  @Suite(
    .serialized,
    .enabled("the page's tests need an engine, bin/cllama (scripts/build cllama) and chromium (scripts/bootstrap)") {
      let isBuilt = FileSearch.kind(of: Machine.cllama) == .file && Browsing.chromium != nil
      return isBuilt ? await Machine.isWanted : false
    })
  struct DashPage {
    private static let variables = ["CLAW_CLLAMA=\(Machine.cllama)"]

    private static func ask(_ service: String, _ text: String, _ folder: Folder) async -> String {
      let words = ["compose", "-f", FilePath.join(folder.path, "compose.generated.yml"), "exec", "-T", service]
      return await Machine.run(
        "/usr/bin/env", ["CLAW_KEYS=/", Machine.docker ?? "docker"] + words + ["/app/desk", "ask", text], timeout: 60
      ).all
    }

    @Test("The page shows what the newsroom does: calls, what is denied and why, cost; and what is missing")
    func newsroom() async throws {
      let folder = try Folder("dashroom")
      let state = try Folder("state")
      try folder.copy("examples/desk")
      let pod = (folder.read("claw-pod.yml") ?? "").replacing("pod: newsroom", with: "pod: dashroom")
      try folder.write("claw-pod.yml", pod)
      let own = Self.variables + ["XDG_STATE_HOME=\(state.path)"]
      let up = await Machine.run("/usr/bin/env", own + [Machine.claw, "up", folder.path, "--wait"])
      try #require(up.status == 0, "\(up.all)")
      try await Machine.during {
        for text in ["What of the floods?", "Use the SHELL", "Tell the SECRET"] {
          _ = await Self.ask("desk-0", text, folder)
        }
        let page = try #require(await DashProcess([folder.path], own, in: state))
        let wanted =
          "['shell_exec', 'house/small', 'wire', 'desk-1-cllama'].every((one) => document.body.innerText.includes(one))"
        let seen = try await Self.see(
          page.link,
          [
            ["do": "size", "width": 1280], ["do": "open"], ["do": "wait", "for": .string(wanted)],
            ["do": "value", "of": "document.querySelector('main').innerText"],
            ["do": "shot", "file": "dash-newsroom.png"],
            [
              "do": "value",
              "of":
                "fetch('/api/nodes').then((reply) => reply.json()).then((all) => all.map((one) => one.condition).join(' '))",
            ],
            [
              "do": "value",
              "of":
                "fetch('/api/graph').then((reply) => reply.json()).then((all) => all.nodes.map((one) => one.kind).join(' '))",
            ],
            [
              "do": "value",
              "of": "fetch('/api/metrics').then((reply) => reply.json()).then((all) => all.claws[0].requests)",
            ],
            ["do": "complaints"],
          ])
        let text = seen[3].string ?? ""
        for part in ["policy/desk", "redact", "drop", "serving", "running", "current", "provider:9000"] {
          #expect(text.contains(part), "\(part): \(text)")
        }
        #expect(!text.contains("demo-key") && !text.contains("AKIAIOSFODNN7EXAMPLE"), "\(text)")
        #expect(seen[5].string == "good good good good good good", "\(seen[5].text())")
        for kind in ["claw", "sidecar", "service", "upstream", "volume"] {
          #expect(seen[6].string?.contains(kind) == true, "\(seen[6].text())")
        }
        #expect((seen[7].integer ?? 0) >= 3 && seen[8].array == [], "\(seen[7].text()) \(seen[8].text())")

        // While somebody looks, a call that is made then is seen, and a sidecar that goes is missed.
        async let later = Self.see(
          page.link,
          [
            ["do": "open"],
            ["do": "wait", "for": "document.getElementById('calls-list').innerText.includes('desk-1')"],
            ["do": "wait", "for": "document.getElementById('alerts').innerText.includes('desk-1-cllama')"],
            ["do": "value", "of": "document.getElementById('alerts').innerText"],
            ["do": "shot", "file": "dash-missing.png"],
          ])
        _ = await Self.ask("desk-1", "What of the harvest?", folder)
        try await Task.sleep(for: .seconds(3))
        _ = await Machine.docker(["stop", "-t", "1", "dashroom-desk-1-cllama-1"])
        let alerts = try await later[3].string ?? ""
        #expect(alerts.contains("The sidecar desk-1-cllama is"), "\(alerts)")

        let end = page.interrupt()
        #expect(end.time < .seconds(3), "\(end)")

        // Without an engine the page says so, and draws what the file says.
        let blind = try #require(
          await DashProcess([folder.path], own + ["DOCKER_HOST=unix:///nowhere/docker.sock"], in: state))
        let gone = try await Self.see(
          blind.link,
          [
            ["do": "open"], ["do": "wait", "for": "document.getElementById('alerts').children.length > 0"],
            ["do": "wait", "for": "document.querySelectorAll('#picture rect').length > 4"],
            ["do": "value", "of": "document.getElementById('alerts').innerText"],
          ])
        #expect(gone[3].string?.contains("The state of the pod can't be read") == true, "\(gone[3].text())")
        _ = blind.interrupt()
      } then: {
        _ = await Machine.run("/usr/bin/env", own + [Machine.claw, "down", folder.path, "-v"])
      }
    }

    private static func see(_ link: String, _ checks: [JSONValue]) async throws -> [JSONValue] {
      try await OwnThread.run { try Browsing.see(link, checks) }
    }

    @Test("What can't be served is said: no pod, no port, no cllama")
    func troubles() async throws {
      let folder = try Folder("troubles")
      let none = await Machine.run("/usr/bin/env", Self.variables + [Machine.claw, "dash", folder.path])
      #expect(none.status == 2 && none.errors.contains("is no pod file"), "\(none.all)")
      let port = await Machine.claw(["dash", "--port", "0"])
      #expect(port.status == 2 && port.errors.contains("a port is a number from 1 to 65535"), "\(port.all)")
      try folder.copy("examples/desk")
      let wrong = await Machine.run("/usr/bin/env", ["CLAW_CLLAMA=/nowhere", Machine.claw, "dash", folder.path])
      #expect(wrong.status == 1 && wrong.errors.contains("'/nowhere' can't be run"), "\(wrong.all)")
      let (descriptor, taken) = try Sockets.listen()
      let busy = await Machine.run(
        "/usr/bin/env", Self.variables + [Machine.claw, "dash", folder.path, "--port", String(taken)])
      close(descriptor)
      #expect(
        busy.status == 1 && busy.errors.contains("port \(taken) of 127.0.0.1 can't be listened at"), "\(busy.all)")
    }
  }
}
