import Diagnostics
import Lexer
import Source

/// Collects the findings of one load. The same finding at the same place counts once, because a value can be looked at
/// several times: once after each document, and in each service that extends its own.
final class ComposeReport {
  private(set) var bag = DiagnosticBag()
  private var seen: Set<Key> = []
  private var comparisons = 0

  init() {}

  private struct Key: Hashable {
    let rule: Rule
    let location: Location
    let message: String
  }

  func add(
    _ rule: Rule, at location: Location, _ message: String, help: String? = nil, labels: [Diagnostic.Label] = [],
    fixes: [FixIt] = []
  ) {
    guard seen.insert(Key(rule: rule, location: location, message: message)).inserted else { return }
    bag.report(rule, at: location, message, help: help, labels: labels, fixes: fixes)
  }

  /// The nearest of some names, as long as there have not been so many questions that the answers cost more than the load.
  func suggestion(to word: String, in candidates: @autoclosure () -> [String]) -> String? {
    guard comparisons < 100_000 else { return nil }
    let candidates = candidates()
    comparisons += candidates.count
    return Suggestion.nearest(to: word, in: candidates)
  }

  /// Adds what a reader found.
  func add(contentsOf other: DiagnosticBag) {
    bag.add(contentsOf: other)
  }

  /// Adds a failed expansion at its place inside a scalar.
  func add(_ failure: Interpolation.Failure, in node: YAMLNode, of file: SourceFile) {
    let rule: Rule
    switch failure.reason {
    case .malformed, .tooDeep: rule = ComposeRules.invalidInterpolation
    case .missing: rule = ComposeRules.missingVariable
    }
    add(
      rule, at: Location(file, ScalarPlaces.range(of: failure.range, in: node, of: file)), failure.message,
      help: failure.help)
  }
}

/// Finds the source bytes of a part of a scalar's text that starts with `$`.
enum ScalarPlaces {
  /// The bytes of `part`, an offset range into the scalar's text; the whole scalar where escapes hide them.
  static func range(of part: SourceRange, in node: YAMLNode, of file: SourceFile) -> SourceRange {
    guard let text = node.text else { return node.range }
    let dollar = UInt8(ascii: "$")
    let source = file.slice(node.range)
    let ordinal = text.utf8.prefix(part.lower).count { $0 == dollar }
    guard text.utf8.count(where: { $0 == dollar }) == source.count(where: { $0 == dollar }) else { return node.range }
    var seen = 0
    for index in source.indices where source[index] == dollar {
      if seen < ordinal {
        seen += 1
        continue
      }
      let wanted = text.utf8.dropFirst(part.lower).prefix(part.count)
      let isSame = source[index...].starts(with: wanted)
      return SourceRange(index, isSame ? index + part.count : min(index + 1, node.range.upper))
    }
    return node.range
  }
}
