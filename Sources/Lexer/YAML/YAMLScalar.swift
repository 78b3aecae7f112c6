import Source

/// What a scalar means, as the YAML library of Docker Compose (go-yaml) takes it: YAML 1.2's words for booleans and null,
/// YAML 1.1's numbers and timestamps.
package enum YAMLScalar: Sendable, Hashable {
  /// `~`, `null`, `Null`, `NULL` or nothing.
  case null
  /// `true`, `True`, `TRUE` and the same of `false`; not `yes` and `on`.
  case bool(Bool)
  /// Decimal, `0x`, `0o`, `0b` and `0`-prefixed octal, `_` anywhere.
  case int(Int64)
  /// An integer too large for `int`.
  case unsigned(UInt64)
  /// Decimal fractions and exponents, `.inf`, `.nan`.
  case float(Double)
  /// A date, or a date with a time; the text is what was written.
  case timestamp(String)
  /// Anything else, quoted scalars and `!!str`.
  case string(String)

  /// What a scalar means, or nil if it can't be what its tag says (`!!int x`). A tag that is not YAML's own makes a text.
  ///
  /// - Parameter tag: in its short form, as `YAMLNode.tag` has it.
  package static func resolve(_ text: String, style: YAMLStyle, tag: String?) -> YAMLScalar? {
    guard let tag else { return style == .plain ? resolvePlain(text) : .string(text) }
    switch tag {
    case "!!binary": return base64(text)
    case "!!null": return resolvePlain(text) == .null ? .null : nil
    case "!!bool":
      if case .bool(let value) = resolvePlain(text) { return .bool(value) }
      return nil
    case "!!int":
      switch resolvePlain(text) {
      case .int(let value): return .int(value)
      case .unsigned(let value): return .unsigned(value)
      default: return nil
      }
    case "!!float":
      switch resolvePlain(text) {
      case .float(let value): return .float(value)
      case .int(let value): return .float(Double(value))
      case .unsigned(let value): return .float(Double(value))
      default: return nil
      }
    case "!!timestamp":
      if case .timestamp(let value) = resolvePlain(text) { return .timestamp(value) }
      return nil
    default: return .string(text)
    }
  }

  /// What a plain scalar without a tag means.
  package static func resolvePlain(_ text: String) -> YAMLScalar {
    guard let first = text.utf8.first else { return .null }
    switch first {
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      return text == "true" || text == "True" || text == "TRUE" ? .bool(true) : .string(text)
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      return text == "false" || text == "False" || text == "FALSE" ? .bool(false) : .string(text)
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "~"):
      return text == "~" || text == "null" || text == "Null" || text == "NULL" ? .null : .string(text)
    case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), 0x30...0x39:
      return resolveNumber(text, first: first)
    default: return .string(text)
    }
  }

  private static func resolveNumber(_ text: String, first: UInt8) -> YAMLScalar {
    switch text {
    case ".nan", ".NaN", ".NAN": return .float(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
    default: break
    }
    if first >= 0x30, YAMLTimestamp.isTimestamp(text) { return .timestamp(text) }
    return YAMLNumber.parse(text) ?? .string(text)
  }

  /// The text that Base64 stands for; nil if it is none or no UTF-8.
  private static func base64(_ text: String) -> YAMLScalar? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text.utf8 where byte != 0x0A && byte != 0x0D {
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="):
        padding += 1
        continue
      default: return nil
      }
      if padding > 0 { return nil }
      bits = bits << 6 | UInt32(value)
      count += 1
      if count % 4 == 0 {
        bytes += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
        bits = 0
      }
    }
    guard (count + padding) % 4 == 0, padding <= 2 else { return nil }
    if padding == 1 { bytes += [UInt8(bits >> 10 & 0xFF), UInt8(bits >> 2 & 0xFF)] }
    if padding == 2 { bytes.append(UInt8(bits >> 4 & 0xFF)) }
    return String(validating: bytes, as: UTF8.self).map(YAMLScalar.string)
  }
}
