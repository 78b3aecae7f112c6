import Diagnostics
import Driver
import Guards
import IR
import JSON
import Lowering
import Policy
import Source
import TestSupport
import Testing

/// What agents do all day. The hardened profile may deny none of it that the reference lets through, unless it says why.
@Suite("Benign events")
struct BenignTests {
  private static let paths = """
    src/main.rs src/lib/mod.rs README.md docs/index.md docs/api/Überblick.md Makefile Dockerfile .gitignore .github/workflows/ci.yml \
    package.json package-lock.json yarn.lock go.mod go.sum Cargo.toml Cargo.lock pyproject.toml requirements.txt setup.cfg \
    tests/test_login.py tests/fixtures/user.json spec/models/user_spec.rb app/models/environment.rb lib/shadow.js \
    web/src/components/Password Field.tsx web/src/auth/token.ts internal/ssh/client.go pkg/crypto/keys.go cmd/server/main.go \
    migrations/0001_initial.sql k8s/deployment.yaml terraform/main.tf helm/values.yaml config/settings.toml .editorconfig \
    .eslintrc.json .prettierrc tsconfig.json jest.config.js vite.config.ts public/index.html assets/logo.svg data/2026-01.csv \
    notebooks/explore.ipynb scripts/build.sh scripts/release-notes.md CHANGELOG.md LICENSE vendor/modules.txt \
    /workspace/app/src/index.js /home/agent/project/src/app.py /tmp/build/output.log /var/log/app/today.log ./a/b/../c.txt \
    docs/environment-variables.md src/envelope.rs docs/key-rotation.md src/passwd_test.c examples/hosts.txt a.b.c.d.txt \
    src/Größe.swift 日本語/メモ.txt build/out.bin~tmp archive.tar.gz image-v1.2.png report (final).pdf
    """.split(separator: " ").map(String.init)

  private static let contents = [
    "fn main() {\\n    println!(\\\"hello\\\");\\n}\\n", "import os\\n\\nTOKEN = os.environ['TOKEN']\\n",
    "password: ${DB_PASSWORD}\\nsecret_ref: vault/data/app\\n", "# Größe\\n\\nEin Text mit Umlauten: äöü €.\\n",
    "export const apiKey = process.env.API_KEY;\\n",
    "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\\n",
    "The quick brown fox jumps over the lazy dog.\\n", "{\\\"version\\\": \\\"1.2.3\\\", \\\"private\\\": true}\\n", "",
  ]

  private static let patches = [
    "--- a/src/a.c\\n+++ b/src/a.c\\n@@ -1,2 +1,3 @@\\n int main(void) {\\n+  puts(\\\"hi\\\");\\n }\\n",
    "--- a/src/a.c\\n+++ b/src/a.c\\n@@ -1,2 +1,1 @@\\n-// old\\n int x;\\n",
    "--- /dev/null\\n+++ b/src/new.py\\n@@ -0,0 +1,2 @@\\n+def f():\\n+    return 1\\n",
    "diff --git a/src/a.c b/src/a.c\\n--- a/src/a.c\\n+++ b/src/a.c\\n@@ -1 +1 @@\\n-a\\n+b\\n",
  ]

  private static let hosts = [
    "api.openai.com", "api.anthropic.com", "github.com", "api.github.com", "raw.githubusercontent.com", "pypi.org",
    "files.pythonhosted.org", "registry.npmjs.org", "crates.io", "static.crates.io", "proxy.golang.org", "example.com",
    "docs.rs", "xn--mnchen-3ya.example", "10.0.0.1", "localhost",
  ]

  private static let commands = [
    ["ls", "-la"], ["git", "status"], ["git", "commit", "-m", "fix: a bug"], ["cargo", "test", "--all"],
    ["make", "test"],
    ["npm", "run", "build"], ["python3", "-m", "pytest", "-q"], ["rg", "TODO", "src"], ["sed", "-n", "1,20p", "a.txt"],
    ["go", "vet", "./..."], ["uname", "-a"], ["find", ".", "-name", "*.rs"], ["docker", "ps"], ["cat", "README.md"],
    ["sh", "-c", "make && make test"], ["swift", "build"], ["wc", "-l", "data.csv"],
    ["grep", "-rn", "password", "docs"],
  ]

  private static let tools = [
    "read_file", "list_directory", "search", "create_issue", "get_weather", "mcp__docs__search",
  ]

  private static let texts = [
    "Please summarize the attached report in three sentences.", "Can you ignore the failing test for now and go on?",
    "The previous instructions in the manual were unclear; see page 4.", "Translate to German: how are you?",
    "What does 'system prompt' mean in this paper?", "Bitte prüfe die Größe der Datei.", "🙂 thanks!",
    "Write a poem about keys and secrets.", "Our DAN-300 printer is out of paper.",
    "Act as a proofreader for this text.",
  ]

  private static func event(_ type: String, _ data: String, _ metadata: String = "") -> String {
    #"{"eventId":"e","eventType":"\#(type)","timestamp":"2026-01-01T00:00:00Z","data":{\#(data)}\#(metadata)}"#
  }

  static let corpus: [String] = {
    var result: [String] = []
    for (index, path) in paths.enumerated() {
      result.append(event("file_read", #""type":"file","path":"\#(path)""#))
      let content = contents[index % contents.count]
      result.append(event("file_write", #""type":"file","path":"\#(path)","content":"\#(content)""#))
    }
    for content in contents {
      result.append(event("file_write", #""type":"file","path":"src/a.txt","content":"\#(content)""#))
    }
    for patch in patches {
      result.append(event("patch_apply", #""type":"patch","filePath":"src/a.c","patchContent":"\#(patch)""#))
    }
    for host in hosts {
      result.append(event("network_egress", #""type":"network","host":"\#(host)","port":443"#))
      result.append(
        event("network_egress", #""type":"network","host":"\#(host)","port":443,"url":"https://\#(host)/v1/x?y=z#a""#))
    }
    for words in commands {
      let list = words.dropFirst().map { #""\#($0)""# }.joined(separator: ",")
      result.append(event("command_exec", #""type":"command","command":"\#(words[0])","args":[\#(list)]"#))
    }
    for tool in tools {
      for (metadata, parameters) in [
        ("", #"{"query":"how to sort"}"#), (#","metadata":{"toolKind":"mcp"}"#, #"{"path":"docs/a.md","limit":10}"#),
      ] {
        result.append(
          event("tool_call", #""type":"tool","toolName":"\#(tool)","parameters":\#(parameters)"#, metadata))
      }
    }
    for text in texts {
      for type in ["untrusted_text", "user_input", "note"] {
        result.append(event("custom", #""type":"custom","customType":"\#(type)","text":"\#(text)""#))
      }
    }
    return result
  }()

  private static func engine(_ name: String, _ profile: PolicyProfile) throws -> PolicyEngine {
    var bag = DiagnosticBag()
    let file = try #require(BuiltInRulesets.file(name))
    let sources = RulesetSources(files: MemoryFiles())
    let lowered = RulesetCompiler.compile(file, profile: .hardened, sources: sources, into: &bag)
    var program = try #require(lowered).program
    program.profile = profile
    return try PolicyEngine(program)
  }

  @Test("are not newly denied without a named rule", arguments: BuiltInRulesets.names)
  func denials(name: String) throws {
    let (compat, hardened) = (try Self.engine(name, .compat), try Self.engine(name, .hardened))
    var named: [String] = []
    for text in Self.corpus {
      let event = try PolicyFixture.event(text)
      guard compat.outcome(of: event) != .blocked else { continue }
      let decision = hardened.decide(event)
      guard decision.outcome == .blocked else { continue }
      let isOurs = Guard.all.contains { $0.resultName == decision.overall.guardName && $0.isOurs }
      #expect(decision.overall.hardening != nil || isOurs, "\(text): \(decision.overall.message)")
      named.append("\(decision.overall.hardening?.name ?? decision.overall.guardName) \(text)")
    }
    // Lists of tools hold for every call, and text for every kind of text: that is all that is new here.
    #expect(named.count <= 3, "\(named)")
    #expect(Self.corpus.count > 200)
  }
}
