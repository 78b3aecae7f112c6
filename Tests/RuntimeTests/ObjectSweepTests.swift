import Runtime
import TestSupport
import Testing

@Suite("Objects that nothing mounts")
struct ObjectSweepTests {
  private static let named = String(repeating: "a", count: 64)
  private static let mounted = String(repeating: "b", count: 64)
  private static let unused = String(repeating: "c", count: 64)

  private func pod(_ cases: String) throws -> FakeDocker {
    let fake = try FakeDocker(cases)
    for digest in [Self.named, Self.mounted, Self.unused] { try fake.write("p/objects/\(digest)/AGENTS.md", "x") }
    try fake.write("p/objects/notes/mine", "x")
    try fake.write("compose.generated.yml", "      source: ./.claw/p/objects/\(Self.named)/AGENTS.md\n")
    return fake
  }

  private func sweep(_ fake: FakeDocker, file: String = "compose.generated.yml") async throws -> [String] {
    try await OwnThread.run {
      try ObjectSweep.run(fake.tool, folder: fake.folder + "/p", composeFile: fake.folder + "/" + file)
    }
  }

  @Test("Only what neither the generated file names nor a container mounts goes")
  func sweeps() async throws {
    let fake = try pod(
      """
      'ps -a -q --no-trunc') echo 1 ;;
      'inspect --type container -- 1') echo '[{"Mounts":[{"Source":"/x/.claw/p/objects/\(Self.mounted)/AGENTS.md"}]}]' ;;
      """)
    #expect(try await sweep(fake) == [Self.unused])
    #expect(fake.exists("p/objects/\(Self.named)/AGENTS.md") && fake.exists("p/objects/\(Self.mounted)/AGENTS.md"))
    #expect(!fake.exists("p/objects/\(Self.unused)") && fake.exists("p/objects/notes/mine"))
  }

  @Test("Where docker can't say what is mounted, or there is no generated file, nothing goes")
  func failsClosed() async throws {
    let silent = try pod("'ps '*) echo 1 ;;")
    await #expect(throws: EngineFailure.self) { _ = try await sweep(silent) }
    #expect(silent.exists("p/objects/\(Self.unused)/AGENTS.md"))
    let gone = try pod("'ps '*) exit 0 ;;")
    let removed = try await sweep(gone, file: "nothing.yml")
    #expect(removed.isEmpty && gone.exists("p/objects/\(Self.unused)/AGENTS.md"))
  }
}
