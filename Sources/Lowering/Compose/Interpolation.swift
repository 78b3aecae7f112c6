package import Source

/// Expands `$NAME` and `${NAME…}` in a text with compose's meaning: `$$` is `$`, `:-` `-` give a default, `:+` `+` a
/// replacement, `:?` `?` an error, a default is expanded in turn, any other `$` is text.
package enum Interpolation {
  /// What came of a text.
  package struct Result: Sendable {
    /// The text with its variables expanded.
    package var text: String
    /// The variables that had a part in it, in order.
    package var uses: [VariableUse]
  }

  /// Why a text could not be expanded.
  package struct Failure: Error, Sendable, Equatable {
    /// What kind of failure.
    package enum Reason: Sendable, Equatable {
      /// `${` is not followed by what compose knows.
      case malformed
      /// A variable that `?` demands has no value; with the author's own words, if any.
      case missing(name: String, message: String)
      /// Defaults stand within each other too deep.
      case tooDeep
    }
    /// What kind.
    package var reason: Reason
    /// The bytes of the text that are wrong.
    package var range: SourceRange

    /// Makes a failure.
    package init(reason: Reason, range: SourceRange) {
      self.reason = reason
      self.range = range
    }

    /// What is wrong, for a person.
    package var message: String {
      switch reason {
      case .malformed: "'${' starts a variable, but what follows is none"
      case .missing(let name, let message):
        message.isEmpty
          ? "the variable '\(name)' has no value" : "the variable '\(name)' has no value: \(message.shown)"
      case .tooDeep: "defaults of variables stand within each other too deep"
      }
    }

    /// What to do about it.
    package var help: String {
      switch reason {
      case .malformed: "write '${NAME}' or '${NAME:-default}'; write '$$' for a '$' that is meant as text"
      case .missing(let name, _): "set '\(name)' in the environment or in '.env'"
      case .tooDeep: "set one of the variables"
      }
    }
  }

  /// Expands a text with the variables of an environment.
  package static func expand(_ text: String, _ environment: Environment) throws(Failure) -> Result {
    try expand(text) { environment[$0] }
  }

  /// Expands a text.
  ///
  /// - Parameter lookup: the value of a variable, or nil where it is unset.
  package static func expand(_ text: String, lookup: (String) -> String?) throws(Failure) -> Result {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return Result(text: text, uses: []) }
    return try withoutActuallyEscaping(lookup) { lookup throws(Failure) in
      var expander = Expander(bytes: Array(text.utf8), lookup: lookup)
      let bytes = try expander.expand(0..<expander.bytes.count, depth: 0)
      return Result(text: String(decoding: bytes, as: UTF8.self), uses: expander.uses)
    }
  }
}

/// One run over a text. Defaults are parts of the same bytes, so all places are offsets into them.
private struct Expander {
  let bytes: [UInt8]
  let lookup: (String) -> String?
  var uses: [VariableUse] = []

  private static let depthLimit = 64

  init(bytes: [UInt8], lookup: @escaping (String) -> String?) {
    self.bytes = bytes
    self.lookup = lookup
  }

  /// A variable in braces with an operator.
  private struct Braced {
    var name: String
    var onlyUnset: Bool
    var kind: UInt8
    var word: Range<Int>
    var end: Int
  }

  mutating func expand(_ range: Range<Int>, depth: Int) throws(Interpolation.Failure) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(range.count)
    var index = range.lowerBound
    // The last `}` of the line at hand, up to which an operator's word may reach.
    var line: (end: Int, lastBrace: Int?)?
    while index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "$"), index + 1 < range.upperBound else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let next = bytes[index + 1]
      if next == UInt8(ascii: "$") {
        result.append(next)
        index += 2
      } else if Self.isNameStart(next) {
        let end = nameEnd(from: index + 1, to: range.upperBound)
        result += use(index + 1..<end, at: index..<end, hasFallback: false) ?? []
        index = end
      } else if next == UInt8(ascii: "{") {
        let end = nameEnd(from: index + 2, to: range.upperBound)
        if end > index + 2, end < range.upperBound, bytes[end] == UInt8(ascii: "}") {
          result += use(index + 2..<end, at: index..<end + 1, hasFallback: false) ?? []
          index = end + 1
          continue
        }
        if line.map({ $0.end < end }) ?? true { line = lineEnd(from: end, to: range.upperBound) }
        let braced = try braced(at: index, nameEnd: end, lastBrace: line?.lastBrace)
        result += try apply(braced, at: index, depth: depth)
        index = braced.end
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  /// The value of a variable, noted as used.
  private mutating func use(_ name: Range<Int>, at range: Range<Int>, hasFallback: Bool) -> [UInt8]? {
    let name = String(decoding: bytes[name], as: UTF8.self)
    let value = lookup(name)
    uses.append(
      VariableUse(
        name: name, range: SourceRange(range.lowerBound, range.upperBound), isSet: value != nil,
        hasFallback: hasFallback))
    return value.map { Array($0.utf8) }
  }

  /// Reads the operator and finds the brace that ends the word: the first one that balances, else the line's last.
  private func braced(at start: Int, nameEnd: Int, lastBrace: Int?) throws(Interpolation.Failure) -> Braced {
    var index = nameEnd
    let onlyUnset = !(index < bytes.count && bytes[index] == UInt8(ascii: ":"))
    if !onlyUnset { index += 1 }
    guard nameEnd > start + 2, index < bytes.count, let lastBrace, lastBrace > index,
      [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "?")].contains(bytes[index])
    else { throw .init(reason: .malformed, range: SourceRange(start, max(nameEnd, start + 2))) }
    var depth = 0
    var place = start
    var end = lastBrace
    while place <= lastBrace {
      if bytes[place] == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 {
          end = place
          break
        }
      } else if bytes[place] == UInt8(ascii: "{") {
        depth += 1
        // Compose skips the character behind an opening brace.
        place += 1
      }
      place += 1
    }
    return Braced(
      name: String(decoding: bytes[start + 2..<nameEnd], as: UTF8.self), onlyUnset: onlyUnset, kind: bytes[index],
      word: index + 1..<max(end, index + 1), end: max(end, index + 1) + 1)
  }

  private mutating func apply(_ braced: Braced, at start: Int, depth: Int) throws(Interpolation.Failure) -> [UInt8] {
    let nameRange = start + 2..<start + 2 + braced.name.utf8.count
    let value = use(nameRange, at: start..<braced.end, hasFallback: true)
    let counts = value.map { braced.onlyUnset || !$0.isEmpty } ?? false
    if braced.kind == UInt8(ascii: "+") ? !counts : counts { return value ?? [] }
    if depth >= Self.depthLimit { throw .init(reason: .tooDeep, range: SourceRange(start, braced.end)) }
    let word = try expand(braced.word, depth: depth + 1)
    if braced.kind == UInt8(ascii: "?") {
      throw .init(
        reason: .missing(name: braced.name, message: String(decoding: word, as: UTF8.self)),
        range: SourceRange(start, braced.end))
    }
    return word
  }

  private func lineEnd(from start: Int, to limit: Int) -> (end: Int, lastBrace: Int?) {
    var index = start
    var brace: Int?
    while index < limit, bytes[index] != 0x0A {
      if bytes[index] == UInt8(ascii: "}") { brace = index }
      index += 1
    }
    return (index, brace)
  }

  private func nameEnd(from start: Int, to limit: Int) -> Int {
    guard start < limit, Self.isNameStart(bytes[start]) else { return start }
    var index = start
    while index < limit, Self.isNameStart(bytes[index]) || bytes[index].isASCIIDigit { index += 1 }
    return index
  }

  private static func isNameStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte.isASCIILetter
  }
}
