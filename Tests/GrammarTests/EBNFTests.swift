import AST
import Diagnostics
import Directives
import Driver
import Lexer
import Runtime
import Source
import Testing
import TestSupport

@Suite("The EBNF says what the parser reads")
struct EBNFTests {
  static let grammar = Result { try EBNF(Repository.text("grammars/clawfile.ebnf") ?? "") }
  static let cases = GoldenFolder.cases(below: Repository.path("Tests/Golden/clawfile")).map { FilePath.name(of: $0) }

  /// Findings of syntax that a grammar can state; flags' names and values, and what depends on other lines, it can't.
  static let stated: Set = [
    "clawfile/unknown-directive", "clawfile/arity", "clawfile/key-value", "clawfile/blank-name", "clawfile/stage-name",
    "clawfile/healthcheck", "clawfile/shell-not-json", "clawfile/onbuild-trigger", "clawfile/onbuild-directive",
    "clawfile/json-not-strings", "clawfile/unterminated-quote", "clawfile/directive-flag",
  ]
  /// Findings that say nothing about the instruction's text.
  static let outside: Set = ["clawfile/control-character", "clawfile/heredoc-destination", "clawfile/empty-volume"]

  @Test("It can be read, and every rule but the two starts is used")
  func isWhole() throws {
    let grammar = try Self.grammar.get()
    let used = Set(grammar.rules.values.flatMap(EBNF.references))
    #expect(Set(grammar.rules.keys).subtracting(used).sorted() == ["Clawfile", "HeredocMarker", "Instruction"])
    for directive in Directive.all { #expect(grammar.matches(directive.keyword, "ClawKeyword")) }
    for word in ["<<A", "<<-'a b'", "3<<\"X\"", "<< A"] { #expect(grammar.matches(word, "HeredocMarker")) }
    #expect(!grammar.matches("<A", "HeredocMarker"))
  }

  @Test("It accepts the instructions of golden cases that the parser accepts, and no others", arguments: cases)
  func instructions(name: String) throws {
    let grammar = try Self.grammar.get()
    let goldenCase = try GoldenFolder.read(Repository.path("Tests/Golden/clawfile/" + name))
    let main = try #require(goldenCase.main)
    let bytes = try #require(goldenCase.input[main.path])
    guard bytes.count < 3_000, String(validating: bytes, as: UTF8.self) != nil else { return }
    let file = SourceFile(path: main.path, bytes: bytes)
    var bag = DiagnosticBag()
    let tree = CheckedClawfile.check(file, into: &bag).tree
    for instruction in tree.instructions {
      let line = instruction.line
      // The grammar is written for the backslash.
      guard tree.escape == 0x5C else { return }
      let text = line.text.string(line.text.trimmed(line.text.bytes.startIndex..<line.text.bytes.endIndex))
      let found = bag.diagnostics.filter {
        $0.severity == .error && $0.location.range.lower >= line.range.lower
          && $0.location.range.lower < line.range.upper
      }
      if found.contains(where: { Self.outside.contains($0.rule.name) }) { continue }
      // An ONBUILD's trigger is looked at by other rules, too.
      if line.instruction == .onbuild, !found.isEmpty { continue }
      let isRefused = found.contains { Self.stated.contains($0.rule.name) }
      // A continuation character on a line of its own in front is no part of the instruction.
      #expect(grammar.matches(text, "Instruction") == !isRefused, "\(name): \(text)")
    }
  }

  @Test("It accepts the lines of every golden case", arguments: cases)
  func lines(name: String) throws {
    let grammar = try Self.grammar.get()
    let goldenCase = try GoldenFolder.read(Repository.path("Tests/Golden/clawfile/" + name))
    let main = try #require(goldenCase.main)
    let bytes = try #require(goldenCase.input[main.path])
    guard bytes.count < 1_500, String(validating: bytes, as: UTF8.self) != nil else { return }
    var bag = DiagnosticBag()
    let lexed = ClawfileLexer.lex(
      SourceFile(path: main.path, bytes: bytes), heredocDirectives: Directive.heredocKeywords, into: &bag)
    guard lexed.escape == 0x5C else { return }
    var rest = bytes
    for heredoc in lexed.instructions.flatMap(\.heredocs).reversed() {
      rest.removeSubrange(heredoc.body.lower..<min(rest.count, heredoc.terminator.upper + 1))
    }
    #expect(grammar.matches(String(decoding: rest, as: UTF8.self), "Clawfile"))
  }
}
