internal import CScan
import Glibc

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
  /// The literals of each group.
  private var groups: [[Literal]] = []

  /// How matches of a pattern can begin: at each place one byte or another.
  private struct Literal {
    var first: [UInt8]
    var second: [UInt8]
    var pattern: Int

    init(_ prefix: LiteralPrefixes.Prefix, _ pattern: Int) {
      first = prefix.map { $0[0] }
      second = prefix.map { $0[$0.count - 1] }
      self.pattern = pattern
    }

    @inline(__always)
    func stands(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ end: Int) -> Bool {
      guard place + first.count <= end else { return false }
      for index in first.indices {
        let byte = bytes[place + index]
        if byte != first[index], byte != second[index] { return false }
      }
      return true
    }
  }
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
    groups = [[Literal]](repeating: [], count: 8)
    // Literals with the same first byte share a group, as far as eight groups allow.
    var groupOfByte: [UInt8: Int] = [:]
    for (prefix, pattern) in literals {
      let first = prefix[0][0] | 0x20
      let group = groupOfByte[first] ?? groupOfByte.count % 8
      groupOfByte[first] = group
      groups[group].append(Literal(prefix, pattern))
      fill(prefix, group: UInt8(1) << UInt8(group))
    }
  }

  private func fill(_ prefix: LiteralPrefixes.Prefix, group: UInt8) {
    withUnsafeMutableBytes(of: &tables) { bytes in
      // Behind a short literal any byte may stand.
      for place in 0..<3 {
        let allowed = place < prefix.count ? prefix[place] : Array(0...255)
        for byte in allowed {
          bytes[place * 16 + Int(byte & 15)] |= group
          bytes[48 + place * 16 + Int(byte >> 4)] |= group
        }
      }
    }
  }

  /// Calls `found` for places and patterns whose literals stand there, from left to right, until it says to stop.
  private func candidates(
    _ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>, _ found: (Int, Int) -> Bool
  ) {
    guard patterns.count > searched.count, let base = bytes.baseAddress else { return }
    var from = range.lowerBound
    var fits: UInt8 = 0
    return withUnsafePointer(to: tables) { tables in
      while true {
        let place = claw_scan(base, range.upperBound, from, tables, &fits)
        if place >= range.upperBound { break }
        if !offer(bytes, place, range.upperBound, fits, found) { return }
        from = place + 1
      }
      // The last two bytes have no third one behind them.
      for place in max(range.lowerBound, range.upperBound - 2)..<range.upperBound
      where !offer(bytes, place, range.upperBound, 0xFF, found) { return }
    }
  }

  @inline(__always)
  private func offer(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ end: Int, _ fits: UInt8, _ found: (Int, Int) -> Bool
  ) -> Bool {
    var rest = fits
    while rest != 0 {
      let group = rest.trailingZeroBitCount
      rest &= rest - 1
      for literal in groups[group] where literal.stands(bytes, place, end) {
        if !found(place, literal.pattern) { return false }
      }
    }
    return true
  }

  /// Whether deciding where literals stand has cost more than searching would.
  private static func isTooMuch(_ work: Int, _ count: Int) -> Bool { work > 1 << 16 && work > 2 * count }

  /// What deciding at a place costs besides the bytes that are gone through.
  private static let decisionCost = 16

  /// For each pattern, whether it has a match in the text.
  package func matching(_ bytes: UnsafeBufferPointer<UInt8>, text: Range<Int>? = nil) -> [Bool] {
    let text = text ?? 0..<bytes.count
    var result = [Bool](repeating: false, count: patterns.count)
    for index in searched { result[index] = patterns[index].search.hasMatch(bytes, text: text) }
    var work = 0
    candidates(bytes, in: text) { place, index in
      if result[index] { return true }
      result[index] = patterns[index].anchored.matchEnd(bytes, text: text, from: place, isShort: true) != nil
      work += patterns[index].anchored.consumed + Self.decisionCost
      return !Self.isTooMuch(work, text.count)
    }
    if Self.isTooMuch(work, text.count) {
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
    candidates(bytes, in: text) { place, index in
      isFound = patterns[index].anchored.matchEnd(bytes, text: text, from: place, isShort: true) != nil
      work += patterns[index].anchored.consumed + Self.decisionCost
      return !isFound && !Self.isTooMuch(work, text.count)
    }
    if isFound { return true }
    let isTooMuch = Self.isTooMuch(work, text.count)
    return patterns.indices.contains { index in
      (isTooMuch || !patterns[index].hasPrefixes) && patterns[index].search.hasMatch(bytes, text: text)
    }
  }

  /// Each line that is wanted with each pattern that has a match in it, in order; lines end at U+000A.
  package func matchingLines(
    _ bytes: UnsafeBufferPointer<UInt8>, isWanted: (Range<Int>) -> Bool
  ) -> [(line: Range<Int>, pattern: Int)] {
    var found: [(line: Range<Int>, pattern: Int)] = []
    func line(around place: Int) -> Range<Int> {
      guard let base = bytes.baseAddress else { return place..<place }
      var start = place
      while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
      let end = memchr(base + place, 0x0A, bytes.count - place).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
      return start..<(end ?? bytes.count)
    }
    var current = 0..<0
    var isCurrentWanted = false
    var work = 0
    candidates(bytes, in: 0..<bytes.count) { place, index in
      if !current.contains(place) {
        current = line(around: place)
        isCurrentWanted = isWanted(current)
      }
      // A literal that reaches over the line's end is none of it; the automaton sees the line alone.
      guard isCurrentWanted, !found.reversed().prefix(patterns.count).contains(where: { $0.line == current && $0.pattern == index })
      else { return true }
      if patterns[index].anchored.matchEnd(bytes, text: current, from: place, isShort: true) != nil {
        found.append((current, index))
      }
      work += patterns[index].anchored.consumed + Self.decisionCost
      return !Self.isTooMuch(work, bytes.count)
    }
    let isTooMuch = Self.isTooMuch(work, bytes.count)
    if isTooMuch { found = [] }
    let searched = isTooMuch ? Array(patterns.indices) : self.searched
    if !searched.isEmpty {
      var start = 0
      while start < bytes.count {
        let range = line(around: start)
        if isWanted(range) {
          for index in searched where patterns[index].search.hasMatch(bytes, text: range) { found.append((range, index)) }
        }
        start = range.upperBound + 1
      }
    }
    return found.sorted { ($0.line.lowerBound, $0.pattern) < ($1.line.lowerBound, $1.pattern) }
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
