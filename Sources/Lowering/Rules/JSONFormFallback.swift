import AST
import Diagnostics
import Lexer
import Source

/// Near-JSON that BuildKit silently runs through a shell.
enum JSONFormFallback: LintRule {
  static let rule = Rule(
    "clawfile/json-form-fallback", .warning, "A JSON form is broken and is taken for shell text",
    explanation: """
      The JSON form is strict JSON: double quotes, no comma behind the last element, nothing behind the ']'. Anything else \
      is handed to a shell as text, brackets and quotes included, without a word from Docker.
      """,
    bad: "FROM scratch\nRUN ['echo', 'hello']\n", good: "FROM scratch\nRUN [\"echo\", \"hello\"]\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    let bracketed = context.file.indices(
      of: .keyword(.run, .cmd, .entrypoint, .copy, .add, .volume), with: .openBracket)
    // What HEALTHCHECK runs stands behind a word.
    for index in (Array(bracketed) + context.file.indices(of: .keyword(.healthcheck))).sorted() {
      let instruction = context.file.instructions[index]
      let line = instruction.line
      let range: Range<Int>
      switch instruction.body {
      case .run(let run): if case .shell(let text) = run.command { range = text } else { continue }
      case .cmd(.shell(let text)), .entrypoint(.shell(let text)), .healthcheck(.shell(let text)?): range = text
      case .copy, .volume: range = line.arguments
      default: continue
      }
      guard looksLikeJSON(line.text.bytes[range], context.file.instructions[index].body),
        ExecForm.parse(line.text.bytes[range]) == .shell
      else { continue }
      var fixes: [FixIt] = []
      if !line.text.isJoined, let mended = mended(line.text.string(range)) {
        fixes = [FixIt("write it as JSON", replace: context.location(index, range), with: mended, isSafe: false)]
      }
      bag.report(
        rule, at: context.location(index, range), "this is no JSON array, so a shell gets it as text",
        help: "use double quotes, no comma at the end, and nothing behind ']'", fixes: fixes)
    }
  }

  /// `[` and a quote, and not what `[ "$x" = y ]` looks like: a test of the shell.
  private static func looksLikeJSON(_ bytes: ArraySlice<UInt8>, _ body: InstructionBody) -> Bool {
    guard bytes.first == 0x5B else { return false }
    let rest = bytes.dropFirst()
    let inner = rest.drop { $0 == 0x20 || $0 == 0x09 }
    guard let quote = inner.first, quote == 0x22 || quote == 0x27 else { return false }
    guard let end = inner.dropFirst().firstIndex(of: quote) else { return true }
    let next = bytes[(end + 1)...].drop { $0 == 0x20 || $0 == 0x09 }.first
    return inner.startIndex == rest.startIndex || next == 0x2C || next == 0x5D
  }

  private static func mended(_ text: String) -> String? {
    var text = text.replacing("'", with: "\"")
    if let bracket = text.lastIndex(of: "]") {
      let inner = text[..<bracket]
      if let last = inner.lastIndex(where: { $0 != " " }), inner[last] == "," {
        text = inner[..<last] + "]"
      }
    }
    if case .words = ExecForm.parse(Array(text.utf8)[...]) { return text }
    return nil
  }
}
