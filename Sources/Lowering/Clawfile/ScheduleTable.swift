package import IR

/// The table that the scheduler inside an image reads: a line an entry, nine fields between tabs.
///
/// minute, hour, day, month, weekday (each `*` or numbers between commas), `and` or `or` for the two day fields, time
/// zone, name (`-` for none), and the message, escaped for printf's %b.
package enum ScheduleTable {
  /// The table of some entries.
  package static func text(_ entries: [Invocation]) -> String {
    entries.map { entry in
      let fields = entry.fields
      func list(_ numbers: [Int]?) -> String { numbers.map { $0.map(String.init).joined(separator: ",") } ?? "*" }
      return [
        list(fields.minutes), list(fields.hours), list(fields.days), list(fields.months), list(fields.weekdays),
        fields.matchesEitherDay ? "or" : "and", fields.zone ?? "-", entry.name ?? "-", escaped(entry.message),
      ].joined(separator: "\t") + "\n"
    }.joined()
  }

  private static func escaped(_ message: String) -> String {
    var text: [UInt8] = []
    for byte in message.utf8 {
      switch byte {
      case 0x5C: text += "\\\\".utf8
      case 0x0A: text += "\\n".utf8
      case 0x09: text += "\\t".utf8
      case 0x0D: text += "\\r".utf8
      case 0..<0x20, 0x7F:
        let octal = String(byte, radix: 8)
        text += ("\\0" + String(repeating: "0", count: 3 - octal.count) + octal).utf8
      default: text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
