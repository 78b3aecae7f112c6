import Diagnostics
import Lowering
import Source
import Testing

@Suite("Compose loader")
struct ComposeLoaderTests {
  @Test("A small file loads")
  func small() {
    let (project, bag) = ComposeFixture.load("services:\n  web:\n    image: nginx\n    ports: [\"80:80\"]\n")
    #expect(bag.isEmpty)
    #expect(project.services.map(\.name) == ["web"])
  }
}
