import Source

/// A line of `docker compose logs --timestamps`: `desk-0-1  | 2026-11-21T14:29:00.123Z text`.
package struct LogLine: Sendable, Equatable {
  /// The service.
  package var service: String
  /// When it was written, as Docker has it; nil where the line does not say.
  package var time: String?
  /// What was written.
  package var text: String

  /// Reads a line; nil if no container wrote it.
  package init?(_ line: String) {
    guard let bar = line.firstRange(of: "| ") ?? (line.utf8.last == 0x7C ? line.firstRange(of: "|") : nil) else {
      return nil
    }
    let name = String(line[..<bar.lowerBound]).trimmed
    // Compose puts the container's number behind the service's name.
    guard !name.isEmpty, !name.contains(" "), let dash = name.lastIndex(of: "-"),
      Int(name[name.index(after: dash)...]) != nil
    else { return nil }
    service = String(name[..<dash])
    let rest = line[bar.upperBound...]
    let word = rest.prefix { $0 != " " }
    if word.utf8.count > 19, word.utf8.last == UInt8(ascii: "Z"), word.dropFirst(10).utf8.first == UInt8(ascii: "T") {
      time = String(word)
      text = String(rest.dropFirst(word.count + 1))
    } else {
      text = String(rest)
    }
  }
}
