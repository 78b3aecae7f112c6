import Testing
import TestSupport

@Suite("README.md")
struct ReadmeTests {
  @Test("Its first screen shows the quickstart's files as they are", arguments: ["Clawfile", "claw-pod.yml"])
  func quickstart(name: String) throws {
    let readme = try #require(Repository.text("README.md"))
    let file = try #require(Repository.text("examples/quickstart/\(name)"))
    #expect(readme.contains("\n\(file)```\n"), "README.md does not show examples/quickstart/\(name)")
  }
}
