import AST
import Diagnostics
import Driver
import Lexer
import Parser
import Runtime
import Source
import Testing
import TestSupport

@Suite("Any bytes are a Clawfile's: a tree and findings, never a trap")
struct FrontEndPropertyTests {
  /// The inputs of the golden cases, as material for mutations.
  static let corpus: [[UInt8]] = {
    let folder = Repository.path("Tests/Golden/clawfile")
    return GoldenFolder.cases(below: folder).compactMap { path in
      guard let goldenCase = try? GoldenFolder.read(path), let main = goldenCase.main else { return nil }
      return goldenCase.input[main.path].flatMap { $0.count < 4_000 ? $0 : nil }
    }
  }()

  /// An input for a seed: any bytes, or a golden input with some of another in it, mutated.
  static func input(_ seed: Int) -> [UInt8] {
    var random = SeededGenerator(seed: UInt64(seed))
    if corpus.isEmpty || random.oneIn(5) { return random.bytes(upTo: 400) }
    var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)]
    if random.oneIn(3) { bytes += corpus[Int.random(in: 0..<corpus.count, using: &random)] }
    return random.mutated(bytes)
  }

  @Test("Ranges lie in the file, in order, and hold what they say", arguments: 0..<1_500)
  func ranges(seed: Int) {
    let file = SourceFile(path: "Clawfile", bytes: Self.input(seed))
    var bag = DiagnosticBag()
    let tree = CheckedClawfile.check(file, into: &bag).tree
    var covered = [Bool](repeating: false, count: file.bytes.count)
    func cover(_ range: SourceRange) { for index in range.lower..<range.upper { covered[index] = true } }
    var last = 0
    for instruction in tree.instructions {
      let line = instruction.line
      #expect(line.range.lower >= last && line.range.upper <= file.bytes.count && !line.range.isEmpty)
      last = line.range.upper
      cover(line.range)
      #expect(line.firstLine <= line.lastTextLine && line.lastTextLine <= line.lastLine)
      #expect(line.lastLine <= file.lines.count)
      for index in line.text.bytes.indices {
        #expect(file.bytes[line.text.offset(of: index)] == line.text.bytes[index])
      }
      for heredoc in line.heredocs {
        #expect(heredoc.body.lower >= line.range.lower && heredoc.body.upper <= line.range.upper)
        #expect(heredoc.terminator.lower >= heredoc.body.upper && heredoc.terminator.upper <= line.range.upper)
      }
      if case .directive(let use) = instruction.body {
        for word in use.words + [use.text].compactMap({ $0 }) {
          #expect(word.range.lower >= line.range.lower && word.range.upper <= line.range.upper)
        }
      }
    }
    for comment in tree.comments { cover(comment.range) }
    // What no instruction and no comment covers is white space, byte order mark included.
    let rest = String(decoding: file.bytes.indices.filter { !covered[$0] }.map { file.bytes[$0] }, as: UTF8.self)
    #expect(
      rest.unicodeScalars.allSatisfy { WhiteSpace.isSpace($0) || $0 == "\u{FEFF}" || $0 == "\u{FFFD}" }, "\(rest)")
    for diagnostic in bag.diagnostics {
      for location in [diagnostic.location] + diagnostic.labels.map(\.location) {
        #expect(location.file == file, "\(diagnostic.rule.name) is about another file")
        #expect(location.range.lower >= 0 && location.range.upper <= file.bytes.count, "\(diagnostic.rule.name)")
      }
      for edit in diagnostic.fixes.flatMap(\.edits) { #expect(edit.location.range.upper <= file.bytes.count) }
    }
    let renderer = TerminalRenderer(isColoured: false)
    _ = renderer.render(bag.sorted())
    _ = SARIFRenderer.render(bag.sorted(), version: "1")
  }

  @Test(
    "A file without directives comes out as it is; other files keep every byte that is no directive's",
    arguments: 0..<600)
  func passesThrough(seed: Int) {
    let file = SourceFile(path: "Clawfile", bytes: Self.input(seed + 10_000))
    let compilation = Compiler.compile(file, kind: .clawfile, files: MemoryFiles())
    if compilation.bag.hasErrors {
      #expect(compilation.artifacts.isEmpty)
      return
    }
    var bag = DiagnosticBag()
    let tree = ClawfileParser.parse(file, into: &bag)
    guard let output = compilation.artifacts.first?.bytes else {
      Issue.record("no errors and no artifact")
      return
    }
    if !tree.hasDirectives { #expect(output == file.bytes) }
    let again = Compiler.compile(file, kind: .clawfile, files: MemoryFiles())
    #expect(again.artifacts.first?.bytes == output)
  }

  @Test(
    "Time grows with the size, not faster",
    arguments: [
      "RUN a \\\n", "# c\n", "ENV a=$a\n", "FROM a AS b\n", "RUN <<A\nA\n", "ARG x=${y:-${z}}\n", "\\\n",
      "COPY --from=b c d\n", "AGENT x\n",
    ])
  func linear(line: String) {
    func time(_ count: Int) -> Duration {
      let file = SourceFile(path: "Clawfile", text: "FROM scratch\n" + String(repeating: line, count: count))
      return (0..<3).map { _ in
        ContinuousClock().measure {
          var bag = DiagnosticBag()
          _ = CheckedClawfile.check(file, into: &bag)
        }
      }.min() ?? .zero
    }
    let (small, large) = (time(400), time(4_000))
    // Ten times the input; far more than forty times the time is quadratic, whatever else the machine does.
    #expect(large < max(small * 40, .milliseconds(200)), "\(small) for 400 lines, \(large) for 4,000")
  }
}
