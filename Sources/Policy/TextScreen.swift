package import Automata
import Guards
package import IR

/// Finds in texts what a program holds for secrets and for personal data that must not pass, with its places, so that it can
/// be masked: in whole texts, and in texts that come piece by piece.
///
/// Secrets count from the program's threshold on. Of the detectors of `hard_rails`, those that block at the first finding are
/// masked here; those with higher thresholds are counted by the guard itself.
///
/// A reference that remembers what its automata learned; not for use by several threads at once.
package final class TextScreen {
  /// A find.
  package struct Find: Sendable, Equatable {
    /// Its bytes in the text.
    package var range: Range<Int>
    /// The guard that asks for it.
    package var guardName: String
    /// The secret or detector.
    package var name: String
    package var severity: PolicySeverity
  }

  private struct Term {
    var guardName: String
    var name: String
    var severity: PolicySeverity
    var check: Detector.Check
  }

  private let terms: [Term]
  private let scanner: PatternScanner
  private let matcher: StreamMatcher

  /// A screen for a program; nil if the program looks for nothing that can be masked.
  package convenience init?(_ program: PolicyProgram) throws(RegexFailure) {
    var terms: [Term] = []
    var nodes: [RegexNode] = []
    for part in program.guards {
      switch part {
      case .secretLeak(let own):
        for secret in own.secrets where secret.severity >= own.threshold {
          terms.append(
            Term(
              guardName: "secret_leak", name: secret.name, severity: secret.severity,
              check: secret.checksLuhn ? .luhn : .none))
          nodes.append(secret.term.node)
        }
      case .hardRails(let own):
        for detector in own.detectors where detector.blockAt == 1 {
          guard let record = Detector.all.first(where: { $0.name == detector.name }),
            case .expressions(let patterns, let check) = record.method
          else { continue }
          for pattern in patterns {
            terms.append(Term(guardName: "hard_rails", name: detector.name, severity: .critical, check: check))
            nodes.append(try RegexParser.parse(pattern))
          }
        }
      default: continue
      }
    }
    if terms.isEmpty { return nil }
    try self.init(terms, nodes)
  }

  /// A screen for phrases, whose letters may be capitals or not; they are named after themselves.
  package convenience init(phrases: [String], guardName: String) throws(RegexFailure) {
    try self.init(
      phrases.map { Term(guardName: guardName, name: $0, severity: .error, check: .none) },
      phrases.map { (phrase) throws(RegexFailure) in try RegexParser.parse("(?i)" + Self.escaped(phrase)) })
  }

  private static func escaped(_ phrase: String) -> String {
    var text = ""
    for scalar in phrase.unicodeScalars {
      if scalar == " " {
        // However much white space there is between words.
        text += #"\s+"#
      } else {
        if scalar.isASCII, !scalar.properties.isAlphabetic, !(0x30...0x39 ~= scalar.value) { text += "\\" }
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private init(_ terms: [Term], _ nodes: [RegexNode]) throws(RegexFailure) {
    self.terms = terms
    scanner = try PatternScanner(nodes)
    matcher = try StreamMatcher(nodes)
  }

  /// What is in a text, from left to right; finds that overlap are one, named after the first.
  package func finds(_ text: [UInt8]) -> [Find] { finds(text, from: 0) }

  private func finds(_ text: [UInt8], from start: Int) -> [Find] {
    let all = text.withUnsafeBufferPointer { bytes in
      let hits = scanner.matching(bytes)
      guard !hits.isEmpty else { return [Find]() }
      var finds: [Find] = []
      hits.forEach { index in
        let term = terms[index]
        for match in scanner.matches(of: index, bytes)
        where match.range.lowerBound >= start && !match.range.isEmpty
          && DetectorCheck.passes(term.check, Array(bytes[match.range]))
        {
          finds.append(
            Find(range: match.range, guardName: term.guardName, name: term.name, severity: term.severity))
        }
      }
      return finds
    }
    if all.count < 2 { return all }
    var merged: [Find] = []
    for find in all.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if let last = merged.last, find.range.lowerBound < last.range.upperBound {
        merged[merged.count - 1].range = last.range.lowerBound..<max(last.range.upperBound, find.range.upperBound)
      } else {
        merged.append(find)
      }
    }
    return merged
  }

  /// A text with its finds masked, or nil if there are none.
  package func masked(_ text: String) -> (text: String, finds: [Find])? { masked(Array(text.utf8), from: 0) }

  /// - Parameter start: where the text begins; what is before is only looked at by conditions on the place.
  private func masked(_ bytes: [UInt8], from start: Int) -> (text: String, finds: [Find])? {
    var finds = finds(bytes, from: start)
    var text = finds.isEmpty ? nil : Self.mask(bytes, finds, from: start)
    // A secret with something invisible between its letters is one all the same; then what can't be seen goes too.
    if let visible = VisibleText.withoutInvisible(text.map { Array($0.utf8) } ?? Array(bytes[start...])) {
      let hidden = self.finds(visible, from: 0)
      if !hidden.isEmpty {
        text = Self.mask(visible, hidden)
        finds += hidden
      }
    }
    return text.map { ($0, finds) }
  }

  private static func mask(_ bytes: [UInt8], _ finds: [Find], from start: Int = 0) -> String {
    var result: [UInt8] = []
    var index = start
    for find in finds {
      result += bytes[index..<find.range.lowerBound]
      result += "[redacted:\(find.name)]".utf8
      index = find.range.upperBound
    }
    result += bytes[index...]
    return String(decoding: result, as: UTF8.self)
  }

  /// A text that comes piece by piece: what may be the beginning of a find waits until that is known.
  ///
  /// For use with the screen that made it.
  package struct Stream {
    /// More waits than `limit`.
    package struct TooLong: Error, Sendable {}

    private var progress = StreamMatcher.Progress()
    /// What waits. In front of it stands the scalar before, which conditions on the place look at.
    private var window: [UInt8] = []
    private var contextCount = 0
    private let limit: Int

    /// - Parameter limit: most bytes that wait.
    package init(limit: Int = 64 << 10) { self.limit = limit }

    /// Whether nothing waits.
    package var isEmpty: Bool { window.count == contextCount }

    /// Takes a piece; gives what may pass now, and what was found in it.
    package mutating func push(
      _ piece: String, _ screen: TextScreen
    ) throws(TooLong) -> (text: String, finds: [Find]) {
      let bytes = Array(piece.utf8)
      // Invisible characters are passed over by the automaton, and what is around them is looked at without them.
      let visible = VisibleText.withoutInvisible(bytes) ?? bytes
      let settled = visible.withUnsafeBufferPointer { screen.matcher.advance(&progress, $0) }
      let isWaiting = !isEmpty
      window += bytes
      // A piece that can't be seen settles nothing of what waits.
      if settled == visible.count, settled > 0 || !isWaiting { return release(window.count, screen) }
      // With something invisible in the piece, places don't agree: the whole of it waits.
      if settled > 0, visible.count == bytes.count { return release(window.count - (visible.count - settled), screen) }
      if window.count - contextCount > limit { throw TooLong() }
      return ("", [])
    }

    /// Gives what still waits: the text is at its end.
    package mutating func finish(_ screen: TextScreen) -> (text: String, finds: [Find]) {
      // A match is noticed one step late, so the end of the text may be one.
      progress.hasMatch = true
      return release(window.count, screen)
    }

    private mutating func release(_ end: Int, _ screen: TextScreen) -> (text: String, finds: [Find]) {
      defer {
        // The last scalar stays as context.
        var start = end
        while start > 0, end - start < 4 {
          start -= 1
          if window[start] & 0xC0 != 0x80 { break }
        }
        // What is still open may have had its match already.
        if end == window.count { progress.hasMatch = false }
        window.removeFirst(start)
        contextCount = end - start
      }
      let passing = Array(window[..<end])
      guard progress.hasMatch else {
        return (String(decoding: passing[contextCount...], as: UTF8.self), [])
      }
      if let masked = screen.masked(passing, from: contextCount) { return masked }
      return (String(decoding: passing[contextCount...], as: UTF8.self), [])
    }
  }

  /// The beginning of a text that comes piece by piece.
  package func makeStream(limit: Int = 64 << 10) -> Stream { Stream(limit: limit) }
}
