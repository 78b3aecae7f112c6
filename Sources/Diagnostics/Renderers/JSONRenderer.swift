public import JSON
import Source

/// Writes findings as one JSON document, for programs. docs/output.md shows it whole.
public enum JSONRenderer {
  /// The document: `{"schema": 1, "diagnostics": […]}`. Lines and columns from 1, columns in Unicode scalars, offsets in
  /// bytes, ends exclusive.
  public static func render(_ diagnostics: [Diagnostic]) -> String {
    let document: JSONValue = ["schema": 1, "diagnostics": .array(diagnostics.map(value))]
    return document.text(indented: true) + "\n"
  }

  /// One finding.
  public static func value(_ diagnostic: Diagnostic) -> JSONValue {
    [
      "rule": .string(diagnostic.rule.name),
      "aliases": .array(diagnostic.rule.aliases.map(JSONValue.string)),
      "severity": .string(diagnostic.severity.rawValue),
      "message": .string(diagnostic.message),
      "help": diagnostic.help.map(JSONValue.string) ?? .null,
      "file": .string(diagnostic.location.file.path),
      "range": range(diagnostic.location),
      "labels": .array(
        diagnostic.labels.map {
          ["message": .string($0.message), "file": .string($0.location.file.path), "range": range($0.location)]
        }),
      "fixes": .array(diagnostic.fixes.map(fix)),
    ]
  }

  private static func fix(_ fix: FixIt) -> JSONValue {
    [
      "title": .string(fix.title), "safe": .bool(fix.isSafe),
      "edits": .array(
        fix.edits.map {
          [
            "file": .string($0.location.file.path), "range": range($0.location),
            "replacement": .string($0.replacement),
          ]
        }),
    ]
  }

  private static func range(_ location: Location) -> JSONValue {
    ["start": position(location, location.range.lower), "end": position(location, location.range.upper)]
  }

  private static func position(_ location: Location, _ offset: Int) -> JSONValue {
    let position = location.file.position(at: offset)
    return [
      "line": JSONValue(position.line), "column": JSONValue(position.column), "offset": JSONValue(position.offset),
    ]
  }
}
