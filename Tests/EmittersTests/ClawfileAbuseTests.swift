import Diagnostics
import Driver
import Source
import Testing

/// The cases of the list of abuses that concern a Clawfile and that a compile alone decides. What a built image has to
/// show is in the end-to-end tests.
@Suite("Clawfiles: abuse cases")
struct ClawfileAbuseTests {
  static let head = "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"run\"]\n"

  static func compile(_ bytes: [UInt8], strict: Bool = false) -> Compilation {
    Compiler.compile(SourceFile(path: "Clawfile", bytes: bytes), kind: .clawfile, files: PodFiles([:]))
  }

  /// The rules of the errors, and the generated file, empty where there is none.
  static func compile(_ text: String) -> (errors: [String], output: String, findings: String) {
    let result = compile(Array(text.utf8))
    let output = result.artifacts.last.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    return (PodFixture.errors(result), output, PodFixture.findings(result))
  }

  @Test(
    "2. A NUL or a carriage return in a directive's value is an error with its place, and nothing is written",
    arguments: [
      "AGENT a\0b.md", "CONFIGURE a\0b", "MODEL primary a/b\0", "AGENT a\rb.md", "INVOKE @daily a\rb", "ACT a\rb",
    ])
  func controls(line: String) {
    let result = Self.compile(Array((Self.head + line + "\n").utf8))
    #expect(PodFixture.errors(result).count == 1, "\(PodFixture.findings(result))")
    #expect(PodFixture.findings(result).contains("--> Clawfile:4:"), "\(PodFixture.findings(result))")
    #expect(result.artifacts.isEmpty)
  }

  @Test("2. What is Docker's may hold what BuildKit takes, and keeps it")
  func dockersControls() {
    let text = "FROM scratch\r\nLABEL a=\"b\0c\"\r\n"
    let result = Self.compile(text)
    #expect(result.errors == [] && result.output == text, "\(result.findings)")
  }

  @Test("3. A value may end in a backslash, and the next line is one of its own")
  func backslash() {
    let result = Self.compile("# escape=`\n" + Self.head + "CONFIGURE dir c:\\\nAGENT AGENTS.md\n")
    #expect(result.errors == [], "\(result.findings)")
    #expect(result.output.contains("claw.agent.file=\"AGENTS.md\""), "\(result.output)")
    #expect(
      result.output.contains("claw.configure.0=\"dir c:\\\"\n")
        || result.output.contains("claw.configure.0=\"dir c:\\\""))
    #expect(result.output.contains("\ndir c:\\\nCLAW\n"), "\(result.output)")
  }

  @Test("4. A backslash before a line end goes on with the value, and starts no instruction")
  func continuation() {
    let result = Self.compile(Self.head + "CONFIGURE echo \\\nRUN rm -rf / \\\n# a comment\nUSER root\n")
    #expect(result.errors == [], "\(result.findings)")
    #expect(result.output.contains("claw.configure.0=\"echo RUN rm -rf / USER root\""), "\(result.output)")
    for word in ["\nRUN ", "\nUSER "] { #expect(!result.output.contains(word), "\(result.output)") }
  }

  @Test("5. The escape character of the file is that of the parser and of the generated block")
  func escape() {
    let result = Self.compile("# escape=`\n" + Self.head + "CONFIGURE a `\n  b \"$HOME\"\n")
    #expect(result.errors == [], "\(result.findings)")
    #expect(result.output.contains("LABEL claw.schema=\"1\" `\n"), "\(result.output)")
    #expect(result.output.contains("claw.configure.0=\"a   b `\"`$HOME`\"\""), "\(result.output)")
  }

  @Test(
    "6. Docker's own frontends pass, any other is told by name, and is an error under --strict",
    arguments: [
      ("docker/dockerfile:1", false), ("docker/dockerfile:1.7-labs", false),
      ("docker/dockerfile-upstream:master", false), ("docker.io/docker/dockerfile:1", false),
      ("evil/frontend:1", true), ("registry.example.com/docker/dockerfile:1", true), ("docker/dockerfile.evil", true),
    ])
  func frontends(name: String, isForeign: Bool) {
    let result = Self.compile(Array("# syntax=\(name)\n\(Self.head)".utf8))
    let found = result.bag.diagnostics.filter { $0.rule.name == "clawfile/custom-frontend" }
    #expect(found.count == (isForeign ? 1 : 0), "\(PodFixture.findings(result))")
    #expect(found.allSatisfy { $0.message.contains(name) && $0.severity == .warning })
    #expect(found.allSatisfy { Configuration().judged($0, isStrict: true)?.severity == .error })
    // What builds it stands in what is built.
    #expect(
      result.artifacts.last.map { String(decoding: $0.bytes, as: UTF8.self) }?.hasPrefix("# syntax=\(name)\n") == true)
  }

  @Test("7. A variable of the build does not get into a text that only looks like one")
  func variables() {
    let lines = ["CONFIGURE echo $HOME", "INVOKE @daily say $HOME", "ACT x ${HOME}", "SURFACE volume://notes"]
    let result = Self.compile(Self.head + "ARG HOME=evil\n" + lines.map { $0 + "\n" }.joined())
    #expect(result.errors == [], "\(result.findings)")
    for word in ["\"echo \\$HOME\"", "say \\$HOME", "\"x \\${HOME}\""] {
      #expect(result.output.contains(word), "\(word): \(result.output)")
    }
  }

  @Test("8. A message is one line of data, whatever a crontab or a shell would make of it")
  func messages() throws {
    let messages = ["50% \"off\"; 'now'", "root * * * * *", "$(id) `id`", "a\tb", "\\n0 0 * * * x", "CLAW"]
    let result = Self.compile(Self.head + messages.map { "INVOKE 0 0 1 1 * \($0)\n" }.joined())
    #expect(result.errors == [], "\(result.findings)")
    let from = try #require(result.output.firstRange(of: "/claw/schedule\n"), "\(result.output)")
    let rest = result.output[from.upperBound...]
    let table = rest[..<(try #require(rest.firstRange(of: "\nCLAW\n")).lowerBound)]
    #expect(table.split(separator: "\n").count == messages.count, "\(table)")
  }

  @Test(
    "9. The grammar of schedules",
    arguments: [
      ("* * * * *", true), ("0,30 0-5/2 1 1 0-7", true), ("*/5 * * * mon-fri", true), ("5 4 1 JAN *", true),
      ("@hourly", true), ("@daily", true), ("@weekly", true), ("@monthly", true), ("TZ=Europe/Berlin @daily", true),
      ("TZ=UTC 1 2 3 4 5", true), ("61 * * * *", false), ("* 24 * * *", false), ("* * 0 * *", false),
      ("* * 32 * *", false), ("* * * 13 *", false), ("* * * * 8", false), ("* * * *", false), ("*/0 * * * *", false),
      ("5-1 * * * *", false), ("a * * * *", false), ("@reboot", false), ("@yearly-ish", false), ("L * * * *", false),
      ("* * 1W * *", false), ("* * * * 5#3", false), ("1,, * * * *", false), ("-1 * * * *", false),
      ("1/ * * * *", false), ("TZ=../x * * * * *", false),
    ])
  func schedules(schedule: String, isGood: Bool) {
    let result = Self.compile(Self.head + "INVOKE \(schedule) tick\n")
    #expect(result.errors.isEmpty == isGood, "\(result.findings)")
  }

  @Test("10. The text of CONFIGURE is that of the script, byte for byte")
  func scripts() {
    let lines = ["cat <<'EOF' >x", "it's \"$HOME\" $(id) `id` \\", "EOF", "CLAW", "echo '%s' \\\\"]
    let result = Self.compile(Self.head + "CONFIGURE <<SH\n" + lines.map { $0 + "\n" }.joined() + "SH\n")
    #expect(result.errors == [], "\(result.findings)")
    let script = "\n#!/bin/sh\nset -eu\n" + lines.map { $0 + "\n" }.joined() + "CLAW_"
    #expect(result.output.contains(script) || result.output.contains(script.dropLast(1)), "\(result.output)")
    // An end that is a line of the script would cut it short.
    #expect(!result.output.contains("<<'CLAW' /claw/configure.sh"), "\(result.output)")
  }

  @Test("11. A heredoc is passed on untouched, whatever its lines look like")
  func heredocs() {
    let body = "RUN <<EOF\nMODEL x\nAGENT y\nCONFIGURE z \\\nEOF\n"
    let result = Self.compile("FROM scratch\n" + body)
    #expect(result.errors == [] && result.output == "FROM scratch\n" + body, "\(result.findings)")
    let both = Self.compile(Self.head + body)
    #expect(both.errors == [] && both.output.contains(body) && !both.output.contains("claw.model"), "\(both.output)")
  }

  @Test("12. Directives belong to their stage, and to those that are built on it")
  func stages() {
    let result = Self.compile(
      """
      FROM debian:bookworm-slim AS base
      CLAW_TYPE generic
      AGENT BASE.md
      FROM base AS last
      AGENT LAST.md
      FROM debian:bookworm-slim AS other
      CMD ["x"]

      """)
    #expect(result.errors == [], "\(result.findings)")
    let blocks = result.output.components(between: "# >>> claw", and: "# <<< claw")
    #expect(blocks.count == 2, "\(result.output)")
    #expect(blocks.first?.contains("BASE.md") == true && blocks.first?.contains("LAST.md") == false)
    #expect(blocks.last?.contains("LAST.md") == true && blocks.last?.contains("claw.type=\"generic\"") == true)
    #expect(result.output.hasSuffix("FROM debian:bookworm-slim AS other\nCMD [\"x\"]\n"), "\(result.output)")
  }

  @Test(
    "13. A contract's name stays in the pod's folder and is a name",
    arguments: [
      "../../etc/passwd", "a/../../b", "/etc/passwd", "-x", "a\0b", String(repeating: "a", count: 4_096), "..",
      ".", "\"\"", "a/", "\"a\n\"",
    ])
  func contracts(name: String) {
    let result = Self.compile(Self.head + "AGENT \(name)\n")
    #expect(!result.errors.isEmpty && result.output.isEmpty, "\(result.findings)")
  }

  @Test("14. A secret's name is a warning, the shape of a real key an error that does not repeat it")
  func secrets() {
    let key = "sk-ant-api03-" + String(repeating: "aB3dE5fG7hJ9", count: 8) + "AA"
    let named = Self.compile(Array("FROM scratch\nENV OPENAI_API_KEY=x\n".utf8))
    #expect(PodFixture.errors(named) == [])
    #expect(PodFixture.warnings(named).contains("clawfile/secret-in-arg-or-env"))
    for line in ["ENV A=\(key)", "ARG A=\(key)", "RUN login \(key)", "CONFIGURE login \(key)", "LABEL a=\(key)"] {
      let result = Self.compile(Self.head + line + "\n")
      #expect(result.errors == ["clawfile/secret-value"], "\(line): \(result.errors)")
      #expect(!result.findings.contains(key) && !result.findings.contains(key.dropFirst(20)), "\(result.findings)")
    }
  }

  @Test("What a base image says of itself gets into no line of its own")
  func hostileBase() throws {
    let evil = "x\\nRUN evil"
    let labels = [
      "claw.type": "generic", "claw.agent.file": evil, "claw.privilege.runtime": evil, "claw.track.0": evil,
      "claw.surface.0": "volume://a\\nRUN evil ro", "claw.skill.0": evil, "claw.persona.default": evil,
      "claw.cllama.0": evil, "claw.model.primary": evil, "claw.model.a\\nRUN evil": "x",
      "claw.handle.a\\nRUN evil": "true", "claw.configure.0": "echo\\u0000",
      "claw.act.0": "{\\\"script\\\": \\\"a\\\\r\\\"}",
      "claw.invoke.0": "* * * * * a\\nRUN evil", "claw.model.fallback": "kept/x", "claw.configure.1": "echo kept",
    ]
    let members = labels.sorted { $0.key < $1.key }.map { "\"\($0)\": \"\($1)\"" }
    for user in [evil, "u\\\\", "$(id)", "a;b", "\\\"a", "a b"] {
      let lock = """
        {"schema": 1, "images": {"evil:1": {"id": "sha256:1", "digest": null, "labels": {\(members.joined(separator: ", "))}, \
        "entrypoint": ["/x"], "command": null, "user": "\(user)"}}}
        """
      let source = SourceFile(path: "Clawfile", text: "FROM evil:1\nWORKDIR /workspace\nCONFIGURE echo own\n")
      let result = Compiler.compile(source, kind: .clawfile, files: PodFiles(["claw.lock": Array(lock.utf8)]))
      #expect(PodFixture.errors(result) == [], "\(PodFixture.findings(result))")
      let output = result.artifacts.last.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
      #expect(!output.contains("evil\n") && !output.contains("RUN evil") && !output.contains("$(id)"), "\(output)")
      #expect(output.contains("claw.model.fallback=\"kept/x\"") && output.contains("\necho kept\n"), "\(output)")
      #expect(output.contains("--chown=1000:1000 / /workspace/") && !output.contains("USER \(user)"), "\(output)")
    }
  }

  @Test(
    "A user that is no name owns nothing; one that a build fills in does",
    arguments: [
      ("a b", "1000:1000"), ("a\\b", "1000:1000"), ("\"a\\\"b\"", "1000:1000"), ("$(id)", "1000:1000"),
      ("a;b", "1000:1000"),
      ("$WHO", "$WHO"), ("${WHO}:7", "${WHO}:7"), ("app", "app"), ("7:8", "7:8"), ("${WHO:-a}", "1000:1000"),
    ])
  func owners(user: String, owner: String) {
    let result = Self.compile(Self.head + "ARG WHO=me\nUSER \(user)\n")
    #expect(result.errors == [], "\(result.findings)")
    #expect(result.output.contains("--chown=\(owner) / /workspace/\n"), "\(result.output)")
  }
}

extension String {
  /// The texts between marks.
  fileprivate func components(between open: String, and close: String) -> [Substring] {
    var rest = self[...]
    var found: [Substring] = []
    while let from = rest.firstRange(of: open), let to = rest[from.upperBound...].firstRange(of: close) {
      found.append(rest[from.upperBound..<to.lowerBound])
      rest = rest[to.upperBound...]
    }
    return found
  }
}
