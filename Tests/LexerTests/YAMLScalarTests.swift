import Lexer
import Testing

@Suite("YAML scalars mean what go-yaml takes them for")
struct YAMLScalarTests {
  @Test(
    "Plain scalars",
    arguments: [
      ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("nULL", .string("nULL")),
      ("true", .bool(true)), ("FALSE", .bool(false)), ("yes", .string("yes")), ("on", .string("on")),
      ("y", .string("y")),
      ("12", .int(12)), ("-0", .int(0)), ("+12", .int(12)), ("012", .int(10)), ("0o14", .int(12)), ("0x1F", .int(31)),
      ("0b11", .int(3)), ("1_000", .int(1000)), ("09", .float(9)), ("0_7", .int(7)), ("-0x10", .int(-16)),
      ("9223372036854775807", .int(.max)), ("9223372036854775808", .unsigned(9_223_372_036_854_775_808)),
      ("-9223372036854775808", .int(.min)), ("18446744073709551616", .float(18_446_744_073_709_551_616)),
      ("1e3", .float(1000)), ("1.10", .float(1.1)), (".5", .float(0.5)), ("5.", .float(5)), ("10_0.5", .float(100.5)),
      (".inf", .float(.infinity)), ("-.INF", .float(-.infinity)), ("1e400", .string("1e400")), (".", .string(".")),
      ("-", .string("-")), ("1:30:00", .string("1:30:00")), ("1.2.3", .string("1.2.3")), ("0x", .string("0x")),
      ("2024-01-01", .timestamp("2024-01-01")), ("2024-1-2 3:04:05", .timestamp("2024-1-2 3:04:05")),
      ("2024-01-02T03:04:05.6Z", .timestamp("2024-01-02T03:04:05.6Z")), ("2024-02-30", .string("2024-02-30")),
      ("2024-01-01x", .string("2024-01-01x")), ("10.0.0.1", .string("10.0.0.1")), ("abc", .string("abc")),
    ] as [(String, YAMLScalar)])
  func plain(text: String, value: YAMLScalar) {
    #expect(YAMLScalar.resolve(text, style: .plain, tag: nil) == value)
  }

  @Test(
    "Quotes make text, tags make types, and a tag that can't be met gives nothing",
    arguments: [
      ("1", .doubleQuoted, nil, .string("1")), ("", .singleQuoted, nil, .string("")),
      ("x", .literal, nil, .string("x")),
      ("1", .plain, "!!str", .string("1")), ("12", .doubleQuoted, "!!int", .int(12)),
      ("1", .plain, "!!float", .float(1)),
      ("true", .plain, "!!bool", .bool(true)), ("yes", .plain, "!!bool", nil), ("x", .plain, "!!int", nil),
      ("12", .plain, "!foo", .string("12")),
      ("aGk=", .plain, "!!binary", .string("hi")), ("a", .plain, "!!binary", nil), ("", .plain, "!!null", .null),
      ("2024-01-01", .doubleQuoted, "!!timestamp", .timestamp("2024-01-01")),
    ] as [(String, YAMLStyle, String?, YAMLScalar?)])
  func tagged(text: String, style: YAMLStyle, tag: String?, value: YAMLScalar?) {
    #expect(YAMLScalar.resolve(text, style: style, tag: tag) == value)
  }
}
