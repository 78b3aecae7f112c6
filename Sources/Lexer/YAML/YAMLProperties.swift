import CLibYAML
import Source

/// The anchor and tag before a node, found in the bytes again, because libyaml's events give their text and no places.
struct YAMLProperties {
  private(set) var anchor: YAMLProperty?
  private(set) var tag: YAMLProperty?
  /// Where the content starts, behind properties, blanks and comments.
  private(set) var end = 0

  init() {}

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to limit: Int, anchor: UnsafeMutablePointer<yaml_char_t>?,
    tag: UnsafeMutablePointer<yaml_char_t>?
  ) {
    var index = start
    let limit = min(limit, bytes.count)
    var sawAnchor = anchor == nil
    var sawTag = tag == nil
    scan: while index < limit {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      case UInt8(ascii: "#"):
        while index < limit, bytes[index] != 0x0A { index += 1 }
      case UInt8(ascii: "&") where !sawAnchor:
        let from = index
        index += 1
        while index < limit, Self.isAnchorByte(bytes[index]) { index += 1 }
        self.anchor = anchor.map { YAMLProperty(text: Self.string($0), range: SourceRange(from, index)) }
        sawAnchor = true
      case UInt8(ascii: "!") where !sawTag:
        let from = index
        let isVerbatim = index + 1 < limit && bytes[index + 1] == UInt8(ascii: "<")
        while index < limit, !Self.endsTag(bytes[index], verbatim: isVerbatim) { index += 1 }
        if isVerbatim, index < limit { index += 1 }
        self.tag = tag.map { YAMLProperty(text: Self.shortened(Self.string($0)), range: SourceRange(from, index)) }
        sawTag = true
      default: break scan
      }
    }
    end = index
    // What was not found again (a line break that only libyaml knows, say) still counts, without a place of its own.
    if !sawAnchor { self.anchor = anchor.map { YAMLProperty(text: Self.string($0), range: SourceRange(at: start)) } }
    if !sawTag {
      self.tag = tag.map { YAMLProperty(text: Self.shortened(Self.string($0)), range: SourceRange(at: start)) }
    }
  }

  private static func string(_ text: UnsafeMutablePointer<yaml_char_t>) -> String { String(cString: text) }

  /// `tag:yaml.org,2002:str` as `!!str`.
  private static func shortened(_ tag: String) -> String {
    let prefix = "tag:yaml.org,2002:"
    guard tag.utf8.starts(with: prefix.utf8) else { return tag }
    return "!!" + String(Substring(tag.utf8.dropFirst(prefix.utf8.count)))
  }

  private static func isAnchorByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
    default: false
    }
  }

  private static func endsTag(_ byte: UInt8, verbatim: Bool) -> Bool {
    if verbatim { return byte == UInt8(ascii: ">") || byte == 0x0A }
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return true
    default: return false
    }
  }
}
