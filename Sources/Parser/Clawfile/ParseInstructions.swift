import AST
import Diagnostics
import Lexer
import Source

extension ClawfileParser {
  typealias Flags = [(name: String, value: Word)]

  func word(_ line: InstructionLine, _ range: Range<Int>) -> Word {
    Word(text: line.text.string(range), range: range)
  }

  mutating func from(_ line: InstructionLine, _ flags: Flags) -> InstructionBody {
    let words = words(line, line.arguments)
    guard words.count == 1 || (words.count == 3 && words[1].text.lowercased() == "as") else {
      report(
        SyntaxRules.arity, line, "FROM takes an image, or an image, AS and a name; this has \(words.count) words",
        help: "write 'FROM image' or 'FROM image AS name'")
      return .invalid
    }
    if words.count == 3, !isStageName(words[2].text.lowercased()) {
      report(
        SyntaxRules.stageName, line, at: words[2].range, "'\(words[2].text)' can't name a stage",
        help: "start with a letter, then letters, digits, '-', '_' and '.'")
    }
    return .from(
      FromBody(
        base: words[0], asKeyword: words.count == 3 ? words[1] : nil, name: words.count == 3 ? words[2] : nil,
        platform: flags.first { $0.name == "platform" }?.value))
  }

  private func isStageName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first >= 0x61, first <= 0x7A else { return false }
    return name.utf8.allSatisfy {
      ($0 >= 0x61 && $0 <= 0x7A) || $0.isASCIIDigit || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E
    }
  }

  mutating func arg(_ line: InstructionLine) -> InstructionBody {
    var rest = line.arguments
    guard !rest.isEmpty else {
      report(SyntaxRules.arity, line, "ARG takes at least one name", help: "write 'ARG name' or 'ARG name=default'")
      return .invalid
    }
    var assignments: [Assignment] = []
    while let range = WordSplitter.nextQuoted(line.text, &rest, escape: escape) {
      let (key, value) = split(line, range)
      if value != nil, key.text.isEmpty {
        report(
          SyntaxRules.blankName, line, at: range, "ARG has a value without a name", help: "write 'ARG name=default'")
        return .invalid
      }
      assignments.append(Assignment(key: key, value: value))
    }
    return .arg(assignments)
  }

  /// Cuts a word at its first `=`.
  private func split(_ line: InstructionLine, _ range: Range<Int>) -> (Word, Word?) {
    guard let equals = line.text.bytes[range].firstIndex(of: 0x3D) else { return (word(line, range), nil) }
    return (word(line, range.lowerBound..<equals), word(line, equals + 1..<range.upperBound))
  }

  /// ENV's and LABEL's pairs, and whether they are in the old form without `=`.
  mutating func assignments(_ line: InstructionLine, _ name: String) -> ([Assignment], Bool)? {
    var rest = line.arguments
    guard let first = WordSplitter.nextQuoted(line.text, &rest, escape: escape) else {
      report(SyntaxRules.arity, line, "\(name) takes at least one name and value", help: "write '\(name) name=value'")
      return nil
    }
    if !line.text.bytes[first].contains(0x3D) {
      var end = line.arguments.lowerBound
      while end < line.arguments.upperBound, !WhiteSpace.isBlank(line.text.bytes[end]) { end += 1 }
      var start = end
      while start < line.arguments.upperBound, WhiteSpace.isBlank(line.text.bytes[start]) { start += 1 }
      guard end < line.arguments.upperBound else {
        report(
          SyntaxRules.keyValue, line, at: first, "\(name) has a name without a value",
          help: "write '\(name) \(line.text.string(first))=value'")
        return nil
      }
      let key = word(line, line.arguments.lowerBound..<end)
      let value = word(line, start..<line.arguments.upperBound)
      return ([Assignment(key: key, value: value)], true)
    }
    var pairs: [Assignment] = []
    pairs.reserveCapacity(2)
    rest = line.arguments
    while let range = WordSplitter.nextQuoted(line.text, &rest, escape: escape) {
      let (key, value) = split(line, range)
      guard let value else {
        report(
          SyntaxRules.keyValue, line, at: range, "'\(key.text)' has no '='; \(name) is written name=value",
          help: "put quotes around a value that holds blanks")
        return nil
      }
      guard !key.text.isEmpty else {
        report(SyntaxRules.blankName, line, at: range, "\(name) has a value without a name", help: "write 'name=value'")
        return nil
      }
      pairs.append(Assignment(key: key, value: value))
    }
    return (pairs, false)
  }

  /// A command in shell or JSON form; nil if it was reported.
  mutating func command(_ line: InstructionLine, _ range: Range<Int>) -> CommandForm? {
    guard line.text.bytes[range].first == 0x5B else { return .shell(range) }
    switch ExecForm.parse(line.text.bytes[range]) {
    case .shell: return .shell(range)
    case .words(let words): return .exec(words)
    case .notStrings:
      report(
        SyntaxRules.jsonNotStrings, line, at: range, "the JSON form holds something that is not a string",
        help: "put every element in double quotes")
      return nil
    }
  }

  mutating func run(_ line: InstructionLine, _ flags: Flags) -> InstructionBody {
    guard let command = command(line, line.arguments) else { return .invalid }
    let mounts = flags.isEmpty ? [] : flags.filter { $0.name == "mount" }.map(\.value)
    return .run(RunBody(mounts: mounts, command: command))
  }

  mutating func shell(_ line: InstructionLine) -> InstructionBody {
    switch ExecForm.parse(line.text.bytes[line.arguments]) {
    case .words(let words) where !words.isEmpty: return .shell(words)
    case .notStrings: _ = command(line, line.arguments)
    default:
      report(
        SyntaxRules.shellForm, line, "SHELL takes a JSON array with the program and its arguments",
        help: "write 'SHELL [\"/bin/bash\", \"-c\"]'")
    }
    return .invalid
  }

  /// The words of an instruction with a list form and a JSON form; nil if it was reported.
  private mutating func list(_ line: InstructionLine) -> [Word]? {
    guard let form = command(line, line.arguments) else { return nil }
    switch form {
    case .exec(let words): return words.map { Word(text: $0, range: line.arguments) }
    case .shell(let range): return words(line, range)
    }
  }

  /// The words between blanks.
  private func words(_ line: InstructionLine, _ range: Range<Int>) -> [Word] {
    var words: [Word] = []
    words.reserveCapacity(2)
    WordSplitter.eachBlank(line.text, range) { words.append(word(line, $0)) }
    return words
  }

  mutating func copy(_ line: InstructionLine, _ flags: Flags, isAdd: Bool) -> InstructionBody {
    guard var words = list(line) else { return .invalid }
    let name = isAdd ? "ADD" : "COPY"
    guard words.count >= 2, let destination = words.popLast() else {
      report(
        SyntaxRules.arity, line, "\(name) takes at least one source and a destination",
        help: "write '\(name) source destination'")
      return .invalid
    }
    // In JSON a '<' may hide behind an escape.
    let mayHaveHeredocs = line.marks.contains(anyOf: .heredocMarker.union(.openBracket))
    if mayHaveHeredocs, HeredocMarker(word: destination.text) != nil {
      report(
        SyntaxRules.heredocDestination, line, at: destination.range, "\(name) can't have a heredoc as its destination",
        help: "end the line with the path to write")
      return .invalid
    }
    guard mayHaveHeredocs else {
      return .copy(
        CopyBody(
          isAdd: isAdd, sources: words, contents: [], destination: destination, flags: flags))
    }
    var sources: [Word] = []
    var contents: [Int] = []
    for source in words {
      if let marker = HeredocMarker(word: source.text) {
        if let index = line.heredocs.lastIndex(where: { $0.name == marker.name }) { contents.append(index) }
      } else {
        sources.append(source)
      }
    }
    return .copy(
      CopyBody(isAdd: isAdd, sources: sources, contents: contents, destination: destination, flags: flags))
  }

  mutating func atLeastOne(_ line: InstructionLine, _ name: String) -> [Word]? {
    let words = words(line, line.arguments)
    if !words.isEmpty { return words }
    report(SyntaxRules.arity, line, "\(name) takes at least one argument")
    return nil
  }

  mutating func exactlyOne(_ line: InstructionLine, _ name: String) -> Word? {
    if !line.arguments.isEmpty { return word(line, line.arguments) }
    report(SyntaxRules.arity, line, "\(name) takes an argument")
    return nil
  }

  mutating func volume(_ line: InstructionLine) -> InstructionBody {
    guard let words = list(line) else { return .invalid }
    guard !words.isEmpty else {
      report(SyntaxRules.arity, line, "VOLUME takes at least one path")
      return .invalid
    }
    for word in words where word.text.unicodeScalars.allSatisfy(WhiteSpace.isSpace) {
      report(SyntaxRules.emptyPath, line, at: word.range, "VOLUME has an empty path", help: "remove it")
    }
    return .volume(words)
  }

  mutating func onbuild(_ line: InstructionLine) -> InstructionBody {
    guard !line.arguments.isEmpty else {
      report(SyntaxRules.arity, line, "ONBUILD takes an instruction")
      return .invalid
    }
    var end = line.arguments.lowerBound
    while end < line.arguments.upperBound, !WhiteSpace.isBlank(line.text.bytes[end]) { end += 1 }
    let range = line.arguments.lowerBound..<end
    let trigger = line.text.string(range).uppercased()
    if ["ONBUILD", "MAINTAINER", "FROM"].contains(trigger) {
      report(SyntaxRules.onbuildTrigger, line, at: range, "\(trigger) can't be an ONBUILD trigger", help: "remove it")
      return .invalid
    }
    checkTriggerSyntax(line)
    if isDirective(trigger) {
      report(
        SyntaxRules.onbuildDirective, line, at: range, "the Claw directive \(trigger) can't be an ONBUILD trigger",
        help: "put it into the Clawfile that is built from this image")
      return .invalid
    }
    return .onbuild(line.arguments)
  }
}
