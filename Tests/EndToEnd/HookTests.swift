import JSON
import Runtime
import Source
import TestSupport
import Testing

/// The hooks of .pre-commit-hooks.yaml, run by the real pre-commit in a repository of somebody who uses them; and what
/// action.yml runs.
@Suite(.serialized)
struct HookTests {
  private static let ruleset = """
    version: "1.2.0"
    name: team
    description: what a team allows
    guards:
      forbidden_path: {patterns: ["**/.ssh/**"]}

    """
  private static let suite = """
    name: team rules
    policy: policy.yml
    suites:
      - name: files
        tests:
          - name: keys
            input: {eventType: file_read, data: {type: file, path: /home/u/.ssh/id_rsa}}
            expect: {denied: true, guard: forbidden_path}

    """

  /// A repository with a good ruleset, its tests, and hooks that are taken from this checkout.
  private func repository() async throws -> Folder {
    let folder = try Folder("hooks")
    try folder.write("policy.yml", Self.ruleset)
    try folder.write("tests/policy.yml", Self.suite.replacing("policy.yml", with: "../policy.yml"))
    try folder.write("hooks/.pre-commit-hooks.yaml", try #require(Repository.text(".pre-commit-hooks.yaml")))
    try await shell(
      folder,
      """
      mkdir bin && ln -s "$2" bin/claw
      git init -q hooks && git -C hooks add -A && git -C hooks -c user.name=a -c user.email=a@example.com commit -qm hooks
      revision=$(git -C hooks rev-parse HEAD)
      printf 'repos:\\n- repo: %s\\n  rev: %s\\n  hooks: [{id: claw-check}, {id: claw-policy-test}, {id: claw-secrets}]\\n' \\
        "$1/hooks" "$revision" >.pre-commit-config.yaml
      printf 'hooks/\\nbin/\\n' >.gitignore
      git init -q -b main . && git config user.name a && git config user.email a@example.com
      "$3" install >&2
      git add -A
      """)
    return folder
  }

  /// Runs a script in the folder, with claw on PATH.
  @discardableResult
  private func shell(_ folder: Folder, _ script: String, succeeds: Bool = true) async throws -> Machine.Outcome {
    let precommit = Repository.path(".build/pre-commit/bin/pre-commit")
    try #require(FileSearch.kind(of: precommit) == .file, "there is no pre-commit: scripts/bootstrap installs it")
    let head = """
      set -e; cd "$1"; export PATH="$1/bin:$PATH" HOME="$1/home" PRE_COMMIT_HOME="$1/home/cache" GIT_CONFIG_NOSYSTEM=1
      unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
      """
    let run = await Machine.run(
      "/bin/bash", ["-c", head + "\n" + script, "bash", folder.path, Machine.claw, precommit], timeout: 120)
    if succeeds { try #require(run.status == 0, "\(run.all)") }
    return run
  }

  @Test("A good commit passes all three hooks")
  func good() async throws {
    let folder = try await repository()
    let run = try await shell(folder, "git commit -qm good 2>&1; git log --format=%s")
    for name in ["claw check", "claw policy test", "claw secrets"] {
      #expect(
        run.output.split(separator: "\n").contains { $0.hasPrefix(name + ".") && $0.hasSuffix("Passed") }, "\(run.all)")
    }
    #expect(run.output.hasSuffix("good\n"), "\(run.all)")
  }

  @Test("A ruleset with a mistake, a test that fails and a staged secret each keep a commit from being made")
  func bad() async throws {
    let folder = try await repository()
    try await shell(folder, "git commit -qm good")
    try folder.write("policy.yml", Self.ruleset.replacing("patterns", with: "pattrens"))
    let check = try await shell(folder, "git commit -qam typo", succeeds: false)
    #expect(check.status != 0 && check.all.contains("error[policy/unknown-key]"), "\(check.all)")
    try folder.write("policy.yml", Self.ruleset.replacing(".ssh", with: ".shh"))
    // The usual patterns are not there any more, so that the key may be read.
    let test = try await shell(folder, "git commit -qam opened", succeeds: false)
    #expect(test.status != 0 && test.all.contains("FAILED files / keys"), "\(test.all)")
    try folder.write("policy.yml", Self.ruleset)
    let key = "AKIA" + "ABCDEFGHIJKLMNOP"
    try folder.write("notes.txt", "key: \(key)\n")
    let secret = try await shell(folder, "git add -A; git commit -qm secret", succeeds: false)
    #expect(secret.status != 0 && secret.all.contains("error[secrets/found]"), "\(secret.all)")
    #expect(secret.all.contains("notes.txt:1:6") && !secret.all.contains(key), "\(secret.all)")
    #expect(try await shell(folder, "git log --format=%s").output == "good\n")
  }

  @Test("Only lines that are new count, and only what is staged")
  func staged() async throws {
    let folder = try await repository()
    let key = "AKIA" + "ABCDEFGHIJKLMNOP"
    try folder.write("old.txt", "a\n\(key)\n")
    try await shell(folder, "git add -A; git commit -qnm old")
    try folder.write("old.txt", "b\n\(key)\nc\n")
    try await shell(folder, "git add -A")
    let other = "AKIA" + "ZYXWVUTSRQPONMLK"
    try folder.write("old.txt", "b\n\(key)\nc\n\(other)\n")
    let clean = try await shell(folder, "claw secrets --staged")
    #expect(clean.all.isEmpty, "\(clean.all)")
    let dirty = try await shell(
      folder, "git add -A; mkdir -p x; cd x; claw secrets --staged --format json", succeeds: false)
    let found = try JSONParser.parse(dirty.output.utf8)["diagnostics"]?.array ?? []
    #expect(dirty.status == 1 && found.count == 1 && found.first?["file"]?.string == "old.txt", "\(dirty.all)")
    #expect(found.first?["range"]?["start"]?["line"]?.integer == 4 && !dirty.all.contains(other), "\(dirty.all)")
    let all = try await shell(folder, "claw secrets old.txt", succeeds: false)
    #expect(all.status == 1 && all.errors.contains("2 errors"), "\(all.all)")
  }

  @Test("What action.yml runs leaves SARIF, test results, and what the change of a ruleset means")
  func action() async throws {
    let folder = try await repository()
    try await shell(folder, "git commit -qnm base; git tag base")
    try folder.write("policy.yml", Self.ruleset.replacing("\"**/.ssh/**\"", with: "\"**/.ssh/**\", \"**/vault/**\""))
    let action = Repository.path("scripts/action")
    let script = """
      export RUNNER_TEMP="$1/home/temp" GITHUB_OUTPUT="$1/home/output" CLAW_INPUT_PATH=. CLAW_INPUT_POLICY=policy.yml
      export CLAW_INPUT_BASE=base CLAW_INPUT_FAIL_ON=change
      status=0; '\(action)' || status=$?; cat "$GITHUB_OUTPUT"; cat home/temp/claw/comment.md; exit $status
      """
    let run = try await shell(folder, script, succeeds: false)
    #expect(run.status == 1 && run.output.contains("### Policy:") && run.output.contains("**Narrower"), "\(run.all)")
    for name in ["sarif=", "audit=", "comment="] { #expect(run.output.contains(name), "\(run.all)") }
    let sarif = try JSONParser.parse((folder.read("home/temp/claw/claw.sarif") ?? "").utf8)
    #expect(sarif["version"]?.string == "2.1.0")
    #expect(folder.read("home/temp/claw/audit/policy-tests.xml")?.contains("<testcase") ?? false)
    // Without a claw there is nothing to check with, and a wrong digest is refused.
    let url = "CLAW_INPUT_URL=file://$2 CLAW_INPUT_SHA256=$(printf %064d 0)"
    let refused = try await shell(folder, "rm bin/claw; RUNNER_TEMP=$1/home/t2 \(url) '\(action)'", succeeds: false)
    #expect(refused.status != 0 && folder.read("home/t2/claw/audit/version.txt") == nil, "\(refused.all)")
  }
}
