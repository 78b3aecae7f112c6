import Diagnostics
import Directives
import Driver
import Foundation
import Lexer
import Runtime
import Source
import Testing
import TestSupport

@Suite("The TextMate grammar colours a file as the lexer reads it")
struct TextMateTests {
  static let cases = GoldenFolder.cases(below: Repository.path("Tests/Golden/clawfile"))
    .map { FilePath.name(of: $0) }.filter { exceptions[$0] == nil }

  /// Cases in which a grammar can't know what the lexer knows, with the reason.
  static let exceptions = [
    "syntax-invalid-utf8": "editors have no bytes that are no text",
    "syntax-carriage-returns-only": "editors end lines there",
    "syntax-directives-twice": "a grammar can't count: the second one looks like a directive",
    "bad-duplicate-parser-directive": "as above",
    "bad-unterminated-heredoc": "a heredoc without an end",
  ]

  /// The kind that a scope says, from the innermost that says one.
  static func kind(_ scopes: [String]) -> ClawfileTokens.Kind {
    for scope in scopes.reversed() {
      switch scope {
      case let scope where scope.hasPrefix("comment."): return .comment
      case "meta.parser-directive.clawfile": return .parserDirective
      case "keyword.other.instruction.clawfile": return .keyword
      case "keyword.other.directive.clawfile": return .directiveKeyword
      case "variable.parameter.flag.clawfile": return .flag
      case "keyword.operator.heredoc.clawfile": return .heredocMarker
      case let scope where scope.hasPrefix("meta.embedded.heredoc."): return .heredocBody
      case "keyword.control.heredoc-terminator.clawfile": return .heredocTerminator
      case "punctuation.separator.continuation.clawfile": return .continuation
      case let scope where scope.hasPrefix("meta.embedded.json"): return .json
      default: continue
      }
    }
    return .text
  }

  @Test("Scopes agree with the lexer's tokens", arguments: cases)
  func agrees(name: String) throws {
    let goldenCase = try GoldenFolder.read(Repository.path("Tests/Golden/clawfile/" + name))
    let main = try #require(goldenCase.main)
    let bytes = try #require(goldenCase.input[main.path])
    guard bytes.count < 20_000 else { return }
    let file = SourceFile(path: main.path, bytes: bytes)
    var bag = DiagnosticBag()
    let lexed = ClawfileLexer.lex(file, heredocDirectives: Directive.heredocKeywords, into: &bag)
    let directives = Set(Directive.all.map(\.keyword))
    var expected = [ClawfileTokens.Kind?](repeating: nil, count: bytes.count)
    for token in ClawfileTokens.tokens(of: lexed, directives: directives) {
      for offset in token.range.lower..<token.range.upper { expected[offset] = token.kind }
    }
    let grammar = try TextMateTokenizer(
      json: Data(contentsOf: URL(fileURLWithPath: Repository.path("grammars/clawfile.tmLanguage.json"))))
    let lines = (1...file.lines.count).map { file.text(file.lines.range(ofLine: $0)) }
      .map { $0.utf8.last == 0x0A ? String(decoding: $0.utf8.dropLast(), as: UTF8.self) : $0 }
    for (number, paints) in try grammar.tokenize(lines).enumerated() {
      var kinds = [ClawfileTokens.Kind](repeating: .text, count: lines[number].utf16.count + 1)
      for paint in paints {
        for index in paint.range.location..<min(kinds.count, paint.range.location + paint.range.length) {
          kinds[index] = Self.kind(paint.scopes)
        }
      }
      var offset = file.lines.range(ofLine: number + 1).lower
      var index = 0
      for scalar in lines[number].unicodeScalars {
        let isVisible = scalar.value > 0x20 && !WhiteSpace.isSpace(scalar) && scalar != "\u{FEFF}"
        if isVisible, let kind = expected[offset], kind != kinds[index] {
          Issue.record(
            "\(name):\(number + 1): \(kind) for the lexer, \(kinds[index]) for the grammar, at '\(scalar)' in:\n\(lines[number])"
          )
          break
        }
        offset += UTF8.width(scalar)
        index += UTF16.width(scalar)
      }
    }
  }

  @Test("The grammar knows every directive and every instruction")
  func words() throws {
    let text = try #require(Repository.text("grammars/clawfile.tmLanguage.json"))
    for directive in Directive.all { #expect(text.contains(directive.keyword), "\(directive.keyword)") }
    for instruction in DockerInstruction.allCases { #expect(text.contains(instruction.rawValue.uppercased())) }
  }
}
