import AST
import Automata
import Diagnostics
import Guards
import IR
import Lexer
import Source

/// Reads the patterns of rulesets, each just once however many sections share it.
struct PolicyPatterns {
  private struct Key: Hashable {
    var kind: Int
    var text: String
  }

  private var known: [Key: Result<RegexNode, RegexFailure>] = [:]
  private var reported: Set<Location> = []

  /// A pattern; nil if it is none, which is reported.
  mutating func term(_ pattern: Located<String>, _ kind: TextKind, into bag: inout DiagnosticBag) -> PatternTerm? {
    switch read(pattern.value, kind) {
    case .success(let node):
      // A default stands nowhere.
      let location = pattern.location.range.isEmpty ? nil : pattern.location
      return PatternTerm(text: pattern.value, node: node, location: location)
    case .failure(let failure):
      if reported.insert(pattern.location).inserted { report(failure, pattern, kind, into: &bag) }
      return nil
    }
  }

  /// A pattern of ours.
  mutating func term(_ pattern: String, _ kind: TextKind) -> PatternTerm? {
    guard case .success(let node) = read(pattern, kind) else { return nil }
    return PatternTerm(text: pattern, node: node, location: nil)
  }

  private mutating func read(_ text: String, _ kind: TextKind) -> Result<RegexNode, RegexFailure> {
    let number =
      switch kind {
      case .path: 0
      case .host: 1
      case .expression: 2
      case .name: 3
      }
    let key = Key(kind: number, text: text)
    if let found = known[key] { return found }
    let result: Result<RegexNode, RegexFailure>
    do throws(RegexFailure) {
      let node: RegexNode
      switch kind {
      case .path: node = try PathGlob.parse(text)
      case .host: node = try HostGlob.parse(text)
      case .expression:
        node = try RegexParser.parse(text)
        if node.stateCount > NFA.stateLimit / 2 { throw RegexFailure(message: "it is too large", range: 0..<0) }
      case .name: node = .literal(text)
      }
      result = .success(node)
    } catch {
      result = .failure(error)
    }
    known[key] = result
    return result
  }

  private func report(
    _ failure: RegexFailure, _ pattern: Located<String>, _ kind: TextKind, into bag: inout DiagnosticBag
  ) {
    let what =
      switch kind {
      case .path: "pattern of paths"
      case .host: "pattern of hosts"
      case .expression: "regular expression"
      case .name: "name"
      }
    bag.report(
      PolicyCheckRules.invalidPattern, at: PolicyText.place(of: failure.range, in: pattern),
      "'\(pattern.value)' is no \(what): \(failure.message)",
      help: kind == .expression ? "the dialect is that of Rust's regex library" : "docs/policy.md has the dialect")
  }
}

/// Places inside of texts.
enum PolicyText {
  /// Where some bytes of a text stand in its file: exactly, if the text was written without escapes, or else the whole text.
  static func place(of range: Range<Int>, in text: Located<String>) -> Location {
    let written = text.location.file.slice(text.location.range)
    let quote = written.first == 0x22 || written.first == 0x27 ? 1 : 0
    let inner = written.dropFirst(quote).dropLast(quote)
    guard inner.elementsEqual(text.value.utf8) else { return text.location }
    let start = text.location.range.lower + quote
    return Location(text.location.file, SourceRange(start + range.lowerBound, start + range.upperBound))
  }
}
