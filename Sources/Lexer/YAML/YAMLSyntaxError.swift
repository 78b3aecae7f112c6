import CLibYAML
import Diagnostics
import Source

/// Makes a finding out of the state in which libyaml stopped: its words for a person, at the byte where a person looks.
struct YAMLSyntaxError {
  /// What libyaml says is wrong.
  let problem: String
  /// What it was reading then ("while scanning a simple key").
  let context: String
  /// Where it stopped.
  let place: Int
  /// Where what it was reading started, if it says so.
  let contextPlace: Int?

  /// Takes the state of a parser that failed.
  init(_ parser: yaml_parser_t, offsets: YAMLOffsets) {
    problem = parser.problem.map { String(cString: $0) } ?? "the file could not be read"
    context = parser.context.map { String(cString: $0) } ?? ""
    if parser.error == YAML_READER_ERROR {
      // Reader errors count bytes behind the byte order mark.
      place = Int(parser.problem_offset) + offsets.offset(0)
      contextPlace = nil
    } else {
      place = offsets.offset(Int(parser.problem_mark.index))
      contextPlace = parser.context == nil ? nil : offsets.offset(Int(parser.context_mark.index))
    }
  }

  /// The finding.
  func diagnostic(in file: SourceFile) -> Diagnostic {
    let wording = wording(in: file)
    let place = min(wording.atContext ? contextPlace ?? place : place, file.bytes.count)
    var labels: [Diagnostic.Label] = []
    if !wording.atContext, let contextPlace, contextPlace < place, let what = Self.collections[context] {
      labels.append(.init(Location(file, Self.range(at: contextPlace, in: file)), "\(what) starts here"))
    }
    return Diagnostic(
      YAMLRules.syntax, at: Location(file, Self.range(at: place, in: file)), wording.message, help: wording.help,
      labels: labels)
  }

  /// The word at an offset, or the one character; at the end of a line or file nothing.
  private static func range(at offset: Int, in file: SourceFile) -> SourceRange {
    let bytes = file.bytes
    guard offset < bytes.count, bytes[offset] != 0x0A, bytes[offset] != 0x0D else { return SourceRange(at: offset) }
    var end = offset + 1
    if bytes[offset] >= 0x80 {
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    } else if isWord(bytes[offset]) {
      while end < bytes.count, isWord(bytes[end]) { end += 1 }
    }
    return SourceRange(offset, end)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
    default: false
    }
  }

  private static let collections = [
    "while parsing a block mapping": "the mapping", "while parsing a block collection": "the list",
    "while parsing a flow mapping": "the mapping", "while parsing a flow sequence": "the list",
  ]

  private struct Wording {
    var message: String
    var help: String?
    var atContext = false
  }

  private func wording(in file: SourceFile) -> Wording {
    let next = place < file.bytes.count ? file.bytes[place] : 0x0A
    switch problem {
    case "mapping values are not allowed in this context":
      return Wording(
        message: "a ':' can't stand here: this is already a value",
        help: "quote the value if the colon belongs to it; check the indentation if this line is a key")
    case "could not find expected ':'":
      return Wording(
        message: "this line is neither 'key: value' nor part of the value above it",
        help: "add a ':' and a space behind the key, or indent the line under the key that it belongs to",
        atContext: true)
    case "did not find expected key":
      return Wording(
        message: "a key of the mapping is expected here",
        help: next == UInt8(ascii: "-")
          ? "a list can't go on in a mapping: indent '-' under the key that it belongs to"
          : "line it up with the mapping's other keys")
    case "did not find expected '-' indicator":
      return Wording(
        message: "the list goes on here, but the line has no '-'",
        help: "start it with '- ', or line it up with the key that it belongs to")
    case "did not find expected ',' or ']'":
      return Wording(
        message: "a ',' or ']' is missing before this", help: "separate elements by ',' and close with ']'")
    case "did not find expected ',' or '}'":
      return Wording(message: "a ',' or '}' is missing before this", help: "separate entries by ',' and close with '}'")
    case "found character that cannot start any token":
      if next == 0x09 {
        return Wording(message: "a tab can't be used for indentation", help: "indent with spaces")
      }
      return Wording(
        message: "a value can't start with '\(file.text(SourceRange(place, place + 1)))'", help: "put it in quotes")
    case "found unexpected end of stream":
      return Wording(message: "the quoted text that starts here is never closed", atContext: true)
    case "found unexpected document indicator":
      return Wording(
        message: "the quoted text that starts here is not closed before the document ends", atContext: true)
    case "block sequence entries are not allowed in this context":
      return Wording(
        message: "a list can't start on the line of its key",
        help: "put '- ' on a line of its own under the key, or quote the value")
    case "block mapping entries are not allowed in this context", "mapping keys are not allowed in this context":
      return Wording(message: "a key can't stand here", help: "start it on a line of its own")
    case "did not find expected node content":
      return Wording(message: "a value is expected here", help: "quote it if it is meant as text")
    case "control characters are not allowed", "found a tab character that violates indentation",
      "found a tab character that violate indentation", "found a tab character where an indentation space is expected":
      return problem.hasPrefix("control")
        ? Wording(message: "a control character can't stand in YAML", help: "write it as an escape in double quotes")
        : Wording(message: "a tab can't be used for indentation", help: "indent with spaces")
    default: return other()
    }
  }

  private func other() -> Wording {
    switch problem {
    case "found unknown escape character":
      return Wording(
        message: "this escape is not known in double quotes",
        help: #"write '\\' for a backslash, or use single quotes, in which nothing is escaped"#)
    case "did not find expected hexdecimal number", "found invalid Unicode character escape code":
      return Wording(message: "this escape names no character", help: "write two, four or eight hexadecimal digits")
    case "found undefined tag handle":
      return Wording(
        message: "this tag's prefix was not declared", help: "quote the value if '!' belongs to its text",
        atContext: false)
    case "found unexpected ':'":
      return Wording(message: "a ':' can't stand here within brackets", help: "put the value in quotes")
    case "did not find expected alphabetic or numeric character":
      return Wording(
        message: context.hasSuffix("alias") ? "'*' is not followed by a name" : "'&' is not followed by a name",
        help: "put the value in quotes if it is meant as text", atContext: true)
    case "did not find expected comment or line break":
      return Wording(
        message: "nothing but a comment may follow here", help: "put the block's text on the next lines, indented")
    case "did not find expected <document start>":
      return Wording(
        message: "the document has ended, so this can't stand here",
        help: "indent it under what it belongs to, or separate documents by a line '---'")
    default:
      let context = context.hasPrefix("while ") ? " \(context)" : ""
      return Wording(message: "\(problem)\(context)")
    }
  }
}
