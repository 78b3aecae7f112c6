import Source

/// Writes findings for people: the message, the place, the source line with carets below it, and what to do.
public struct TerminalRenderer: Sendable {
  /// Whether escape sequences for colour are written.
  public var isColoured: Bool
  /// Most columns of a source line that are shown.
  public var width: Int

  /// Makes a renderer.
  public init(isColoured: Bool, width: Int = 120) {
    self.isColoured = isColoured
    self.width = max(40, width)
  }

  /// All findings, in the order given, each followed by a blank line.
  public func render(_ diagnostics: [Diagnostic]) -> String {
    let secrets = Secrets(diagnostics)
    return diagnostics.map { render($0, secrets) + "\n" }.joined()
  }

  /// The last line of a run: how many of each severity there were; empty if there were none.
  public func summary(_ diagnostics: [Diagnostic]) -> String {
    let counts = Severity.allCases.reversed().compactMap { severity -> String? in
      let count = diagnostics.count { $0.severity == severity }
      if count == 0 { return nil }
      let name = severity == .info ? "note" : severity.rawValue
      return "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    return counts.isEmpty ? "" : counts.joined(separator: ", ") + "\n"
  }

  private func render(_ diagnostic: Diagnostic, _ secrets: Secrets) -> String {
    var text = paint(diagnostic.severity.rawValue, colour(diagnostic.severity))
    text += paint("[\(diagnostic.rule.name)]", colour(diagnostic.severity))
    text += paint(": \(diagnostic.message.printable)\n", "1")
    let labels = diagnostic.labels.sorted { $0.location.range < $1.location.range }
    let lines = ([diagnostic.location] + labels.map(\.location)).map { $0.file.position(at: $0.range.lower).line }
    let gutter = String(lines.max() ?? 1).count
    text += excerpt(diagnostic.location, label: nil, gutter, secrets, isPrimary: true, diagnostic.severity)
    for label in labels {
      text += excerpt(label.location, label: label.message, gutter, secrets, isPrimary: false, .info)
    }
    let margin = String(repeating: " ", count: gutter + 1) + paint("= ", "34")
    if let help = diagnostic.help { text += margin + paint("help: ", "1") + help.printable + "\n" }
    return text
  }

  private func excerpt(
    _ location: Location, label: String?, _ gutter: Int, _ secrets: Secrets, isPrimary: Bool, _ severity: Severity
  ) -> String {
    let file = location.file
    let start = file.position(at: location.range.lower)
    let indent = String(repeating: " ", count: gutter)
    var text =
      indent + paint(isPrimary ? "--> " : "::: ", "34") + "\(file.path.printable):\(start.line):\(start.column)\n"
    guard !file.bytes.isEmpty else { return text }
    let line = SourceLine(file, start.line, location.range, secrets.ranges(of: file), width: width - gutter - 4)
    let number = String(start.line)
    let padding = String(repeating: " ", count: gutter - number.count)
    let bar = indent + paint(" |", "34")
    text += bar + "\n" + padding + paint(number + " |", "34") + " " + line.text + "\n"
    let carets = String(repeating: isPrimary ? "^" : "-", count: line.caretCount)
    let note = label.map { " " + $0.printable } ?? ""
    text += bar + " " + String(repeating: " ", count: line.caretStart)
    text += paint(carets + note, isPrimary ? colour(severity) : "34") + "\n"
    return text
  }

  private func colour(_ severity: Severity) -> String {
    switch severity {
    case .error: "1;31"
    case .warning: "1;33"
    case .info: "1;36"
    }
  }

  private func paint(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

/// The secret ranges of all findings, which no excerpt shows.
struct Secrets {
  private var byFile: [ObjectIdentifier: [SourceRange]] = [:]

  init(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics where diagnostic.isSecret {
      byFile[ObjectIdentifier(diagnostic.location.file), default: []].append(diagnostic.location.range)
    }
  }

  func ranges(of file: SourceFile) -> [SourceRange] { byFile[ObjectIdentifier(file)] ?? [] }
}

/// One line of source as a terminal can show it: tabs widened, control characters made visible, secrets masked, and cut
/// to a window around what matters.
private struct SourceLine {
  var text = ""
  var caretStart = 0
  var caretCount = 1

  init(_ file: SourceFile, _ number: Int, _ range: SourceRange, _ secrets: [SourceRange], width: Int) {
    var cells: [(text: String, width: Int)] = []
    var caretCell: Int?
    var caretEnd: Int?
    let line = file.lines.range(ofLine: number)
    var offset = line.lower
    // Not through String: an invalid sequence of any length is one U+FFFD there, and the offsets would drift.
    var parser = Unicode.UTF8.ForwardParser()
    var input = file.slice(line).makeIterator()
    scalars: while true {
      let (scalar, length): (Unicode.Scalar, Int)
      switch parser.parseScalar(from: &input) {
      case .emptyInput: break scalars
      case .error(let count): (scalar, length) = ("\u{FFFD}", count)
      case .valid(let encoded): (scalar, length) = (Unicode.UTF8.decode(encoded), encoded.count)
      }
      if scalar == "\n" { break }
      defer { offset += length }
      if scalar == "\u{FEFF}", offset == 0 { continue }
      if offset >= range.lower, caretCell == nil { caretCell = cells.count }
      if offset >= range.upper, caretEnd == nil { caretEnd = cells.count }
      let isSecret = secrets.contains { $0.contains(offset) }
      cells.append(isSecret ? ("*", 1) : Self.cell(scalar))
    }
    if cells.last?.text == "\\r" { cells.removeLast() }
    let first = min(caretCell ?? cells.count, cells.count)
    let last = max(first, min(caretEnd ?? cells.count, cells.count))
    var from = 0
    // A long line is cut so that the carets stay in sight.
    if cells.count > width, first > width / 2 { from = min(first - width / 4, cells.count) }
    let to = min(cells.count, from + width)
    if from > 0 { text = "…" }
    caretStart = from > 0 ? 1 : 0
    for index in from..<to {
      text += cells[index].text
      if index < first { caretStart += cells[index].width }
    }
    if to < cells.count { text += "…" }
    caretCount = max(1, cells[first..<max(first, min(last, to))].reduce(0) { $0 + $1.width })
  }

  private static func cell(_ scalar: Unicode.Scalar) -> (text: String, width: Int) {
    switch scalar.value {
    case 0x09: return ("    ", 4)
    case 0x0D: return ("\\r", 2)
    case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: return ("\u{FFFD}", 1)
    case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: return (String(scalar), 0)
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return (String(scalar), 2)
    default: return (String(scalar), 1)
    }
  }
}
