import Glibc
import IR
import JSON
import Runtime
import Source
import Testing

extension EndToEnd {
  /// A pod from its first `up` to its `down`; the tests run in this order.
  @Suite(.serialized, .enabled(if: Machine.isWanted))
  struct Pod {
    @Test("It comes up, and ps shows it")
    func comesUp() async throws {
      let pod = try await GovernedPod.shared.value
      let ps = await Machine.claw(["ps", pod.folder.path, "--json", "--exit-code"])
      #expect(ps.status == 0, "\(ps.all)")
      let document = try JSONParser.parse(ps.output.utf8)
      let claws = document["claws"]?.array ?? []
      #expect(claws.compactMap { $0["name"]?.string } == ["desk-0", "desk-1", "other"])
      for claw in claws {
        #expect(claw["state"]?.string == "running" && claw["health"]?.string == "healthy")
        #expect(claw["contract"]?["current"]?.bool == true)
      }
      let health = await Machine.claw(["health", "--file", pod.folder.path, "desk"])
      #expect(
        health.status == 0 && health.output.contains("desk-1") && !health.output.contains("other"), "\(health.all)")
    }

    @Test("CONFIGURE ran before the runner (abuse case 10)")
    func configured() async throws {
      let pod = try await GovernedPod.shared.value
      let logs = await Machine.claw(["logs", "--file", pod.folder.path, "desk"])
      #expect(logs.output.contains("desk-0") && logs.output.contains("desk-1"), "\(logs.all)")
      #expect(logs.output.contains("configured before") && !logs.output.contains("NOT configured"), "\(logs.all)")
      let unknown = await Machine.claw(["logs", "--file", pod.folder.path, "dsek"])
      #expect(unknown.status == 2 && unknown.errors.contains("did you mean 'desk'"), "\(unknown.all)")
    }

    @Test("The contract can't be written from inside, not as root either", arguments: ["1000:1000", "0:0"])
    func contract(user: String) async throws {
      let pod = try await GovernedPod.shared.value
      for line in [
        "echo x >>/claw/AGENTS.md", "rm -f /claw/AGENTS.md", "mv /claw/AGENTS.md /tmp/x", "chmod 666 /claw/AGENTS.md",
        "mount -o remount,rw /claw/AGENTS.md", "umount /claw/AGENTS.md", "echo x >/claw/new", "touch /x",
      ] {
        let run = await pod.shell("desk-0", user: user, line)
        #expect(run.status != 0, "\(line): \(run.all)")
      }
      let read = await pod.shell("desk-0", user: user, "cat /claw/AGENTS.md")
      #expect(read.output.contains("# The contract"))
      #expect(pod.folder.read("AGENTS.md")?.contains("x") == false)
    }

    @Test("Hardening is visible from inside", arguments: ["1000:1000", "0:0"])
    func hardening(user: String) async throws {
      let pod = try await GovernedPod.shared.value
      let status = await pod.shell("other", user: user, "cat /proc/self/status")
      #expect(status.output.contains("CapEff:\t0000000000000000"), "\(status.all)")
      #expect(status.output.contains("CapBnd:\t0000000000000000"))
      #expect(status.output.contains("NoNewPrivs:\t1"))
      let program = await pod.shell("other", user: user, "cp /bin/true /tmp/t; /tmp/t")
      #expect(program.status == 126, "a program in /tmp ran: \(program.all)")
    }

    @Test("A claw reaches its service, and not the host, the world or another claw")
    func isolation() async throws {
      let pod = try await GovernedPod.shared.value
      let port = GovernedPod.hostPort
      #expect(await pod.reaches("desk-0", "wire", 4000))
      #expect(await pod.reaches("desk-1", "wire", 4000))
      #expect(await !pod.reaches("other", "wire", 4000))

      let other = try await pod.addresses("other")
      let address = try #require(other.values.first?.own)
      #expect(await pod.reaches("other", address, 8080), "the probe itself works")
      #expect(await !pod.reaches("desk-0", address, 8080))

      let bridge = await Machine.docker(["network", "inspect", "bridge"])
      let config = try JSONParser.parse(bridge.output.utf8).array?.first?["IPAM"]?["Config"]?.array?.first
      let host = try #require(config?["Gateway"]?.string)
      #expect(await pod.reaches("host", host, port), "the host itself answers there")
      var hosts = [host, "1.1.1.1", "169.254.169.254"]
      let desk = try await pod.addresses("desk-0")
      for (own, gateway) in desk.values {
        if !gateway.isEmpty { hosts.append(gateway) }
        // The first address of the network is the bridge's, where it has one.
        if let range = AddressRange(own + "/27") { hosts.append(AddressRange(base: range.base + 1, bits: 32).host) }
      }
      let routes = await Machine.run("/bin/sh", ["-c", "ip -4 -o addr | sed 's/.*inet \\([0-9.]*\\).*/\\1/'"])
      hosts += routes.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("127.") }
      for host in Set(hosts).sorted() {
        #expect(await !pod.reaches("desk-0", host, port), "the host answers at \(host)")
        #expect(await !pod.reaches("other", host, port), "the host answers at \(host)")
      }
      #expect(await !pod.reaches("desk-0", "1.1.1.1", 443))
    }

    @Test("Values with $ arrive as they are (abuse case 18)")
    func dollars() async throws {
      let pod = try await GovernedPod.shared.value
      let handle = await pod.exec("desk-0", ["printenv", "CLAW_HANDLE_DESK_DISCORD_ID"])
      #expect(handle.output == "p$HOME${X}`id`\"q\n")
      let own = await pod.exec("desk-0", ["printenv", "AUTHORS"])
      #expect(own.output == "a$b\n")
    }

    @Test("A provider's key is in nothing that claw wrote, said or started (abuse case 40)")
    func canary() async throws {
      let pod = try await GovernedPod.shared.value
      let key = GovernedPod.canary
      let again = await pod.up(["--dry-run", "-v"])
      #expect(again.status == 0 && !again.all.contains(key))
      for file in pod.folder.files where !file.hasSuffix("/.env") {
        let bytes = try DiskFiles().read(file, within: nil, limit: 1 << 24).bytes
        #expect(bytes.firstRange(of: Array(key.utf8)) == nil, "\(file)")
      }
      for (service, id) in try await pod.ids() {
        let inspect = await Machine.docker(["inspect", id])
        let image = try JSONParser.parse(inspect.output.utf8).array?.first?["Image"]?.string ?? ""
        let history = await Machine.docker(["image", "history", "--no-trunc", image])
        let logs = await Machine.docker(["logs", id])
        let inside = await pod.shell(service, user: "0:0", "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null")
        for found in [inspect, history, logs, inside] {
          #expect(!found.all.isEmpty || found.output == logs.output)
          #expect(!found.all.contains(key), "\(service)")
        }
      }
    }

    @Test("An up that changes nothing keeps every container")
    func unchanged() async throws {
      let pod = try await GovernedPod.shared.value
      let before = try await pod.ids()
      let up = await pod.up()
      #expect(up.status == 0, "\(up.all)")
      #expect(try await pod.ids() == before)
      let dry = await Machine.claw(["up", pod.folder.path, "--dry-run"])
      #expect(dry.output.contains("5 to keep") && !dry.output.contains("create"), "\(dry.all)")
    }

    @Test("Scaling 2, 4, 3 touches only what comes and goes, with its volumes")
    func scaling() async throws {
      let pod = try await GovernedPod.shared.value
      let before = try await pod.ids()
      try pod.writePod(count: 4)
      var up = await pod.up()
      try #require(up.status == 0, "\(up.all)")
      let four = try await pod.ids()
      #expect(four.count == before.count + 2)
      for (service, id) in before { #expect(four[service] == id, "\(service) was replaced") }

      try pod.writePod(count: 3)
      up = await pod.up()
      try #require(up.status == 0, "\(up.all)")
      #expect(up.errors.contains("- desk-3") && up.errors.contains("volume desk-3-workspace"), "\(up.errors)")
      let three = try await pod.ids()
      #expect(three.count == before.count + 1)
      for (service, id) in three { #expect(four[service] == id, "\(service) was replaced") }
      let volumes = await Machine.docker([
        "volume", "ls", "-q", "--filter", "label=com.docker.compose.project=\(GovernedPod.name)",
      ])
      #expect(volumes.output.contains("desk-2-workspace") && !volumes.output.contains("desk-3"), "\(volumes.output)")
    }

    @Test("INVOKE fires, and its message arrives byte for byte; TRACK writes down (abuse case 8)")
    func invoke() async throws {
      let pod = try await GovernedPod.shared.value
      var woken = ""
      for _ in 0..<75 where woken.isEmpty {
        woken = await pod.shell("desk-0", "cat /workspace/woken 2>/dev/null").output
        if woken.isEmpty { try await Task.sleep(for: .seconds(1)) }
      }
      #expect(woken.hasPrefix("wake: \"50%\" $HOME;"), "\(woken)")
      _ = await pod.shell("desk-0", "apt-get --version")
      let log = await pod.shell("desk-0", "cat \"$CLAW_TRACK_LOG\"")
      #expect(log.output.contains("apt-get"), "\(log.all)")
    }

    @Test("A changed contract is shown, and only the claws that have it are replaced")
    func changedContract() async throws {
      let pod = try await GovernedPod.shared.value
      let before = try await pod.ids()
      try pod.folder.write("AGENTS.md", "# The contract\n\nYou do even less.\n")
      let ps = await Machine.claw(["ps", pod.folder.path])
      #expect(ps.output.contains("changed"), "\(ps.all)")
      let up = await pod.up(["-q"])
      #expect(up.status == 0, "\(up.all)")
      let after = try await pod.ids()
      #expect(after["wire"] == before["wire"] && after["host"] == before["host"])
      #expect(after["desk-0"] != before["desk-0"])
      let read = await pod.exec("desk-0", ["cat", "/claw/AGENTS.md"])
      #expect(read.output.contains("even less"))
    }

    @Test("Without its contract nothing starts and nothing is written (abuse cases 32 and 33)")
    func missingContract() async throws {
      let pod = try await GovernedPod.shared.value
      let before = try await pod.ids()
      let files = pod.folder.files.filter { !$0.hasSuffix("/AGENTS.md") || $0.contains("/objects/") }
      let generated = pod.folder.read("compose.generated.yml")
      unlink(FilePath.join(pod.folder.path, "AGENTS.md"))
      try pod.writePod(count: 1)
      let up = await pod.up()
      #expect(up.status == 4, "\(up.all)")
      #expect(pod.folder.files == files)
      #expect(pod.folder.read("compose.generated.yml") == generated)
      #expect(try await pod.ids() == before)
      let ps = await Machine.claw(["ps", pod.folder.path, "--exit-code"])
      #expect(ps.status == 6 && ps.errors.contains("can't be compiled") && !ps.output.contains(" ok\n"), "\(ps.all)")
    }

    @Test("down leaves nothing")
    func down() async throws {
      let pod = try await GovernedPod.shared.value
      let down = await pod.down()
      #expect(down.status == 0, "\(down.all)")
      let filter = "label=com.docker.compose.project=\(GovernedPod.name)"
      for words in [["ps", "-aq"], ["volume", "ls", "-q"], ["network", "ls", "-q"]] {
        let left = await Machine.docker(words + ["--filter", filter])
        #expect(left.output.isEmpty, "\(words): \(left.output)")
      }
    }
  }
}

extension AddressRange {
  /// The first address, without the bits.
  var host: String { String(description.prefix { $0 != "/" }) }
}
