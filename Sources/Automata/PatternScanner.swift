internal import CScan

/// Looks for many expressions in a text at once.
///
/// Expressions whose matches begin with one of a few literals are looked for by those, with one pass over the text for all of
/// them that goes at the speed of memory; where a literal stands, the expression's own automaton decides. Others search the
/// text by their automaton. Either way the time is linear in the text: an expression whose literals are found so often that
/// deciding costs more than a search is searched for.
///
/// A reference that remembers what it learned of its automata; not for use by several threads at once.
package final class PatternScanner {
  private final class Pattern {
    let node: RegexNode
    let nfa: NFA
    let hasPrefixes: Bool
    private(set) lazy var anchored = TextMatcher(nfa, .anchored)
    private(set) lazy var search = TextMatcher(nfa, .search)
    private(set) lazy var backwards: TextMatcher? = (try? NFA([node.reversed])).map { TextMatcher($0, .whole) }

    init(_ node: RegexNode, _ nfa: NFA, hasPrefixes: Bool) {
      self.node = node
      self.nfa = nfa
      self.hasPrefixes = hasPrefixes
    }
  }

  private let patterns: [Pattern]
  private var tables = claw_scan_tables()
  /// The patterns of each group of literals.
  private var groups: [[Int]] = []
  private let searched: [Int]

  /// A match: which pattern, and its bytes.
  package struct Match: Sendable, Hashable {
    package var pattern: Int
    package var range: Range<Int>
  }

  /// A scanner for expressions, which are known by their index.
  package init(_ nodes: [RegexNode]) throws(RegexFailure) {
    var patterns: [Pattern] = []
    var literals: [(prefix: LiteralPrefixes.Prefix, pattern: Int)] = []
    for (index, node) in nodes.enumerated() {
      let prefixes = LiteralPrefixes.of(node)
      patterns.append(Pattern(node, try NFA([node]), hasPrefixes: prefixes != nil))
      for prefix in prefixes ?? [] { literals.append((prefix, index)) }
    }
    self.patterns = patterns
    searched = patterns.indices.filter { !patterns[$0].hasPrefixes }
    groups = [[Int]](repeating: [], count: 8)
    // Literals with the same first byte share a group, as far as eight groups allow.
    var groupOfByte: [UInt8: Int] = [:]
    for (prefix, pattern) in literals {
      let first = prefix[0][0] | 0x20
      let group = groupOfByte[first] ?? groupOfByte.count % 8
      groupOfByte[first] = group
      if !groups[group].contains(pattern) { groups[group].append(pattern) }
      fill(prefix, group: UInt8(1) << UInt8(group))
    }
  }

  private func fill(_ prefix: LiteralPrefixes.Prefix, group: UInt8) {
    withUnsafeMutableBytes(of: &tables) { bytes in
      for place in 0..<3 {
        let allowed = place < prefix.count ? prefix[place] : Array(0...255)
        for byte in allowed {
          bytes[place * 16 + Int(byte & 15)] |= group
          bytes[48 + place * 16 + Int(byte >> 4)] |= group
        }
      }
    }
  }

  /// Calls `found` for places at which matches of patterns may start, in order, until it says to stop.
  private func candidates(
    _ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>, _ found: (Int, UInt8) -> Bool
  ) {
    guard patterns.contains(where: \.hasPrefixes), let base = bytes.baseAddress else { return }
    var from = range.lowerBound
    var fits: UInt8 = 0
    while true {
      let place = claw_scan(base, range.upperBound, from, &tables, &fits)
      if place >= range.upperBound { break }
      if !found(place, fits) { return }
      from = place + 1
    }
    // The last two bytes have no third one behind them; few patterns can match there, so all are asked.
    for place in max(range.lowerBound, range.upperBound - 2)..<range.upperBound where !found(place, 0xFF) { return }
  }

  /// For each pattern, whether it has a match in the text.
  package func matching(_ bytes: UnsafeBufferPointer<UInt8>, text: Range<Int>? = nil) -> [Bool] {
    let text = text ?? 0..<bytes.count
    var result = [Bool](repeating: false, count: patterns.count)
    for index in searched { result[index] = patterns[index].search.hasMatch(bytes, text: text) }
    var work = 0
    var isTooMuch = false
    candidates(bytes, in: text) { place, fits in
      for group in 0..<8 where fits & (1 << UInt8(group)) != 0 {
        for index in groups[group] where !result[index] {
          if patterns[index].anchored.matchEnd(bytes, text: text, from: place, isShort: true) != nil {
            result[index] = true
          }
        }
      }
      work += 1
      isTooMuch = work > 4096 && work * 8 > text.count
      return !isTooMuch
    }
    if isTooMuch {
      for index in patterns.indices where patterns[index].hasPrefixes && !result[index] {
        result[index] = patterns[index].search.hasMatch(bytes, text: text)
      }
    }
    return result
  }

  /// Whether any pattern has a match.
  package func hasMatch(_ bytes: UnsafeBufferPointer<UInt8>, text: Range<Int>? = nil) -> Bool {
    let text = text ?? 0..<bytes.count
    var isFound = false
    var work = 0
    var isTooMuch = false
    candidates(bytes, in: text) { place, fits in
      for group in 0..<8 where fits & (1 << UInt8(group)) != 0 {
        for index in groups[group]
        where patterns[index].anchored.matchEnd(bytes, text: text, from: place, isShort: true) != nil {
          isFound = true
          return false
        }
      }
      work += 1
      isTooMuch = work > 4096 && work * 8 > text.count
      return !isTooMuch
    }
    if isFound { return true }
    return patterns.indices.contains { index in
      (isTooMuch || !patterns[index].hasPrefixes) && patterns[index].search.hasMatch(bytes, text: text)
    }
  }

  /// Every match of a pattern, none overlapping, from left to right.
  package func matches(of pattern: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> [Match] {
    let matcher = patterns[pattern]
    let text = 0..<bytes.count
    var result: [Match] = []
    var from = 0
    while from <= bytes.count {
      guard let end = matcher.search.matchEnd(bytes, text: text, from: from) else { break }
      // What is before `from` belongs to the match before and may not be part of this one.
      let start = matcher.backwards?.longestBackwards(bytes, text: text, from: end, notBefore: from) ?? end
      result.append(Match(pattern: pattern, range: start..<end))
      // Behind an empty match the search goes on after the next scalar.
      from = end > start || end == bytes.count ? end : end + UTF8Decoding.scalar(bytes, end, bytes.count).1
      if end == start, end == bytes.count { break }
    }
    return result
  }
}
