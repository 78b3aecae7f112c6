import Source

/// Writes findings as GitHub workflow commands, which show up beside the changed lines.
public enum GitHubRenderer {
  /// One `::error …::…` line for each finding.
  public static func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(line).joined()
  }

  private static func line(_ diagnostic: Diagnostic) -> String {
    let file = diagnostic.location.file
    let start = file.position(at: diagnostic.location.range.lower)
    let end = file.position(at: diagnostic.location.range.upper)
    let command = diagnostic.severity == .info ? "notice" : diagnostic.severity.rawValue
    var place = "file=\(property(file.path)),line=\(start.line),endLine=\(end.line)"
    if start.line == end.line { place += ",col=\(start.column),endColumn=\(end.column)" }
    let message = diagnostic.message + (diagnostic.help.map { "\nhelp: " + $0 } ?? "")
    return "::\(command) \(place),title=\(property(diagnostic.rule.name))::\(data(message))\n"
  }

  private static func data(_ text: String) -> String {
    escaped(text, "%\r\n")
  }

  private static func property(_ text: String) -> String {
    escaped(text, "%\r\n:,")
  }

  /// By scalars: as a character, "\r\n" is one that equals neither of the two.
  private static func escaped(_ text: String, _ special: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if special.unicodeScalars.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result.append(contentsOf: ("%" + (digits.utf8.count == 1 ? "0" : "") + digits).unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
