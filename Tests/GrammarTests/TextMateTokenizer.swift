import Foundation

/// A TextMate engine small enough to read: patterns in order, begin and end, captures, back references, `\G` and `\A`.
///
/// What it leaves out, our grammar does not use: while rules, injections, other languages' grammars.
final class TextMateTokenizer {
  /// A scope for a range of UTF-16 units of a line; later ones lie inside of earlier ones.
  struct Paint {
    var range: NSRange
    var scopes: [String]
  }

  private final class Rule {
    var name: String?
    var match: Pattern?
    var begin: Pattern?
    var end: String?
    var captures: [Int: String] = [:]
    var endCaptures: [Int: String] = [:]
    var children: [Any] = []
    var expanded: [Rule]?
  }

  /// A regular expression, and where it may be tried at all.
  private struct Pattern {
    var regex: NSRegularExpression
    var isAtAnchor = false
    var isAtFileStart = false
  }

  private struct Frame {
    var rule: Rule
    var end: NSRegularExpression?
    var anchor: Int?
  }

  private let repository: [String: [String: Any]]
  private var rules: [String: Rule] = [:]
  private let root: Rule

  /// Reads a grammar.
  init(json: Data) throws {
    let grammar = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
    repository = grammar["repository"] as? [String: [String: Any]] ?? [:]
    root = Rule()
    root.children = grammar["patterns"] as? [Any] ?? []
  }

  /// The scopes of every line; lines come without their line feed.
  func tokenize(_ lines: [String]) throws -> [[Paint]] {
    var stack = [Frame(rule: root, end: nil, anchor: nil)]
    return try lines.enumerated().map { number, line in
      for index in stack.indices { stack[index].anchor = nil }
      return try tokenize(line + "\n", isFirst: number == 0, &stack)
    }
  }

  private func tokenize(_ line: String, isFirst: Bool, _ stack: inout [Frame]) throws -> [Paint] {
    let text = line as NSString
    var paints: [Paint] = []
    var position = 0
    var idle = 0
    func scopes(_ frames: [Frame]) -> [String] { frames.compactMap(\.rule.name) }
    func paint(_ range: NSRange, _ frames: [Frame], _ extra: [String?] = []) {
      if range.length > 0 { paints.append(Paint(range: range, scopes: scopes(frames) + extra.compactMap { $0 })) }
    }
    func paint(_ captures: [Int: String], of match: NSTextCheckingResult, _ frames: [Frame], _ name: String?) {
      paint(match.range, frames, [name])
      for (group, scope) in captures.sorted(by: { $0.key < $1.key }) where group < match.numberOfRanges {
        let range = match.range(at: group)
        if range.location != NSNotFound { paint(range, frames, [name, scope]) }
      }
    }
    while position <= text.length {
      guard let top = stack.last else { break }
      var best: (match: NSTextCheckingResult, rule: Rule?)?
      let range = NSRange(location: position, length: text.length - position)
      if let end = top.end, let match = end.firstMatch(in: line, options: Self.bounds, range: range) {
        best = (match, nil)
      }
      for rule in try expanded(top.rule) {
        guard let pattern = rule.match ?? rule.begin else { continue }
        if pattern.isAtFileStart, !isFirst { continue }
        if pattern.isAtAnchor, position != top.anchor { continue }
        let options = pattern.isAtAnchor ? Self.bounds.union(.anchored) : Self.bounds
        guard let match = pattern.regex.firstMatch(in: line, options: options, range: range) else { continue }
        if let best, best.match.range.location <= match.range.location { continue }
        best = (match, rule)
      }
      guard let (match, rule) = best else {
        paint(range, stack)
        break
      }
      paint(NSRange(location: position, length: match.range.location - position), stack)
      let end = match.range.location + match.range.length
      if let rule {
        if rule.match != nil {
          paint(rule.captures, of: match, stack, rule.name)
        } else {
          paint(rule.captures, of: match, stack, rule.name)
          stack.append(Frame(rule: rule, end: try Self.end(of: rule, match, text), anchor: end))
        }
      } else {
        let frame = stack.removeLast()
        paint(frame.rule.endCaptures, of: match, stack, frame.rule.name)
      }
      // Empty matches change the stack and no more; a grammar that goes round in circles must not hang the test.
      idle = end == position ? idle + 1 : 0
      position = idle > 20 ? end + 1 : end
      if position >= text.length, idle == 0 { break }
    }
    return paints
  }

  private static let bounds: NSRegularExpression.MatchingOptions = [.withoutAnchoringBounds, .withTransparentBounds]

  /// The end's expression with what begin captured in place of `\1` and so on.
  private static func end(of rule: Rule, _ match: NSTextCheckingResult, _ text: NSString) throws -> NSRegularExpression?
  {
    guard var end = rule.end else { return nil }
    for group in 1..<max(2, match.numberOfRanges) {
      let range = group < match.numberOfRanges ? match.range(at: group) : NSRange(location: NSNotFound, length: 0)
      let captured = range.location == NSNotFound ? "" : text.substring(with: range)
      end = end.replacingOccurrences(of: "\\\(group)", with: NSRegularExpression.escapedPattern(for: captured))
    }
    return try NSRegularExpression(pattern: end)
  }

  // MARK: Rules

  private func expanded(_ rule: Rule) throws -> [Rule] {
    if let expanded = rule.expanded { return expanded }
    var result: [Rule] = []
    for child in rule.children {
      guard let child = child as? [String: Any] else { continue }
      if let include = child["include"] as? String {
        guard include.hasPrefix("#") else { continue }
        let made = try named(String(include.dropFirst()))
        result += made.match == nil && made.begin == nil ? try expanded(made) : [made]
      } else {
        result.append(try make(child))
      }
    }
    rule.expanded = result
    return result
  }

  private func named(_ name: String) throws -> Rule {
    if let rule = rules[name] { return rule }
    guard let value = repository[name] else { throw MissingRule(name: name) }
    let rule = Rule()
    rules[name] = rule
    try fill(rule, value)
    return rule
  }

  private func make(_ value: [String: Any]) throws -> Rule {
    let rule = Rule()
    try fill(rule, value)
    return rule
  }

  private func fill(_ rule: Rule, _ value: [String: Any]) throws {
    func captures(_ key: String) -> [Int: String] {
      var names: [Int: String] = [:]
      for (group, scope) in value[key] as? [String: [String: Any]] ?? [:] {
        if let number = Int(group), let name = scope["name"] as? String { names[number] = name }
      }
      return names
    }
    rule.name = value["name"] as? String
    rule.match = try (value["match"] as? String).map(pattern)
    rule.begin = try (value["begin"] as? String).map(pattern)
    rule.end = value["end"] as? String
    rule.captures = captures("captures").merging(captures("beginCaptures")) { $1 }
    rule.endCaptures = captures("endCaptures")
    rule.children = value["patterns"] as? [Any] ?? []
  }

  private func pattern(_ text: String) throws -> Pattern {
    Pattern(
      regex: try NSRegularExpression(pattern: text.replacingOccurrences(of: "\\G", with: "(?:)")),
      isAtAnchor: text.contains("\\G"), isAtFileStart: text.contains("\\A"))
  }

  /// An include names a rule that is not there.
  struct MissingRule: Error { var name: String }
}
