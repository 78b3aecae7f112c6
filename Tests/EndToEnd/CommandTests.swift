import Glibc
import JSON
import Runtime
import Source
import TestSupport
import Testing

/// The command line itself: what needs no engine. A script stands in for docker where one is called.
@Suite(.serialized)
struct CommandTests {
  private static let pod = """
    x-claw: {pod: command-test}
    services:
      desk:
        build: .
        x-claw:
          agent: AGENTS.md
          cllama: none
          count: 2
          surfaces: [service://wire, {"volume://notes": read-only}]
      wire: {image: wire}
    volumes: {notes: }

    """

  private func project() throws -> Folder {
    let folder = try Folder("command")
    try folder.write(
      "Clawfile", "FROM debian:bookworm-slim\nCLAW_TYPE generic\nAGENT AGENTS.md\nCMD [\"sleep\", \"1\"]\n")
    try folder.write("AGENTS.md", "# The contract\n")
    try folder.write("claw-pod.yml", Self.pod)
    return folder
  }

  // MARK: Help

  private static let commands = [
    "build", "check", "compile", "dash", "doctor", "down", "explain", "fmt", "golden", "graph", "health", "help",
    "init",
    "inspect", "lock", "logs", "parse", "ps", "secrets", "up",
  ]

  @Test("The help of each command ends with two examples of it, and its usage fits", arguments: commands)
  func help(command: String) async {
    for words in [[command, "--help"], ["help", command]] {
      let help = await Machine.claw(words)
      #expect(help.status == 0 && help.errors.isEmpty, "\(help.all)")
      let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(lines.suffix(4).first == "EXAMPLES", "\(help.output)")
      #expect(lines.suffix(3).prefix(2).allSatisfy { $0.hasPrefix("  claw \(command)") }, "\(help.output)")
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
    }
  }

  @Test("All commands are listed, and unknown ones are wrong usage")
  func listed() async {
    let help = await Machine.claw(["--help"])
    for command in Self.commands { #expect(help.output.contains("\n  \(command) "), "\(command): \(help.output)") }
    let near = await Machine.claw(["chek"])
    #expect(near.errors.contains("claw: there is no command 'chek'; did you mean 'check'?"), "\(near.all)")
    let option = await Machine.claw(["check", "--stict"])
    #expect(option.errors.hasPrefix("claw: unknown option '--stict'"), "\(option.all)")
    for words in [["nope"], ["check", "--nope"], ["help", "nope"], ["up", "--build", "--no-build"]] {
      let run = await Machine.claw(words)
      #expect(run.status == 2 && run.output.isEmpty && !run.errors.isEmpty, "\(words): \(run.all)")
    }
  }

  @Test("Completions for every shell name the commands", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) async {
    let script = await Machine.claw(["--generate-completion-script", shell])
    #expect(script.status == 0 && script.errors.isEmpty, "\(script.errors)")
    for word in ["compile", "dry-run", "mermaid"] { #expect(script.output.contains(word), "\(shell): \(word)") }
  }

  @Test("bash completes a rule's name and a runner type")
  func completes() async {
    let script = """
      PATH="${1%/*}:$PATH"; source <("$1" --generate-completion-script bash)
      complete_line() {
        COMP_LINE="$*"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_POINT=${#COMP_LINE}; COMPREPLY=()
        _claw claw "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; echo "${COMPREPLY[@]}"
      }
      complete_line claw explain clawfile/shell-f; complete_line claw init --type claude
      """
    let run = await Machine.run("/bin/bash", ["--norc", "-c", script, "bash", Machine.claw])
    #expect(run.output == "clawfile/shell-form\nclaude-code\n", "\(run.all)")
  }

  // MARK: Findings

  @Test("A search that finds no file says what it looked for; status 2")
  func nothingFound() async throws {
    let folder = try Folder("empty")
    try folder.write("inner/README.md", "")
    for command in ["check", "compile", "lock", "parse"] {
      let run = await folder.claw([command, "nope.yml"])
      #expect(run.status == 2 && run.errors == "claw: 'nope.yml' doesn't exist\n", "\(command): \(run.all)")
    }
    for words in [["check"], ["check", "inner"], ["fmt", "--check"], ["parse", "inner"]] {
      let run = await folder.claw(words)
      #expect(run.status == 2, "\(words): \(run.all)")
      #expect(run.errors.contains("no Clawfile, Dockerfile or claw-pod.yml"), "\(words): \(run.all)")
    }
    let compile = await folder.claw(["compile"])
    #expect(compile.status == 2 && compile.errors.contains("claw init"), "\(compile.all)")
  }

  @Test("Configuration: upwards from the file, then variables, then flags")
  func configuration() async throws {
    let folder = try Folder("configuration")
    let variables = ["XDG_CONFIG_HOME=\(folder.path)/home", "CLAW_FAIL_ON=", "CLAW_STRICT="]
    try folder.write("a/Dockerfile", "FROM scratch\nCMD a\n")
    #expect(await folder.claw(["check"], variables).status == 0)
    try folder.write("a/.claw.yml", "fail-on: warning\n")
    #expect(await folder.claw(["check"], variables).status == 1)
    #expect(await folder.claw(["check"], variables + ["CLAW_FAIL_ON=error"]).status == 0)
    #expect(await folder.claw(["check", "--fail-on", "warning"], variables + ["CLAW_FAIL_ON=error"]).status == 1)
    try folder.write("a/.claw.yml", "rules: {clawfile/shell-form: off}\n")
    let off = await folder.claw(["check"], variables)
    #expect(off.status == 0 && off.all.isEmpty, "\(off.all)")
    try folder.write("home/claw/config.yml", "fail-on: fatal\n")
    let wrong = await folder.claw(["check"], variables)
    #expect(wrong.status == 3 && wrong.errors.contains("error[claw/configuration]"), "\(wrong.all)")
    try folder.write("home/claw/config.yml", "fail-on: info\n")
    let variable = await folder.claw(["check"], variables + ["CLAW_STRICT=maybe"])
    #expect(variable.status == 3 && variable.errors.contains("CLAW_STRICT:1:1"), "\(variable.all)")
  }

  @Test("--fail-on keeps a compile from writing, --quiet shows only what fails, --verbose what was read")
  func failOn() async throws {
    let folder = try Folder("fail-on")
    try folder.write("Clawfile", "FROM scratch\nCLAW_TYPE generic\nAGENT AGENTS.md\nCMD a\n")
    let failed = await folder.claw(["compile", "--fail-on", "warning"])
    #expect(failed.status == 1 && folder.read("Dockerfile.generated") == nil, "\(failed.all)")
    let quiet = await folder.claw(["compile", "-q"])
    #expect(quiet.status == 0 && quiet.all.isEmpty && folder.read("Dockerfile.generated") != nil, "\(quiet.all)")
    let verbose = await folder.claw(["compile", "-v"])
    #expect(verbose.errors.contains("read Clawfile\n"), "\(verbose.all)")
  }

  @Test("compile --target: compose, and Kubernetes, where what would be lost must be waived by name")
  func target() async throws {
    let folder = try project()
    #expect(await folder.claw(["compile", "--target", "compose"]).status == 0)
    let lost = await folder.claw(["compile", "--target", "kubernetes@1.37"])
    #expect(lost.status == 3 && lost.errors.contains("say --waive pids_limit"), "\(lost.all)")
    #expect(folder.read("kubernetes.generated.yml") == nil)
    let waivers = ["--waive", "restart,ulimits,pids_limit,tmpfs,sysctls,ports,depends_on,dns"]
    let waived = await folder.claw(["compile", "--target", "kubernetes@1.37"] + waivers)
    #expect(waived.status == 0, "\(waived.all)")
    #expect(folder.read("kubernetes.generated.yml")?.contains("# waived: pids_limit: ") == true, "\(waived.all)")
    let noVersion = await folder.claw(["compile", "--target", "kubernetes"])
    #expect(noVersion.status == 2 && noVersion.errors.contains("kubernetes@1.33"), "\(noVersion.all)")
    let unknown = await folder.claw(["compile", "--target", "podman"])
    #expect(unknown.status == 2 && unknown.errors.contains("there are: compose"), "\(unknown.all)")
  }

  // MARK: Pods

  @Test("The name of a pod without one is its folder's, wherever claw is run from")
  func folderName() async throws {
    let folder = try Folder("names")
    try folder.write("My Pod/claw-pod.yml", "services: {wire: {image: wire}}\nx-claw: {}\n")
    try folder.write("My Pod/inner/x", "")
    let words = ["--json"]
    for path in [".", "My Pod", "My Pod/inner"] {
      let line = "cd \"$1/$2\" && shift 2 && exec \"$@\""
      let pod = path == "." ? ["My Pod"] : []
      let run = await Machine.run(
        "/bin/sh", ["-c", line, "sh", folder.path, path, Machine.claw, "graph"] + pod + words)
      let document = try JSONParser.parse(run.output.utf8)
      #expect(document["pod"]?.string == "mypod", "\(path): \(run.all)")
    }
  }

  @Test("claw graph draws the same pod in every form")
  func graph() async throws {
    let folder = try project()
    let mermaid = await folder.claw(["graph"])
    #expect(mermaid.output.hasPrefix("flowchart LR\n") && mermaid.output.contains("desk ×2"), "\(mermaid.all)")
    #expect(mermaid.output.contains("claw_desk -->|\"reads\"| volume_notes"), "\(mermaid.all)")
    let dot = await folder.claw(["graph", "--format", "dot"])
    #expect(dot.output.contains("claw_desk -> service_wire [label=\"claw-desk\"];"), "\(dot.all)")
    let svg = await folder.claw(["graph", "--format", "svg"])
    #expect(svg.output.hasPrefix("<svg") && svg.output.contains("notes</text>"), "\(svg.all)")
    let json = await folder.claw(["graph", "--json"])
    let document = try JSONParser.parse(json.output.utf8)
    #expect(document["nodes"]?.array?.compactMap { $0["kind"]?.string } == ["claw", "service", "volume"])
    #expect(document["edges"]?.array?.compactMap { $0["to"]?.string } == ["service_wire", "volume_notes"])
    unlink(FilePath.join(folder.path, "AGENTS.md"))
    let refused = await folder.claw(["graph"])
    #expect(refused.status == 4 && refused.output.isEmpty, "\(refused.all)")
  }

  @Test("claw inspect takes the pod here, and says where each setting comes from")
  func inspect() async throws {
    let folder = try project()
    let own = await folder.claw(["inspect"])
    #expect(own.status == 0 && own.output.hasPrefix("desk\n") && own.output.contains("count"), "\(own.all)")
    let json = try JSONParser.parse(await folder.claw(["inspect", "--json"]).output.utf8)
    let settings = json["claws"]?.array?.first?["settings"]?.array ?? []
    #expect(settings.contains { $0["name"]?.string == "type" && $0["origin"]?.string == "image" })
    let nothing = try Folder("inspect")
    #expect(await nothing.claw(["inspect"]).status == 2)
  }

  @Test("claw lock writes what the engine says, and says what it lacks")
  func lock() async throws {
    let folder = try Folder("lock")
    try folder.write("Clawfile", "FROM example:1\nCLAW_TYPE generic\nAGENT AGENTS.md\n")
    let image = """
      [{"Id": "sha256:aa", "RepoDigests": ["example@sha256:bb"], "Config": {"User": "7:7", "Labels": {"a": "b"}, \
      "Entrypoint": ["/run"], "Cmd": ["x"]}}]
      """
    try await folder.fakeDocker(

      "'inspect --type image -- example:1') if [ -e there ]; then echo '\(image)'; else echo '[]'; echo 'no such image' >&2; exit 1; fi ;;"
    )
    let docker = ["CLAW_DOCKER=bin/docker"]
    let missing = await folder.claw(["lock"], docker)
    #expect(missing.status == 5 && missing.errors.contains("the engine lacks: example:1"), "\(missing.all)")
    #expect(folder.read("claw.lock") == nil)
    try folder.write("there", "")
    #expect(await folder.claw(["lock", "--check"], docker).status == 1)
    let written = await folder.claw(["lock"], docker)
    #expect(written.status == 0 && written.errors == "wrote claw.lock: 1 image\n", "\(written.all)")
    let lock = folder.read("claw.lock") ?? ""
    for word in ["example:1", "sha256:aa", "sha256:bb", "7:7", "/run"] { #expect(lock.contains(word), "\(lock)") }
    #expect(await folder.claw(["lock", "--check"], docker).status == 0)
    let compiled = await folder.claw(["compile", "--stdout"])
    #expect(compiled.status == 0 && compiled.output.contains("FROM example:1"), "\(compiled.all)")
  }

  @Test("Where there is nothing to lock, no file is written, and none removed")
  func nothingToLock() async throws {
    let folder = try Folder("lock-nothing")
    try folder.write("Clawfile", "FROM debian:bookworm-slim\nCLAW_TYPE generic\n")
    for words in [["lock"], ["lock", "--check"]] {
      let result = await folder.claw(words, ["CLAW_DOCKER=/no/such/docker"])
      #expect(result.status == 0 && result.errors.contains("nothing to lock"), "\(result.all)")
    }
    #expect(folder.read("claw.lock") == nil)
    try folder.write("claw.lock", "{\"schema\": 1, \"images\": {}}\n")
    #expect(await folder.claw(["lock"]).status == 0)
    let checked = await folder.claw(["lock", "--check"])
    #expect(checked.status == 1 && checked.errors.contains("'claw.lock' is not needed"), "\(checked.all)")
    #expect(folder.read("claw.lock") != nil)
  }

  @Test("Lock reads a file as it is told to")
  func lockKind() async throws {
    let folder = try Folder("lock-kind")
    try folder.write("odd.name", "FROM debian:bookworm-slim\nCLAW_TYPE generic\n")
    #expect(await folder.claw(["lock", "--as", "clawfile", "odd.name"]).status == 0)
  }

  @Test("Findings for machines never stand between other data")
  func findingsBesidesData() async throws {
    let folder = try Folder("besides")
    let text = "FROM scratch\nMAINTAINER me\n"
    try folder.write("Clawfile", text)
    let compiled = await folder.claw(["compile", "--stdout", "--format", "json"])
    #expect(compiled.status == 0 && compiled.output == text, "\(compiled.all)")
    #expect(try JSONParser.parse(compiled.errors.utf8)["diagnostics"]?.array?.count == 2, "\(compiled.all)")
    let parsed = await folder.claw(["parse", "Clawfile", "--dump", "spans", "--format", "json"])
    #expect(parsed.output == "[[1,1],[2,2]]\n", "\(parsed.all)")
    let formatted = await folder.claw(["fmt", "--check", "--format", "sarif", "Clawfile"])
    #expect(formatted.status == 0 && formatted.output.isEmpty, "\(formatted.all)")
  }

  @Test("The base is the one that --build-arg chooses")
  func buildArgument() async throws {
    let folder = try Folder("build-arg")
    try folder.write("Clawfile", "ARG BASE=one\nFROM $BASE\nCLAW_TYPE generic\nCONFIGURE true\n")
    let facts = ["one", "two"].map {
      "\"\($0)\": {\"id\": \"sha256:a\", \"digest\": null, \"labels\": {}, \"entrypoint\": [\"/\($0)\"], \"command\": null, \"user\": \"7:7\"}"
    }
    try folder.write("claw.lock", "{\"schema\": 1, \"images\": {\(facts.joined(separator: ","))}}")
    try await folder.fakeDocker("build*) ;;")
    let docker = ["CLAW_DOCKER=bin/docker", "BASE=two"]
    for (words, base) in [(["--build-arg", "BASE=two"], "two"), (["--build-arg", "BASE"], "two"), ([], "one")] {
      let built = await folder.claw(["build"] + words, docker)
      #expect(built.status == 0, "\(built.all)")
      #expect(folder.read("Dockerfile.generated")?.contains("\"/\(base)\"") == true, "\(built.all)")
    }
  }

  @Test("Calls of docker are shown as a shell would take them")
  func verbose() async throws {
    let folder = try project()
    try await folder.fakeDocker("'network ls -q --no-trunc') echo 'no engine' >&2; exit 1 ;;")
    let run = await folder.claw(["up", "-v"], ["CLAW_DOCKER=bin/docker"])
    #expect(run.status == 5 && run.errors.contains("read claw-pod.yml\n"), "\(run.all)")
    #expect(run.errors.contains("+ '\(folder.path)/bin/docker' network ls -q --no-trunc\n"), "\(run.all)")
  }

  @Test("Data that can't be written is a failure, and says why")
  func fullOutput() async throws {
    let folder = try project()
    for words in ["compile --stdout", "explain", "inspect --json", "check --format json"] {
      let script = "cd \"$1\" && exec \"$2\" \(words) >/dev/full"
      let run = await Machine.run("/bin/sh", ["-c", script, "sh", folder.path, Machine.claw])
      #expect(run.status == 1 && run.errors.contains("No space left on device"), "\(words): \(run.status) \(run.all)")
    }
  }

  @Test("A Clawfile that can't be read is not passed over for the Dockerfile beside it")
  func unreadableClawfile() async throws {
    let folder = try project()
    try folder.write("Dockerfile", "FROM debian:bookworm-slim\n")
    unlink(folder.path + "/Clawfile")
    mkdir(folder.path + "/Clawfile", 0o755)
    let run = await folder.claw(["check", "claw-pod.yml"])
    #expect(run.status == 3 && run.errors.contains("the build's file 'Clawfile' is no regular file"), "\(run.all)")
  }

  @Test("claw inspect shows what joins the contract, and whose user it is")
  func inspectsIncludes() async throws {
    let folder = try project()
    try folder.write("law.md", "law\n")
    try folder.write(
      "claw-pod.yml",
      """
      services:
        desk:
          build: .
          user: "1001"
          x-claw: {cllama: none, include: [{id: law, file: law.md, mode: enforce}]}

      """)
    let run = await folder.claw(["inspect"])
    #expect(run.output.contains("  include  law enforce law.md  (pod)\n"), "\(run.all)")
    #expect(run.output.contains("  user     1001  (pod)\n"), "\(run.all)")
  }

  @Test("A contract that is swapped between the check and the start is the checked one (abuse case 35)")
  func swappedContract() async throws {
    let folder = try project()
    let checked = folder.read("AGENTS.md")
    try await folder.fakeDocker(
      """
      'network ls -q --no-trunc' | 'ps '* | 'volume ls '*) echo '# Evil' >"$PWD/AGENTS.md"; exit 0 ;;
      *' config --hash '*) echo 'desk-0 1' ;;
      *' config --format json') echo '{"services": {"desk-0": {"image": "x"}}}' ;;
      'inspect '*) echo '[]' ;;
      *' build'*) exit 0 ;;
      *' up -d '*) cat >started; exit 0 ;;
      """)
    let up = await folder.claw(["up"], ["CLAW_DOCKER=bin/docker"])
    #expect(folder.read("AGENTS.md") == "# Evil\n", "\(up.all)")
    let objects = folder.files.filter { $0.contains("/objects/") && $0.hasSuffix("/AGENTS.md") }
    try #require(objects.count == 1, "\(up.all)")
    let bytes = try DiskFiles().read(objects[0], within: nil, limit: 1 << 20).bytes
    #expect(String(decoding: bytes, as: UTF8.self) == checked)
    let digest = FilePath.name(of: FilePath.directory(of: objects[0]))
    let sum = await Machine.run("/usr/bin/sha256sum", [objects[0]])
    #expect(sum.output.hasPrefix(digest))
    let started = folder.read("compose.generated.yml") ?? folder.read("started") ?? ""
    #expect(started.contains("claw.contract: \"sha256:\(digest)\"") || started.contains(digest), "\(started)")
  }

  @Test("A key that a pod names is written nowhere, and said nowhere (abuse case 40)")
  func canary() async throws {
    let folder = try project()
    let key = "sk-canary-" + String(repeating: "9d2c", count: 8)
    // A sidecar asks the service, and so must know its port.
    let pod = Self.pod.replacing("cllama: none", with: "cllama-env: {OPENAI_API_KEY: \"${OPENAI_API_KEY}\"}")
      .replacing("{image: wire}", with: "{image: wire, x-claw: {expose: {protocol: rest, port: 80}}}")
    try #require(pod != Self.pod)
    try folder.write("claw-pod.yml", pod)
    try folder.write(".env", "ANTHROPIC_API_KEY=\(key)\n")
    for words in [
      ["compile", "-v"], ["compile", "--stdout"], ["check", "--format", "json"], ["inspect", "--json"], ["graph"],
      ["inspect", "compose.generated.yml", "--source-map"], ["parse", "claw-pod.yml"], ["up", "--dry-run"],
    ] {
      let run = await folder.claw(words, ["OPENAI_API_KEY=\(key)", "CLAW_DOCKER=/nowhere"])
      #expect(!run.all.contains(key), "\(words)")
    }
    #expect(folder.read("compose.generated.yml")?.contains("OPENAI_API_KEY") == true)
    for file in folder.files where !file.hasSuffix("/.env") {
      let bytes = try DiskFiles().read(file, within: nil, limit: 1 << 24).bytes
      #expect(bytes.firstRange(of: Array(key.utf8)) == nil, "\(file)")
    }
  }

  @Test("A compose that hangs and ignores SIGTERM is killed after the grace, and the lock is free (abuse case 43)")
  func hangingCompose() async throws {
    let folder = try project()
    try await folder.fakeDocker(

      """
      'network ls -q --no-trunc' | 'ps '* | 'volume ls '*) exit 0 ;;
      *' config --hash '*) echo 'desk-0 1' ;;
      *' config --format json') echo '{"services": {"desk-0": {"image": "x"}}}' ;;
      'inspect '*) echo '[]' ;;
      *' up -d '*) trap '' TERM INT; echo $$ >hanging; sleep 600 & while :; do sleep 1; done ;;
      """)
    let script = """
      cd "$1"; CLAW_DOCKER=bin/docker "$2" up >log 2>&1 & pid=$!
      for i in $(seq 200); do [ -s "$1/hanging" ] && break; sleep 0.1; done
      flock -n "$1/.claw/command-test/lock" true || echo held
      start=$SECONDS; kill -TERM $pid; wait $pid; echo "status $?"
      [ $((SECONDS - start)) -le 20 ] && echo "in time"
      kill -0 "$(cat "$1/hanging")" 2>/dev/null || echo "killed"
      flock -n "$1/.claw/command-test/lock" true && echo free
      """
    let run = await Machine.run("/bin/bash", ["-c", script, "bash", folder.path, Machine.claw], timeout: 90)
    for word in ["held", "status 130", "in time", "killed", "free"] {
      #expect(run.output.contains(word + "\n"), "\(word): \(run.all) \(folder.read("log") ?? "")")
    }
  }
}
