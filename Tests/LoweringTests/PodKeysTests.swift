import Lowering
import Testing
import TestSupport

@Suite("Pod: the table of a claw's keys")
struct PodKeysTests {
  @Test("The table has every key of a service, each once")
  func complete() {
    #expect(ClawKeys.composeKeys.count == 93)
    #expect(ClawKeys.all.map(\.name).sorted() == ClawKeys.composeKeys.sorted())
  }

  @Test("A row says why a key is refused, and what claw writes where it has a say")
  func notes() {
    for key in ClawKeys.all where key.verdict != .author { #expect(!key.note.isEmpty, "\(key.name)") }
    for key in ClawKeys.all { #expect(!key.note.contains("|") && key.exception?.contains("|") != true) }
  }

  @Test("The Markdown of the documentation has a line for each key")
  func markdown() {
    let lines = ClawKeys.markdown.split(separator: "\n")
    #expect(lines.count == 95)
    #expect(lines[0] == "| key | who wins | note |")
    #expect(lines.contains("| `tty` | author wins |  |"))
    if let page = Repository.text("docs/pod.md"), page.contains("| key | who wins |") {
      #expect(page.contains(ClawKeys.markdown), "docs/pod.md has another table than ClawKeys.markdown")
    }
  }
}
