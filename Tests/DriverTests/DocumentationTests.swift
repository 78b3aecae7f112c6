import Driver
import Source
import TestSupport
import Testing

@Suite("The documentation's examples")
struct DocumentationTests {
  /// The first Dockerfile block behind some words of a page.
  private func block(of page: String, behind words: String) -> String? {
    guard let text = Repository.text(page), let start = text.firstRange(of: words)?.upperBound else { return nil }
    let fence = "```dockerfile\n"
    guard let open = text[start...].firstRange(of: fence)?.upperBound,
      let close = text[open...].firstRange(of: "```")?.lowerBound
    else { return nil }
    return String(text[open..<close])
  }

  @Test("The generated file that docs/clawfile.md shows is what the compiler makes")
  func generatedBlock() throws {
    let page = "docs/clawfile.md"
    let input = try #require(block(of: page, behind: "\nThe input:\n"))
    let shown = try #require(block(of: page, behind: "\nThe whole of `Dockerfile.generated`:\n"))
    let file = SourceFile(path: "Clawfile", text: input)
    let made = Compiler.compile(file, kind: .clawfile, files: MemoryFiles([:]), options: CompileOptions())
    #expect(made.artifacts.first.map { String(decoding: $0.bytes, as: UTF8.self) } == shown)
  }
}
