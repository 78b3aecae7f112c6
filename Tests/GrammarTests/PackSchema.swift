import IR
import JSON
import Lowering

/// The JSON Schema of governance packs.
enum PackSchema {
  static let path = "grammars/pack.schema.json"

  static var value: JSONValue {
    let root: [JSONValue.Member] = [
      .init(
        "pack",
        object(
          [
            .init("id", text("Small letters, digits and hyphens")), .init("version", text("Three numbers")),
            .init("description", text("What the pack is for")),
          ], required: ["id", "version"], "Which pack it is")),
      .init("event_types", list(text("A type of events"), "Types of events beyond those that every ledger knows")),
      .init("applies_to", subjects), .init("when", check),
      .init("expectations", list(expectation, "What is expected")),
    ]
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A governance pack of claw",
      "description": "What a schema can't say, 'claw pack check' does.", "type": "object",
      "properties": .object(root), "required": ["pack", "expectations"], "additionalProperties": false,
      "$defs": ["check": checks],
    ]
  }

  private static let check: JSONValue = ["$ref": "#/$defs/check"]

  private static func object(
    _ members: [JSONValue.Member], required: [JSONValue] = [], _ summary: String = ""
  ) -> JSONValue {
    var result: [JSONValue.Member] = summary.isEmpty ? [] : [.init("description", .string(summary))]
    result += [.init("type", "object"), .init("properties", .object(members))]
    if !required.isEmpty { result.append(.init("required", .array(required))) }
    result.append(.init("additionalProperties", false))
    return .object(result)
  }

  private static func list(_ items: JSONValue, _ summary: String = "") -> JSONValue {
    let members: [JSONValue.Member] = summary.isEmpty ? [] : [.init("description", .string(summary))]
    return .object(members + [.init("type", "array"), .init("items", items), .init("minItems", 1)])
  }

  /// Plain scalars are texts, whatever they look like.
  private static func text(_ summary: String = "") -> JSONValue {
    let members: [JSONValue.Member] = summary.isEmpty ? [] : [.init("description", .string(summary))]
    return .object(members + [.init("type", ["string", "number", "boolean", "null"])])
  }

  private static func words(_ words: [String]) -> JSONValue { ["enum": .array(words.map { .string($0) })] }

  private static let subjects = list(words(PackSubjectKind.allCases.map(\.rawValue)), "What it applies to")

  private static let expectation = object(
    [
      .init("id", text("Small letters, digits and hyphens")), .init("description", text("What is expected, in words")),
      .init("severity", severity), .init("importance", severity), .init("applies_to", subjects), .init("expect", check),
    ], required: ["id", "expect"])

  private static let severity = words(["error", "warning", "info", "expected", "recommended", "optional"])

  private static let count: JSONValue = ["type": "integer", "minimum": 0]

  private static let conditions = list(
    object(
      [
        .init("field", text("A JSON pointer")), .init("is", words(["non-empty", "present", "absent"])),
        .init("equals", text()), .init("one_of", list(text())),
      ], required: ["field"]))

  private static let moment: JSONValue = [
    "anyOf": [
      object([.init("first", text())], required: ["first"]), object([.init("last", text())], required: ["last"]),
    ]
  ]

  /// Exactly one check.
  private static var checks: JSONValue {
    let kinds: [(String, JSONValue)] = [
      (
        "event",
        [
          "anyOf": [
            text(),
            object(
              [
                .init("type", text()), .init("which", words(["any", "first", "last", "every"])),
                .init("where", conditions),
              ], required: ["type"]),
          ]
        ]
      ),
      (
        "count",
        object(
          [
            .init("event", text()), .init("where", conditions), .init("at_least", count), .init("at_most", count),
          ], required: ["event"])
      ),
      ("order", object([.init("earlier", moment), .init("later", moment)], required: ["earlier", "later"])),
      (
        "artifacts",
        object([
          .init("label_contains", list(text())), .init("mime", list(text())), .init("at_least", count),
          .init("at_most", count),
        ])
      ),
      ("rehash", object([.init("at_least", count)])), ("verified", words(["intact", "signed"])),
      ("document", object([.init("file", text()), .init("where", conditions)], required: ["file"])),
      ("all", list(check)), ("any", list(check)), ("not", check),
    ]
    return ["anyOf": .array(kinds.map { object([.init($0.0, $0.1)], required: [.string($0.0)]) })]
  }
}
