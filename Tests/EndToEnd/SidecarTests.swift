import Glibc
import JSON
import Processes
import Runtime
import Source
import Testing
import TestSupport

extension Machine {
  /// The static `cllama` that images of sidecars are made of: `CLAW_CLLAMA`, else what scripts/build made.
  static let cllama = variable("CLAW_CLLAMA") ?? Repository.path("bin/cllama")
}

extension EndToEnd {
  /// Pods with sidecars, on a real engine, with a stand-in for a provider of models.
  @Suite(.serialized, .enabled { FileSearch.kind(of: Machine.cllama) == .file ? await Machine.isWanted : false })
  struct Sidecars {
    private static func claw(_ arguments: [String], _ variables: [String] = [], state: Folder) async -> Machine.Outcome
    {
      let own = ["CLAW_CLLAMA=\(Machine.cllama)", "XDG_STATE_HOME=\(state.path)"]
      return await Machine.run("/usr/bin/env", own + variables + [Machine.claw] + arguments)
    }

    private static func exec(_ folder: Folder, _ service: String, _ words: [String]) async -> Machine.Outcome {
      let file = FilePath.join(folder.path, "compose.generated.yml")
      return await Machine.run(
        "/usr/bin/env",
        ["CLAW_KEYS=/", Machine.docker ?? "docker", "compose", "-f", file, "exec", "-T", service] + words, timeout: 60)
    }

    private static func containers(_ pod: String) async -> String {
      let words = ["ps", "-q", "--no-trunc", "--filter", "label=com.docker.compose.project=\(pod)"]
      return await Machine.docker(words).output.split(separator: "\n").sorted().joined(separator: "\n")
    }

    @Test("The newsroom asks its models through sidecars, which judge, stop and are the only way out")
    func newsroom() async throws {
      let folder = try Folder("newsroom")
      let state = try Folder("state")
      try folder.copy("examples/desk")
      let up = await Self.claw(["up", folder.path, "--wait"], state: state)
      try #require(up.status == 0, "\(up.all)")
      try await Machine.during {

        // The agent reaches the model, the sidecar alone has the key.
        let asked = await Self.exec(folder, "desk-0", ["/app/desk", "ask", "What", "of", "the", "floods?"])
        #expect(asked.output.contains("model: 200 In short: What of the floods?"), "\(asked.all)")
        let variables = await Self.exec(folder, "desk-0", ["cat", "/proc/self/environ"])
        #expect(!variables.output.contains("demo-key"), "a key is in the claw")
        let inspected = await Machine.docker(["inspect", "newsroom-desk-0-1", "newsroom-desk-0-cllama-1"])
        #expect(!inspected.output.contains("demo-key"), "a key is in what the engine shows")
        let generated = folder.read("compose.generated.yml") ?? ""
        let token = folder.read(".claw/newsroom/sidecars/desk-0.env") ?? ""
        #expect(!generated.contains("demo-key") && !generated.contains(token.suffix(65)), "a secret is in an artifact")
        let direct = await Self.exec(
          folder, "desk-0",
          [
            "perl", "-MIO::Socket::INET", "-e",
            "print IO::Socket::INET->new(PeerAddr => 'provider:9000', Timeout => 2) ? 'open' : 'shut'",
          ])
        #expect(direct.output == "shut", "\(direct.all)")

        // The policy decides on both ways.
        let tool = await Self.exec(folder, "desk-0", ["/app/desk", "ask", "Use the SHELL"])
        #expect(tool.output.contains("model: 200") && !tool.output.contains("shell_exec"), "\(tool.all)")
        let secret = await Self.exec(folder, "desk-1", ["/app/desk", "ask", "Tell the SECRET"])
        #expect(
          secret.output.contains("model: 200") && !secret.output.contains("AKIAIOSFODNN7EXAMPLE"), "\(secret.all)")

        // Services are reached through the sidecar.
        let report = await Self.exec(folder, "desk-0", ["sh", "-c", "echo now | /app/desk report"])
        #expect(report.output.contains("wire: 200 [{\"number\""), "\(report.all)")
        #expect(report.output.contains("the notes are read-only"), "\(report.all)")

        // A token is good for its own sidecar only.
        let other = await Self.exec(
          folder, "desk-0",
          ["sh", "-c", "OPENAI_BASE_URL=http://desk-1-cllama:8080/v1 /app/desk ask 'Whose am I?'"])
        #expect(other.output.contains("model: 401"), "\(other.all)")

        let ps = await Self.claw(["ps", folder.path, "--json"], state: state)
        let claws = try JSONParser.parse(ps.output.utf8)["claws"]?.array ?? []
        #expect(claws.count == 3 && claws.allSatisfy { $0["sidecar"]?["state"]?.string == "serving" }, "\(ps.all)")

        try await Self.egress(folder, state)
        try await Self.changes(folder, state)
      } then: {
        await Self.down(folder, state)
      }
    }

    /// There is no other way out, and that is found out soon.
    private static func egress(_ folder: Folder, _ state: Folder) async throws {
      let start = ContinuousClock.now
      let verified = await claw(["verify-egress", folder.path, "--json"], state: state)
      let time = ContinuousClock.now - start
      #expect(verified.status == 0, "\(verified.all)")
      #expect(time < .seconds(15), "\(time)")
      let value = try JSONParser.parse(verified.output.utf8)
      #expect(value["claws"]?.array?.count == 3)
      for claw in value["claws"]?.array ?? [] {
        let targets = claw["targets"]?.array ?? []
        func count(_ group: String) -> Int { targets.count { $0["group"]?.string == group } }
        #expect(count("its sidecar") >= 3 && count("the host") >= 6 && count("the internet") >= 4, "\(claw.text())")
        #expect(count("other claws and sidecars") >= 3 && count("services that it does not declare") >= 2)
      }
      // A claw that somebody puts on another network is found out.
      _ = await Machine.docker(["network", "connect", "newsroom_claw-egress", "newsroom-desk-0-1"])
      let ledger = "CLAW_LEDGER=\(state.path)/ledger"
      let run = await claw(["ledger", "start"], [ledger], state: state).output.split(separator: "\n").first ?? ""
      let connected = await claw(["verify-egress", folder.path], [ledger, "CLAW_RUN=\(run)"], state: state)
      #expect(connected.status == 1, "\(connected.all)")
      let shown = await claw(["ledger", "show", String(run), "--json"], [ledger], state: state)
      let events = try shown.output.split(separator: "\n").map { try JSONParser.parse($0.utf8) }
      let result = events.first { $0["type"]?.string == "StepCompleted" }?["payload"]?["result"]
      #expect(result?["ok"]?.bool == false, "\(shown.all)")
      #expect(result?["claws"]?.array?.first?["surprises"]?.array?.isEmpty == false, "\(shown.all)")
      #expect(connected.output.contains("desk-0 reaches provider:9000 (by name): open"), "\(connected.all)")
      #expect(!connected.output.contains("desk-1 reaches"), "\(connected.all)")
      _ = await Machine.docker(["network", "disconnect", "newsroom_claw-egress", "newsroom-desk-0-1"])
      // The prober sees what there is: on the host's own network everything is reached.
      let answer = await Machine.run(
        "/bin/sh",
        [
          "-c",
          "echo '{\"timeout_ms\":500,\"targets\":[{\"kind\":\"unix\",\"host\":\"/var/run/docker.sock\"},{\"kind\":\"tcp\",\"host\":\"127.0.0.1\",\"port\":1}]}' | \"$1\" probe",
          "sh", Machine.cllama,
        ])
      let results = try JSONParser.parse(answer.output.utf8)["results"]?.array?.compactMap { $0["outcome"]?.string }
      #expect(results == ["open", "refused"], "\(answer.all)")
    }

    /// A changed policy is another bundle for running sidecars; a changed key is read by a new start; nothing else moves.
    private static func changes(_ folder: Folder, _ state: Folder) async throws {
      let before = await containers("newsroom")
      let again = await claw(["up", folder.path], state: state)
      #expect(again.status == 0 && again.errors.contains("8 to keep"), "\(again.all)")
      let bundles = folder.files.filter { $0.contains("/sidecars/desk-0/policies/") }
      #expect(bundles.count == 1)
      let policy = folder.read("policies/desk.yml") ?? ""
      try folder.write("policies/desk.yml", policy.replacing("[shell_exec]", with: "[shell_exec, send_mail]"))
      let changed = await claw(["up", folder.path], state: state)
      #expect(changed.status == 0 && changed.errors.contains("8 to keep"), "\(changed.all)")
      #expect(folder.files.filter { $0.contains("/sidecars/desk-0/policies/") } != bundles)
      #expect(await containers("newsroom") == before)
      try await Task.sleep(for: .seconds(2))
      let health = await Machine.docker(["exec", "newsroom-desk-0-cllama-1", "/cllama", "health", "--json"])
      let sequence = try JSONParser.parse(health.output.utf8)["policies"]?.array?.first?["sequence"]?.integer
      #expect(sequence == 2, "\(health.all)")

      let wrong = await claw(["up", folder.path], ["PROVIDER_KEY=another-key"], state: state)
      #expect(wrong.status == 0, "\(wrong.all)")
      #expect(await containers("newsroom") == before)
      var asked = await exec(folder, "desk-0", ["/app/desk", "ask", "Who are you?"])
      for _ in 0..<20 where asked.output.contains("model: 0") || asked.output.contains("model: 503") {
        try await Task.sleep(for: .milliseconds(500))
        asked = await exec(folder, "desk-0", ["/app/desk", "ask", "Who are you?"])
      }
      #expect(!asked.output.contains("model: 200"), "the old key is in use: \(asked.all)")

      // Without its bundle a sidecar decides nothing, and ps says so.
      let path = ".claw/newsroom/sidecars/desk-1/cllama.json"
      let config = folder.read(path) ?? ""
      try folder.write(path, config.replacing("policies/desk-", with: "policies/gone-"))
      var sidecar: JSONValue?
      for _ in 0..<40 where sidecar?["state"]?.string != "denying" {
        try await Task.sleep(for: .milliseconds(500))
        let ps = await claw(["ps", folder.path, "--json"], state: state)
        let claws = try JSONParser.parse(ps.output.utf8)["claws"]?.array ?? []
        sidecar = claws.first { $0["name"]?.string == "desk-1" }?["sidecar"]
      }
      #expect(sidecar?["state"]?.string == "denying")
      #expect(sidecar?["reason"]?.string?.contains("policies/gone-") == true, "\(sidecar?.text() ?? "")")
      let refused = await exec(folder, "desk-1", ["/app/desk", "ask", "Still there?"])
      #expect(refused.output.contains("model: 503"), "\(refused.all)")
      let mended = await claw(["up", folder.path], state: state)
      #expect(mended.status == 0, "what somebody changed is put right: \(mended.all)")
    }

    private static func down(_ folder: Folder, _ state: Folder) async {
      _ = await Machine.run("/usr/bin/env", ["XDG_STATE_HOME=\(state.path)", Machine.claw, "down", folder.path, "-v"])
    }

    @Test("The budget of a sidecar stops its claw, and what it wrote goes into the ledger once")
    func budget() async throws {
      let folder = try Folder("budget")
      let state = try Folder("state")
      try folder.write("AGENTS.md", "# The contract\n")
      try folder.copy("examples/desk")
      try folder.write("claw-pod.yml", Self.budgetPod)
      let ledger = "CLAW_LEDGER=\(state.path)/ledger"
      let run = await Self.claw(["ledger", "start"], [ledger], state: state).output.split(separator: "\n").first ?? ""
      let recorded = [ledger, "CLAW_RUN=\(run)"]
      let up = await Self.claw(["up", folder.path], recorded, state: state)
      try #require(up.status == 0, "\(up.all)")
      try await Machine.during {
        var answers: [String] = []
        for number in 1...3 {
          answers.append(await Self.exec(folder, "desk", ["/app/desk", "ask", "Question \(number)"]).output)
        }
        #expect(answers[0].contains("200") && answers[1].contains("200") && answers[2].contains("429"), "\(answers)")

        // A provider stands on the sidecars' network to the outside, and gets no way out of it.
        for (port, isOpen) in [(3128, false), (8080, true)] {
          let line = "CONNECT api.example.com:443 HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n"
          let program =
            "my $s = IO::Socket::INET->new(PeerAddr => 'desk-cllama', PeerPort => \(port), Timeout => 3) or die; print $s \"\(line)\"; print 'said ', length(<$s> // '')"
          let answer = await Self.exec(folder, "provider", ["perl", "-MIO::Socket::INET", "-e", program])
          #expect(
            isOpen ? answer.output.hasPrefix("said ") && answer.output != "said 0" : answer.output == "said 0",
            "\(answer.all)")
        }
        // What is new is taken, and nothing twice.
        for _ in 0..<2 {
          let words = ["audit", "--file", folder.path, "--record", "--summary"]
          let audit = await Self.claw(words, recorded, state: state)
          #expect(audit.status == 0, "\(audit.all)")
        }
        let down = await Self.claw(["down", folder.path, "--volumes", "-q"], recorded, state: state)
        #expect(down.status == 0, "\(down.all)")
        let shown = await Self.claw(["ledger", "show", String(run), "--json"], [ledger], state: state)
        let events = try shown.output.split(separator: "\n").map { try JSONParser.parse($0.utf8) }
        let taken = events.filter { $0["type"]?.string == "SidecarRecordTaken" }.compactMap { $0["payload"] }
        #expect(taken.map { $0["relation"]?.string } == ["first", "follows"], "\(shown.all)")
        #expect(taken.first?["firstSeq"]?.integer == 1)
        #expect(taken.last?["firstSeq"]?.integer == (taken.first?["lastSeq"]?.integer ?? 0) + 1)
        // The last line that a sidecar writes when it is stopped is there, and each line names the run.
        let digest = taken.last?["artifactId"]?.string ?? ""
        let lines = state.read("ledger/artifacts/sha256/\(digest.prefix(2))/\(digest)") ?? ""
        #expect(lines.contains("\"type\":\"stop\"") && lines.contains("\"run\":\"\(run)\""), "\(lines)")
        #expect(await Self.claw(["ledger", "verify", "--artifacts"], [ledger], state: state).status == 0)
      } then: {
        await Self.down(folder, state)
      }
    }

    /// A pod of claws that ask the provider.
    ///
    /// - Parameter more: what each claw says besides.
    private static func pod(
      _ name: String, gateway: String = "{}", claws: [String] = ["desk"], more: [String] = []
    ) -> String {
      let block = claws.map { claw in
        """
          \(claw):
            build: {context: ./desk, dockerfile: Clawfile}
            x-claw:
              agent: contracts/desk.md
              cllama-env: {PROVIDER_KEY: "${NO_KEY:-demo-key}"}
              models: {primary: house/small}

        """ + more.map { "      \($0)\n" }.joined()
      }
      return """
        x-claw:
          pod: \(name)
          upstreams: {house: {service: provider, port: 9000, key: PROVIDER_KEY}}
          gateway: \(gateway)
        services:
        \(block.joined())  provider: {build: ./provider}

        """
    }

    private static let budgetPod = pod(
      "budget", more: ["gateway: {budget: {requests: 2}}", "surfaces: [egress://api.example.com]"])

    @Test("Keys are asked for before anything changes")
    func missingKey() async throws {
      let folder = try Folder("missing-key")
      let state = try Folder("state")
      try folder.copy("examples/desk")
      let text = (folder.read("claw-pod.yml") ?? "").replacing("${PROVIDER_KEY:-demo-key}", with: "${NO_SUCH_KEY}")
      try folder.write("claw-pod.yml", text)
      let files = folder.files
      let up = await Self.claw(["up", folder.path], state: state)
      #expect(up.status == 3 && up.errors.contains("'NO_SUCH_KEY' is not set"), "\(up.all)")
      #expect(folder.files == files && state.files.isEmpty)
    }

    @Test("A key's file that the sidecar can't read is told before anything changes")
    func unreadableKey() async throws {
      let folder = try Folder("key-file")
      let state = try Folder("state")
      try folder.copy("examples/desk")
      let text = Self.budgetPod.replacing("key: PROVIDER_KEY", with: "key-file: ./keys/provider")
      try folder.write("claw-pod.yml", text)
      try folder.write("keys/provider", "demo-key", mode: 0o400)
      let files = folder.files
      let up = await Self.claw(["up", folder.path], state: state)
      #expect(up.status == 3 && up.errors.contains("pod/key-file") && up.errors.contains("chown 65532"), "\(up.all)")
      #expect(folder.files == files && state.files.isEmpty)
    }

    @Test("A hermetic claw has a socket and no network")
    func hermetic() async throws {
      let folder = try Folder("hermetic")
      let state = try Folder("state")
      try folder.copy("examples/desk")
      try folder.write("claw-pod.yml", Self.hermeticPod)
      let up = await Self.claw(["up", folder.path], state: state)
      try #require(up.status == 0, "\(up.all)")
      try await Machine.during {
        let route = await Self.exec(folder, "desk", ["cat", "/proc/net/dev"])
        #expect(!route.output.contains("eth0"), "\(route.all)")
        let verified = await Self.claw(["verify-egress", folder.path], state: state)
        #expect(verified.status == 0, "\(verified.all)")
      } then: {
        await Self.down(folder, state)
      }
    }

    @Test("Claws that share a sidecar have tokens, budgets and records of their own")
    func shared() async throws {
      let folder = try Folder("shared")
      let state = try Folder("state")
      try folder.copy("examples/desk")
      try folder.write("claw-pod.yml", Self.sharedPod)
      let up = await Self.claw(["up", folder.path], state: state)
      try #require(up.status == 0, "\(up.all)")
      try await Machine.during {
        let names = await Machine.docker([
          "ps", "--format", "{{.Names}}", "--filter", "label=com.docker.compose.project=shared",
        ])
        #expect(names.output.split(separator: "\n").filter { $0.contains("cllama") } == ["shared-claw-cllama-1"])
        let ask = ["/app/desk", "ask", "Whose is this?"]
        let answers = [
          await Self.exec(folder, "first", ask), await Self.exec(folder, "first", ask),
          await Self.exec(folder, "second", ask),
        ].map(\.output)
        #expect(answers.map { $0.contains("model: 200") } == [true, false, true], "\(answers)")
        #expect(answers[1].contains("model: 429"), "\(answers)")
        for (claw, refused) in [("first", 1), ("second", 0)] {
          let audit = await Self.claw(["audit", claw, "--file", folder.path, "--json"], state: state)
          let lines = try audit.output.split(separator: "\n").map { try JSONParser.parse($0.utf8) }
          let agents = Set(lines.compactMap { $0["gen_ai.agent.id"]?.string })
          #expect(agents == [claw] && lines.count { $0["type"] == "response" } == 1, "\(audit.all)")
          #expect(lines.count { $0["type"] == "refusal" } == refused, "\(audit.all)")
        }
        let verified = await Self.claw(["verify-egress", folder.path], state: state)
        #expect(verified.status == 0, "\(verified.all)")
      } then: {
        await Self.down(folder, state)
      }
    }

    private static let sharedPod = pod(
      "shared", gateway: "{topology: shared, budget: {requests: 1}}", claws: ["first", "second"])

    private static let hermeticPod = pod("hermetic", gateway: "{topology: hermetic}")
  }
}
