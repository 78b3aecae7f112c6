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
  private let tables: claw_scan_tables
  /// The literals by their groups, in memory of our own: a scan goes through them without counting references.
  private let literals: UnsafeMutableBufferPointer<Literal>
  /// Where the literals of each group start, and where the last ones end.
  private let groupStarts: UnsafeMutableBufferPointer<Int>
  private let searched: [Int]

  /// How matches of a pattern can begin: up to eight bytes as one number, the first one lowest, where letters in both cases
  /// are masked to be capitals.
  private struct Literal {
    var value: UInt64 = 0
    var mask: UInt64 = 0
    var count: Int
    var pattern: Int

    init(_ prefix: LiteralPrefixes.Prefix, _ pattern: Int) {
      for (place, bytes) in prefix.enumerated() {
        let mask: UInt8 = bytes.count > 1 ? 0xDF : 0xFF
        self.mask |= UInt64(mask) << UInt64(8 * place)
        value |= UInt64(bytes[0] & mask) << UInt64(8 * place)
      }
      count = prefix.count
      self.pattern = pattern
    }
  }

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
    var groups = [[Literal]](repeating: [], count: 8)
    var tables = claw_scan_tables()
    // Literals with the same first byte share a group, as far as eight groups allow.
    var groupOfByte: [UInt8: Int] = [:]
    for (prefix, pattern) in literals {
      let first = prefix[0][0] | 0x20
      let group = groupOfByte[first] ?? groupOfByte.count % 8
      groupOfByte[first] = group
      groups[group].append(Literal(prefix, pattern))
      Self.fill(&tables, prefix, group: UInt8(1) << UInt8(group))
    }
    self.tables = tables
    self.literals = .allocate(capacity: literals.count)
    _ = self.literals.initialize(from: groups.joined())
    groupStarts = .allocate(capacity: 9)
    _ = groupStarts.initialize(from: groups.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) })
  }

  deinit {
    literals.deallocate()
    groupStarts.deallocate()
  }

  private static func fill(_ tables: inout claw_scan_tables, _ prefix: LiteralPrefixes.Prefix, group: UInt8) {
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
    var hits = claw_scan_hits()
    let isDone = withUnsafePointer(to: tables) { tables in
      while true {
        let start = claw_scan(base, range.upperBound, from, tables, &hits)
        if start >= range.upperBound { return false }
        var places = hits.places
        while places != 0 {
          let offset = places.trailingZeroBitCount
          places &= places - 1
          let fits = withUnsafeBytes(of: &hits.groups) { $0[offset] }
          if !offer(bytes, start + offset, range.upperBound, fits, found) { return true }
        }
        from = start + 32
      }
    }
    if isDone { return }
    // The scan looks at three bytes: a literal of two may stand at the very end.
    let last = range.upperBound - 2
    if last >= range.lowerBound { _ = offer(bytes, last, range.upperBound, 0xFF, found) }
  }

  @inline(__always)
  private func offer(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ end: Int, _ fits: UInt8, _ found: (Int, Int) -> Bool
  ) -> Bool {
    var rest = fits
    let count = end - place
    let word = Self.word(bytes, place, count)
    while rest != 0 {
      let group = rest.trailingZeroBitCount
      rest &= rest - 1
      for index in groupStarts[group]..<groupStarts[group + 1] {
        let literal = literals[index]
        guard word & literal.mask == literal.value, literal.count <= count else { continue }
        if !found(place, literal.pattern) { return false }
      }
    }
    return true
  }

  /// The next eight bytes, the first one lowest; zeros behind the end.
  @inline(__always)
  private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ count: Int) -> UInt64 {
    if count >= 8, let base = bytes.baseAddress {
      return UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self))
    }
    var word: UInt64 = 0
    for index in 0..<max(0, count) { word |= UInt64(bytes[place + index]) << UInt64(8 * index) }
    return word
  }

  /// Whether deciding where literals stand has cost more than searching would.
  private static func isTooMuch(_ work: Int, _ count: Int) -> Bool { work > 1 << 16 && work > 2 * count }

  /// What deciding at a place costs besides the bytes that are gone through.
  private static let decisionCost = 16

  /// Which patterns have a match in the text.
  package func matching(_ bytes: UnsafeBufferPointer<UInt8>, text: Range<Int>? = nil) -> PatternHits {
    let text = text ?? 0..<bytes.count
    var result = PatternHits(count: patterns.count)
    for index in searched where patterns[index].search.hasMatch(bytes, text: text) { result.insert(index) }
    var work = 0
    candidates(bytes, in: text) { place, index in
      if result.contains(index) { return true }
      let matcher = patterns[index].anchored
      if matcher.matchEnd(bytes, text: text, from: place, isShort: true) != nil { result.insert(index) }
      work += matcher.consumed + Self.decisionCost
      return !Self.isTooMuch(work, text.count)
    }
    if Self.isTooMuch(work, text.count) {
      for index in patterns.indices where patterns[index].hasPrefixes && !result.contains(index) {
        if patterns[index].search.hasMatch(bytes, text: text) { result.insert(index) }
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

  /// A line and a pattern that has a match in it.
  package struct LineMatch: Sendable, Hashable {
    package var line: Range<Int>
    package var pattern: Int
  }

  /// Each line that is wanted with each pattern that has a match in it, in order; lines end at U+000A.
  ///
  /// - Parameter isShort: whether one will do, so that the first that is seen is given alone.
  package func matchingLines(
    _ bytes: UnsafeBufferPointer<UInt8>, isShort: Bool = false, isWanted: (Range<Int>) -> Bool
  ) -> [LineMatch] {
    var found: [LineMatch] = []
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
      guard isCurrentWanted,
        !found.reversed().prefix(patterns.count).contains(where: { $0.line == current && $0.pattern == index })
      else { return true }
      if patterns[index].anchored.matchEnd(bytes, text: current, from: place, isShort: true) != nil {
        found.append(LineMatch(line: current, pattern: index))
        if isShort { return false }
      }
      work += patterns[index].anchored.consumed + Self.decisionCost
      return !Self.isTooMuch(work, bytes.count)
    }
    if isShort, !found.isEmpty { return found }
    let isTooMuch = Self.isTooMuch(work, bytes.count)
    if isTooMuch { found = [] }
    let searched = isTooMuch ? Array(patterns.indices) : self.searched
    if !searched.isEmpty {
      var start = 0
      while start < bytes.count {
        let range = line(around: start)
        if isWanted(range) {
          for index in searched where patterns[index].search.hasMatch(bytes, text: range) {
            found.append(LineMatch(line: range, pattern: index))
          }
        }
        start = range.upperBound + 1
      }
    }
    if found.count > 1 {
      found.sort {
        $0.line.lowerBound != $1.line.lowerBound
          ? $0.line.lowerBound < $1.line.lowerBound : $0.pattern < $1.pattern
      }
    }
    return found
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
