import Diagnostics
import Driver
import Lowering
import Source
import TestSupport
import Testing
import Runtime

@Suite("The EBNF of selectors and sentences says what the parsers read")
struct WorkloadEBNFTests {
  static let grammar = Result { try EBNF(Repository.text("grammars/workload.ebnf") ?? "") }

  private static func isSelector(_ text: String) -> Bool {
    let lines = "workload:\n  name: w\n  image: a:1\n  gpus:\n    count: 1\n    selector: |-\n      "
    var bag = DiagnosticBag()
    let file = SourceFile(path: "w.yml", bytes: Array((lines + text + "\n").utf8))
    return WorkloadCompiler.compile(file, into: &bag) != nil
  }

  @Test("Every rule but the start of sentences is used; that of selectors is its own part")
  func isWhole() throws {
    let grammar = try Self.grammar.get()
    let used = Set(grammar.rules.values.flatMap(EBNF.references))
    #expect(Set(grammar.rules.keys).subtracting(used).sorted() == ["Sentence"])
  }

  @Test("Selectors made by chance of pieces: the grammar and the parser agree")
  func selectors() throws {
    let grammar = try Self.grammar.get()
    let pieces = [
      "device.index", "device.memory_mib", "device.name", "device.type", ".contains(", "'a'", "\"b\"", ")", "(", "!",
      " && ", "||", " == ", "!=", "<", "1", "40960", "true", "false", " ", "x",
    ]
    var random = SeededGenerator(seed: 21)
    var sound = 0
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 1...7, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      let isTaken = Self.isSelector(text)
      // YAML cuts blanks off at the ends of nothing but plain scalars; this is a literal one.
      #expect(grammar.matches(text, "Selector") == isTaken, "'\(text)'")
      if isTaken { sound += 1 }
    }
    #expect(sound > 50)
  }

  @Test("Sentences that are understood are the grammar's")
  func sentences() throws {
    let grammar = try Self.grammar.get()
    for text in [
      "run llama 70b on 4 h100s", "serve qwen 2.5 32b on 2 a100 80gb in fp8 with 3 replicas", "train llama 8b for 4h",
      "run mixtral 8x7b with 32k context and with 200gib memory as chat queue batch priority spot in production canary",
    ] {
      #expect(grammar.matches(text, "Sentence"), "\(text)")
      var bag = DiagnosticBag()
      _ = IntentParser.parse(SourceFile(path: "s", bytes: Array(text.utf8)), into: &bag)
      #expect(!bag.hasErrors, "\(text): \(bag.diagnostics.map(\.message))")
    }
    for text in ["run llama", "please run llama 70b", "run llama 70b on 4 h100s quickly", "run llama 70b on"] {
      #expect(!grammar.matches(text, "Sentence"), "\(text)")
    }
  }
}
