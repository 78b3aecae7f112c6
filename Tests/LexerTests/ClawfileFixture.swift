import Diagnostics
import Lexer
import Source

/// What the Clawfile lexer's tests share.
enum ClawfileFixture {
  static func lex(_ text: String) -> (file: LexedClawfile, rules: [String]) { lex(Array(text.utf8)) }

  static func lex(_ bytes: [UInt8]) -> (file: LexedClawfile, rules: [String]) {
    var bag = DiagnosticBag()
    let lexed = ClawfileLexer.lex(
      SourceFile(path: "Clawfile", bytes: bytes), heredocDirectives: ["configure"], into: &bag)
    return (lexed, bag.sorted().map(\.rule.name))
  }

  /// Each instruction as `first-last keyword|flag|…|arguments`.
  static func lines(_ text: String) -> [String] {
    lex(text).file.instructions.map { line in
      let words = [line.text.string(line.keyword)] + line.flags.map(\.value) + [line.text.string(line.arguments)]
      return "\(line.firstLine)-\(line.lastLine) \(words.joined(separator: "|"))"
    }
  }
}
