import Diagnostics
package import Source

/// Environment files with compose's rules: `NAME=value` or `NAME: value`, `export` before it, comments, single quotes (text as
/// it is) and double quotes (escapes and variables) over several lines, variables in unquoted values, a name alone for
/// the value that the environment has.
package struct DotEnv: Sendable {
  /// A variable with its place.
  package struct Variable: Sendable {
    /// The name.
    package var name: String
    /// The value.
    package var value: String
    /// Where it is given.
    package var location: Location
  }

  /// Why a file can't be understood.
  package struct Failure: Error, Sendable {
    /// What is wrong.
    package var message: String
    /// Where.
    package var range: SourceRange
  }

  /// The variables, each name once with its last value, in the order of first appearance.
  package private(set) var variables: [Variable] = []
  private var places: [String: Int] = [:]

  /// The value of a variable.
  package subscript(name: String) -> String? { places[name].map { variables[$0].value } }

  /// Reads a file.
  ///
  /// - Parameter lookup: what the environment has for a name; it wins over what the file says before.
  package static func parse(_ file: SourceFile, lookup: (String) -> String?) throws(Failure) -> DotEnv {
    try withoutActuallyEscaping(lookup) { lookup throws(Failure) in
      var parser = DotEnvParser(file: file, lookup: lookup)
      try parser.run()
      return parser.result
    }
  }

  mutating func set(_ name: String, _ value: String, at location: Location) {
    let variable = Variable(name: name, value: value, location: location)
    if let place = places[name] {
      variables[place] = variable
    } else {
      places[name] = variables.count
      variables.append(variable)
    }
  }
}

private struct DotEnvParser {
  let file: SourceFile
  let lookup: (String) -> String?
  var result = DotEnv()
  private let bytes: [UInt8]
  private var index: Int

  init(file: SourceFile, lookup: @escaping (String) -> String?) {
    self.file = file
    self.lookup = lookup
    bytes = file.bytes
    index = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  mutating func run() throws(DotEnv.Failure) {
    while skipToStatement() { try statement() }
  }

  /// Skips blanks, line ends and comments; false at the end.
  private mutating func skipToStatement() -> Bool {
    while index < bytes.count {
      if isBlank(bytes[index]) || bytes[index] == 0x0A {
        index += 1
      } else if bytes[index] == UInt8(ascii: "#") {
        index = lineEnd(from: index)
      } else {
        return true
      }
    }
    return false
  }

  private mutating func statement() throws(DotEnv.Failure) {
    let exported = Array("export".utf8)
    if bytes[index...].starts(with: exported), index + 6 < bytes.count,
      isBlank(bytes[index + 6]) || bytes[index + 6] == 0x0A
    {
      index += 6
      guard skipToStatement() else { return }
    }
    let start = index
    while index < bytes.count, isNameByte(bytes[index]) || isBlank(bytes[index]) { index += 1 }
    var end = index
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    let terminator = index < bytes.count ? bytes[index] : 0x0A
    // Compose takes an empty name, too; no engine starts a container with it.
    guard terminator == 0x0A ? !name.isEmpty : terminator == UInt8(ascii: "=") || terminator == UInt8(ascii: ":") else {
      throw DotEnv.Failure(
        message: "this can't stand in the name of a variable", range: SourceRange(index, min(index + 1, bytes.count)))
    }
    if bytes[start..<end].contains(where: isBlank) {
      throw DotEnv.Failure(message: "the name '\(name.shown)' has a blank in it", range: SourceRange(start, end))
    }
    index = min(index + 1, bytes.count)
    if terminator == 0x0A {
      if let value = lookup(name) { result.set(name, value, at: Location(file, SourceRange(start, end))) }
      return
    }
    while index < bytes.count, isBlank(bytes[index]) { index += 1 }
    let value = try value()
    result.set(name, value, at: Location(file, SourceRange(start, min(index, bytes.count))))
  }

  private mutating func value() throws(DotEnv.Failure) -> String {
    let start = index
    guard index < bytes.count, bytes[index] == UInt8(ascii: "'") || bytes[index] == UInt8(ascii: "\"") else {
      var end = lineEnd(from: index)
      index = end
      if let comment = bytes[start..<end].firstRange(of: Array(" #".utf8)) { end = comment.lowerBound }
      while end > start, isBlank(bytes[end - 1]) { end -= 1 }
      return try expanded(String(decoding: bytes[start..<end], as: UTF8.self), from: start)
    }
    let quote = bytes[index]
    var text: [UInt8] = []
    index += 1
    while index < bytes.count, bytes[index] != quote {
      if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
        if bytes[index + 1] != quote { text.append(bytes[index]) }
        text.append(bytes[index + 1])
        index += 2
      } else {
        text.append(bytes[index])
        index += 1
      }
    }
    guard index < bytes.count else {
      throw DotEnv.Failure(message: "this quote is never closed", range: SourceRange(start, start + 1))
    }
    index += 1
    guard quote == UInt8(ascii: "\"") else { return String(decoding: text, as: UTF8.self) }
    return try expanded(String(decoding: unescaped(text), as: UTF8.self), from: start)
  }

  private func expanded(_ text: String, from start: Int) throws(DotEnv.Failure) -> String {
    do throws(Interpolation.Failure) {
      return try Interpolation.expand(text) { lookup($0) ?? result[$0] }.text
    } catch {
      throw DotEnv.Failure(message: error.message, range: SourceRange(start, lineEnd(from: start)))
    }
  }

  /// `\n` and the like, `\0` with octal digits, `\$` as `$$` for the expansion that follows.
  private func unescaped(_ text: [UInt8]) -> [UInt8] {
    let letters: [UInt8: UInt8] = [
      UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
      UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 92, UInt8(ascii: "\""): 34,
    ]
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
        result.append(text[index])
        index += 1
        continue
      }
      let next = text[index + 1]
      if next == UInt8(ascii: "$") {
        result += Array("$$".utf8)
        index += 2
      } else if let byte = letters[next] {
        result.append(byte)
        index += 2
      } else if next == UInt8(ascii: "0"), index + 4 < text.count,
        text[index + 2...index + 4].allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }), text[index + 2] <= 0x33
      {
        let value = text[index + 2...index + 4].reduce(UInt32(0)) { $0 * 8 + UInt32($1 - 0x30) }
        if let scalar = UnicodeScalar(value) { result += Array(String(Character(scalar)).utf8) }
        index += 5
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private func lineEnd(from start: Int) -> Int {
    bytes[min(start, bytes.count)...].firstIndex(of: 0x0A) ?? bytes.count
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || (byte >= 0x0B && byte <= 0x0D) }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
    case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "["), UInt8(ascii: "]"): true
    default: false
    }
  }
}
