import Diagnostics
import Source

/// What can be said of a file's bytes before YAML is read: their number, encoding and characters.
enum YAMLEncoding {
  /// Most bytes of a file.
  static let sizeLimit = 16 * 1024 * 1024

  /// Where the text starts (behind a UTF-8 byte order mark), or nil if the bytes are no text that YAML can be in.
  static func check(_ file: SourceFile, into bag: inout DiagnosticBag) -> Int? {
    let bytes = file.bytes
    if bytes.count > sizeLimit {
      bag.report(
        YAMLRules.tooLarge, at: Location(file, SourceRange(at: 0)),
        "the file has \(bytes.count) bytes, more than the \(sizeLimit >> 20) MiB that are read",
        help: "split it, or generate less")
      return nil
    }
    if let other = foreignEncoding(bytes) {
      bag.report(
        YAMLRules.encoding, at: Location(file, SourceRange(0, min(4, bytes.count))),
        "the file is in \(other), not in UTF-8", help: "save it as UTF-8")
      return nil
    }
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard let bad = firstBad(bytes, from: start) else { return start }
    bag.report(
      YAMLRules.encoding, at: Location(file, SourceRange(bad, bad + 1)),
      bytes[bad] == 0 ? "a NUL byte can't stand in YAML" : "this byte is not valid UTF-8",
      help: "save the file as UTF-8 text")
    return nil
  }

  /// The bytes with every byte order mark at the start of a line replaced by a character that is not special, or nil if
  /// there is none: libyaml skips such a mark, while to compose it is text.
  static func withoutMarks(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> [UInt8]? {
    var result: [UInt8]?
    var index = start + 1
    while index + 2 < bytes.count {
      if bytes[index] == 0xEF, bytes[index + 1] == 0xBB, bytes[index + 2] == 0xBF,
        bytes[index - 1] == 0x0A || bytes[index - 1] == 0x0D
      {
        // U+FFFC, as long as the mark.
        result = result ?? Array(bytes)
        result?[index + 1] = 0xBF
        result?[index + 2] = 0xBC
      }
      index += 1
    }
    return result
  }

  private static func foreignEncoding(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    guard bytes.count >= 4 else { return nil }
    let zeros = bytes[0..<4].map { $0 == 0 }
    if zeros == [true, false, true, false] || zeros == [false, true, false, true] { return "UTF-16" }
    return nil
  }

  /// The offset of the first NUL or malformed sequence (Unicode, table 3-7), or nil.
  private static func firstBad(_ bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      var index = start
      while index < bytes.count {
        let lead = bytes[index]
        if lead < 0x80 {
          if lead == 0 { return index }
          index += 1
          continue
        }
        let length = sequenceLength(bytes, at: index)
        if length == 0 { return index }
        index += length
      }
      return nil
    }
  }

  private static func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let lead = bytes[index]
    let (length, second): (Int, ClosedRange<UInt8>)
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
    for next in bytes[(index + 2)..<(index + length)] where next & 0xC0 != 0x80 { return 0 }
    return length
  }
}
