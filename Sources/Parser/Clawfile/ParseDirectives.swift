import AST
import Diagnostics
import Directives
import Lexer
import Source

extension ClawfileParser {
  func isDirective(_ word: String) -> Bool { Directive.named(word) != nil }

  /// The trigger of ONBUILD is read as a line, whose own syntax errors count at once; its arguments are not judged.
  mutating func checkTriggerSyntax(_ line: InstructionLine) {
    let trigger = SourceFile(path: file.path, bytes: Array(line.text.bytes[line.arguments]))
    var errors = DiagnosticBag()
    let lexed = ClawfileLexer.lex(trigger, into: &errors)
    guard let inner = lexed.instructions.first, lexed.instructions.count == 1 else { return }
    var parser = ClawfileParser(file: trigger, escape: escape)
    switch inner.instruction {
    case .env, .label:
      if !inner.arguments.isEmpty { _ = parser.assignments(inner, "ENV") }
      parser.bag.filter { $0.rule != SyntaxRules.blankName }
    case .add, .cmd, .copy, .entrypoint, .run, .shell, .volume:
      if ExecForm.parse(inner.text.bytes[inner.arguments]) == .notStrings { _ = parser.command(inner, inner.arguments) }
    default: break
    }
    for diagnostic in parser.bag.diagnostics {
      report(diagnostic.rule, line, at: line.arguments, diagnostic.message, help: diagnostic.help)
    }
  }

  /// A line whose word is not Docker's: a Claw directive, or a mistake.
  mutating func directive(_ line: InstructionLine) -> InstructionBody {
    let keyword = line.text.string(line.keyword)
    guard let directive = Directive.named(keyword) else {
      unknown(keyword, line)
      return .invalid
    }
    guard isText(line) else { return .invalid }
    if let flag = line.flags.first, !directive.isText {
      report(
        SyntaxRules.directiveFlag, line, at: flag.range, "\(directive.keyword) takes no flags",
        help: "write '\(directive.keyword) \(directive.arguments.usage)'")
      return .invalid
    }
    switch directive.arguments {
    case .words(let names, let optional):
      guard let words = words(line, directive) else { return .invalid }
      guard (names.count - optional...names.count).contains(words.count) else {
        arity(directive, line, words.count)
        return .invalid
      }
      return .directive(DirectiveUse(directive: directive, words: words, text: nil))
    case .list:
      guard let words = words(line, directive) else { return .invalid }
      guard !words.isEmpty else {
        arity(directive, line, 0)
        return .invalid
      }
      return .directive(DirectiveUse(directive: directive, words: words, text: nil))
    case .text:
      guard let text = text(line, textRange(line)) else {
        arity(directive, line, 0)
        return .invalid
      }
      return .directive(DirectiveUse(directive: directive, words: [], text: text))
    case .schedule: return schedule(line, directive)
    }
  }

  private mutating func unknown(_ keyword: String, _ line: InstructionLine) {
    if keyword.isEmpty {
      return report(
        SyntaxRules.unknownDirective, line, "a continuation character stands on a line of its own",
        help: "remove the line")
    }
    let known = Directive.all.map(\.keyword) + DockerInstruction.allCases.map { $0.rawValue.uppercased() }
    guard let near = Suggestion.nearest(to: keyword, in: known) else {
      return report(
        SyntaxRules.unknownDirective, line, "'\(keyword)' is no instruction",
        help: "did the line above lose its continuation character?")
    }
    report(
      SyntaxRules.unknownDirective, line, "'\(keyword)' is no instruction", help: "did you mean '\(near)'?",
      fixes: [
        FixIt(
          "replace it with '\(near)'", replace: Location(file, line.keywordRange), with: near, isSafe: false)
      ])
  }

  private mutating func arity(_ directive: Directive, _ line: InstructionLine, _ count: Int) {
    report(
      SyntaxRules.arity, line,
      count == 0
        ? "\(directive.keyword) has no arguments"
        : "\(directive.keyword) can't take \(count == 1 ? "one word" : "\(count) words")",
      help: "write '\(directive.keyword) \(directive.arguments.usage)', such as '\(directive.example)'")
  }

  /// Whether the line and its heredoc hold only what a label can hold.
  private mutating func isText(_ line: InstructionLine) -> Bool {
    let bytes = line.text.bytes
    if let index = bytes.firstIndex(where: { $0 == 0 || $0 == 0x0D }) {
      return refuse(bytes[index], at: line.text.source(index..<index + 1))
    }
    if String(validating: bytes, as: UTF8.self) == nil {
      return refuse(nil, at: line.text.source(line.arguments.isEmpty ? line.keyword : line.arguments))
    }
    for heredoc in line.heredocs {
      let body = file.slice(heredoc.body)
      // A CR is part of a line's end there, and only there.
      let stray = body.indices.first {
        body[$0] == 0 || (body[$0] == 0x0D && $0 + 1 < body.endIndex && body[$0 + 1] != 0x0A)
      }
      if let stray { return refuse(body[stray], at: SourceRange(stray, stray + 1)) }
      if String(validating: body, as: UTF8.self) == nil { return refuse(nil, at: heredoc.body) }
    }
    return true
  }

  private mutating func refuse(_ byte: UInt8?, at range: SourceRange) -> Bool {
    let (message, help) =
      switch byte {
      case nil: ("a directive must be UTF-8", "save the file as UTF-8")
      case 0: ("a directive can't hold a NUL byte", "remove it")
      default: ("a directive can't hold a carriage return", "remove it")
      }
    bag.report(SyntaxRules.controlCharacter, at: Location(file, range), message, help: help)
    return false
  }

  /// The words of a directive: blanks part them, a word in double quotes holds blanks, ` #` ends them.
  private mutating func words(_ line: InstructionLine, _ directive: Directive) -> [DirectiveWord]? {
    let bytes = line.text.bytes
    var words: [DirectiveWord] = []
    var index = line.arguments.lowerBound
    let end = line.arguments.upperBound
    while true {
      while index < end, WhiteSpace.isBlank(bytes[index]) { index += 1 }
      guard index < end else { return words }
      let start = index
      if bytes[index] == 0x23, !words.isEmpty {
        report(
          SyntaxRules.trailingComment, line, at: start..<end,
          "the comment behind \(directive.keyword) is dropped", help: "put it on a line of its own",
          fixes: [FixIt("remove it", replace: Location(file, line.text.source(start..<end)), with: "")])
        return words
      }
      var value: [UInt8] = []
      if bytes[index] == 0x22 {
        index += 1
        var isClosed = false
        while index < end, !isClosed {
          if bytes[index] == escape, index + 1 < end, bytes[index + 1] == 0x22 || bytes[index + 1] == escape {
            value.append(bytes[index + 1])
            index += 2
          } else {
            if bytes[index] == 0x22 { isClosed = true } else { value.append(bytes[index]) }
            index += 1
          }
        }
        guard isClosed, index == end || WhiteSpace.isBlank(bytes[index]) else {
          report(
            SyntaxRules.quote, line, at: start..<end,
            isClosed ? "text follows a closing quote" : "the closing quote is missing", help: "quote the whole value")
          return nil
        }
      } else {
        while index < end, !WhiteSpace.isBlank(bytes[index]) {
          value.append(bytes[index])
          index += 1
        }
      }
      words.append(
        DirectiveWord(value: String(decoding: value, as: UTF8.self), range: line.text.source(start..<index)))
    }
  }

  /// Where the text of a text directive starts: behind the keyword, words that look like flags included.
  private func textRange(_ line: InstructionLine) -> Range<Int> {
    guard let first = line.flags.first else { return line.arguments }
    return first.range.lowerBound..<max(line.arguments.upperBound, line.flags.last?.range.upperBound ?? 0)
  }

  /// The text of a text directive: the rest of the line, or the body of its heredoc.
  private func text(_ line: InstructionLine, _ range: Range<Int>) -> DirectiveWord? {
    if let heredoc = line.heredocs.first, HeredocMarker(word: line.text.string(range)) != nil {
      // By bytes: as a character, "\r\n" is no "\n".
      let lines = file.slice(heredoc.body).split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
        let text = heredoc.chomps ? line.drop { $0 == 0x09 } : line
        return text.last == 0x0D ? text.dropLast() : text
      }
      var text = String(decoding: Array(lines.joined(separator: [0x0A])), as: UTF8.self)
      if text.utf8.last == 0x0A { text.unicodeScalars.removeLast() }
      return text.isEmpty ? nil : DirectiveWord(value: text, range: heredoc.body)
    }
    return range.isEmpty ? nil : DirectiveWord(value: line.text.string(range), range: line.text.source(range))
  }

  /// `INVOKE`: an optional `TZ=…`, five fields or one `@name`, then the message.
  private mutating func schedule(_ line: InstructionLine, _ directive: Directive) -> InstructionBody {
    let bytes = line.text.bytes
    let range = textRange(line)
    var words: [DirectiveWord] = []
    var needed = 5
    var index = range.lowerBound
    while words.count < needed {
      let start = index
      while index < range.upperBound, !WhiteSpace.isBlank(bytes[index]) { index += 1 }
      guard index > start else { break }
      let word = line.text.string(start..<index)
      words.append(DirectiveWord(value: word, range: line.text.source(start..<index)))
      if words.count == 1, word.utf8.starts(with: "TZ=".utf8) { needed += 1 }
      if word.utf8.first == 0x40, words.count == needed - 4 { needed = words.count }
      while index < range.upperBound, WhiteSpace.isBlank(bytes[index]) { index += 1 }
    }
    guard words.count == needed, let message = text(line, index..<range.upperBound) else {
      report(
        SyntaxRules.arity, line,
        words.count < needed ? "INVOKE's schedule has too few fields" : "INVOKE has no message",
        help: "write five fields (minute hour day month weekday) and a message: '\(directive.example)'")
      return .invalid
    }
    return .directive(DirectiveUse(directive: directive, words: words, text: message))
  }
}
