import Diagnostics
import Source
import Testing
import TestSupport

@Suite("Findings for people")
struct TerminalRendererTests {
  @Test("Each finding shows its place with carets, its labels and its help")
  func excerpt() {
    let text = TerminalRenderer(isColoured: false).render(Sample.bag.sorted())
    #expect(
      text == """
        info[clawfile/note]: this is the base
         --> a dir/Clawfile:1:6
          |
        1 | FROM scratch
          |      ^^^^^^^

        error[clawfile/sample]: 'ünder' is wrong, 100%
         --> a dir/Clawfile:2:7
          |
        2 | RUN    👍 ünder "x"
          |           ^^^^^
         ::: a dir/Clawfile:1:1
          |
        1 | FROM scratch
          | ---- first here
          = help: write 'over'

        warning[clawfile/hint]: this is last
         --> a dir/Clawfile:3:1
          |
        3 | LAST
          | ^^^^


        """)
  }

  @Test("The summary counts by severity, the worst first")
  func summary() {
    let renderer = TerminalRenderer(isColoured: false)
    #expect(renderer.summary(Sample.bag.sorted()) == "1 error, 1 warning, 1 note\n")
    #expect(renderer.summary([]) == "")
    #expect(renderer.summary([Sample.bag.diagnostics[0], Sample.bag.diagnostics[0]]) == "2 warnings\n")
  }

  @Test("Colour only adds escape sequences")
  func colour() {
    let plain = TerminalRenderer(isColoured: false).render(Sample.bag.sorted())
    let coloured = TerminalRenderer(isColoured: true).render(Sample.bag.sorted())
    #expect(coloured != plain)
    #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }

  @Test("A secret is masked in every excerpt of its file")
  func secret() {
    var bag = DiagnosticBag()
    let file = SourceFile(path: "a", text: "ENV K=sk-secret x\n")
    var diagnostic = Diagnostic(Sample.rule, at: Location(file, SourceRange(6, 15)), "this looks like a key")
    diagnostic.isSecret = true
    bag.add(diagnostic)
    bag.report(Sample.hint, at: Location(file, SourceRange(0, 3)), "another of that line")
    let text = TerminalRenderer(isColoured: false).render(bag.sorted())
    #expect(!text.contains("secret"))
    #expect(text.contains("ENV K=********* x"))
  }

  @Test(
    "What a terminal would act on is made visible",
    arguments: ["\u{1B}[31m", "\u{7}", "\u{8}", "\u{202E}", "\u{9B}", "\0", "\u{2066}"])
  func control(text: String) {
    let file = SourceFile(path: "a\(text)", text: "x\(text)y\n")
    var bag = DiagnosticBag()
    bag.report(
      Sample.rule, at: Location(file, SourceRange(0, 1)), "m\(text)", help: "h\(text)",
      labels: [.init(Location(file, SourceRange(0, 1)), "l\(text)")])
    let rendered = TerminalRenderer(isColoured: false).render(bag.sorted())
    #expect(!rendered.unicodeScalars.contains { text.unicodeScalars.first == $0 })
  }

  @Test("A long line is cut around the carets", arguments: [0, 5, 500, 990])
  func longLine(offset: Int) {
    let file = SourceFile(path: "a", text: String(repeating: "abcdefghi ", count: 100) + "\n")
    var bag = DiagnosticBag()
    bag.report(Sample.rule, at: Location(file, SourceRange(offset, offset + 3)), "m")
    let lines = TerminalRenderer(isColoured: false, width: 80).render(bag.sorted()).split(separator: "\n")
    for line in lines { #expect(line.count <= 82) }
    let source = Array(lines[3])
    let caret = Array(lines[4])
    let start = caret.firstIndex(of: "^") ?? 0
    #expect(String(source[start..<start + 3]) == file.text(SourceRange(offset, offset + 3)))
  }

  @Test("No range of any bytes stops it", arguments: 0..<300)
  func anyRange(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let file = SourceFile(path: "a", bytes: random.bytes(upTo: 120))
    let lower = Int.random(in: 0...file.bytes.count, using: &random)
    let upper = Int.random(in: lower...file.bytes.count, using: &random)
    var bag = DiagnosticBag()
    bag.report(
      Sample.rule, at: Location(file, SourceRange(lower, upper)), "m",
      labels: [.init(Location(file, SourceRange(at: file.bytes.count)), "end")])
    let text = TerminalRenderer(isColoured: false, width: 40).render(bag.sorted())
    #expect(text.contains("^") || file.bytes.isEmpty)
    _ = SARIFRenderer.render(bag.sorted(), version: "1")
  }
}
