import JSON
import Source

/// Writes findings as SARIF 2.1.0, for code scanning services.
///
/// Source: OASIS SARIF 2.1.0; limits as GitHub documents them for uploads.
public enum SARIFRenderer {
  /// Most results that GitHub takes in one run.
  static let maximumResults = 25_000

  /// One run with every rule that occurs.
  public static func render(_ diagnostics: [Diagnostic], version: String) -> String {
    let shown = diagnostics.prefix(maximumResults)
    var rules: [Rule] = []
    for diagnostic in shown where !rules.contains(diagnostic.rule) { rules.append(diagnostic.rule) }
    rules.sort { $0.name < $1.name }
    let document: JSONValue = [
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        [
          "tool": [
            "driver": [
              "name": "claw", "version": .string(version), "semanticVersion": .string(version),
              "rules": .array(rules.map(rule)),
            ]
          ],
          "columnKind": "utf16CodeUnits",
          "results": .array(shown.map { result($0, rules) }),
        ]
      ],
    ]
    return document.text(indented: true) + "\n"
  }

  private static func rule(_ rule: Rule) -> JSONValue {
    var help = rule.explanation
    if let bad = rule.bad { help += "\n\nNot so:\n\n\(bad)" }
    if let good = rule.good { help += "\nBut so:\n\n\(good)" }
    return [
      "id": .string(rule.name), "name": .string(pascal(rule.name)),
      "shortDescription": ["text": .string(rule.summary + ".")],
      "fullDescription": ["text": .string(rule.explanation)],
      "help": ["text": .string(help)],
      "defaultConfiguration": ["level": .string(level(rule.severity))],
      "properties": ["tags": .array(rule.aliases.map(JSONValue.string))],
    ]
  }

  private static func result(_ diagnostic: Diagnostic, _ rules: [Rule]) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("ruleId", .string(diagnostic.rule.name)),
      .init("ruleIndex", JSONValue(rules.firstIndex(of: diagnostic.rule) ?? 0)),
      .init("level", .string(level(diagnostic.severity))),
      .init(
        "message",
        ["text": .string(diagnostic.message + (diagnostic.help.map { ". Help: " + $0 } ?? ""))]),
      .init("locations", [["physicalLocation": place(diagnostic.location)]]),
      .init("partialFingerprints", ["primaryLocationLineHash": .string(fingerprint(diagnostic))]),
    ]
    if !diagnostic.labels.isEmpty {
      members.append(
        .init(
          "relatedLocations",
          .array(
            diagnostic.labels.enumerated().map { index, label in
              [
                "id": JSONValue(index + 1), "physicalLocation": place(label.location),
                "message": ["text": .string(label.message)],
              ]
            })))
    }
    if !diagnostic.fixes.isEmpty { members.append(.init("fixes", .array(diagnostic.fixes.map(fix)))) }
    return .object(members)
  }

  private static func fix(_ fix: FixIt) -> JSONValue {
    [
      "description": ["text": .string(fix.title)],
      "artifactChanges": .array(
        fix.edits.map { edit in
          [
            "artifactLocation": ["uri": .string(uri(edit.location.file.path))],
            "replacements": [
              ["deletedRegion": region(edit.location), "insertedContent": ["text": .string(edit.replacement)]]
            ],
          ]
        }),
    ]
  }

  private static func place(_ location: Location) -> JSONValue {
    ["artifactLocation": ["uri": .string(uri(location.file.path))], "region": region(location)]
  }

  private static func region(_ location: Location) -> JSONValue {
    let start = location.file.position(at: location.range.lower)
    let end = location.file.position(at: location.range.upper)
    return [
      "startLine": JSONValue(start.line), "startColumn": JSONValue(start.utf16Column), "endLine": JSONValue(end.line),
      "endColumn": JSONValue(end.utf16Column), "byteOffset": JSONValue(start.offset),
      "byteLength": JSONValue(end.offset - start.offset),
    ]
  }

  private static func level(_ severity: Severity) -> String { severity == .info ? "note" : severity.rawValue }

  /// A path as a relative URI: every byte that a URI can't hold is escaped.
  private static func uri(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      let isSafe =
        byte.isASCIIAlphanumeric
        || "-._~/".utf8.contains(byte)
      if isSafe {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        text += "%"
        text.unicodeScalars.append(digits[Int(byte >> 4)])
        text.unicodeScalars.append(digits[Int(byte & 15)])
      }
    }
    return text
  }

  /// A hash of the rule and of the line's text, so that a finding keeps its identity when lines move (FNV-1a, 64 bits).
  private static func fingerprint(_ diagnostic: Diagnostic) -> String {
    let file = diagnostic.location.file
    let line = file.slice(file.lines.range(ofLine: file.position(at: diagnostic.location.range.lower).line))
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in Array(diagnostic.rule.name.utf8) + line.filter({ $0 > 0x20 }) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return String(hash, radix: 16) + ":1"
  }

  private static func pascal(_ name: String) -> String {
    name.split { $0 == "/" || $0 == "-" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
