import Guards
import JSON

/// The JSON Schema of rulesets, made of the records that the parser is made of.
enum RulesetSchema {
  static let path = "grammars/ruleset.schema.json"

  static var value: JSONValue {
    let guards = Guard.all.map { found -> JSONValue.Member in
      let clear = GuardField("clear", .texts(.name), "Lists that start empty instead of inheriting")
      return .init(found.name, optional(record(found.fields + [clear], found.summary)))
    }
    let custom = JSONValue.Member("custom", list(record(PolicyLanguage.asyncGuard, "A guard that asks a service")))
    let root: [JSONValue.Member] = [
      .init(
        "version",
        ["description": "The language version, in quotes", "enum": .array(PolicyLanguage.versions.map { .string($0) })]),
      .init("name", text("What the ruleset is called")), .init("description", text("What it is for")),
      .init("extends", text("What it builds on: a built-in ruleset, a path, or an https address with '#sha256='")),
      .init(
        "merge_strategy",
        [
          "description": "How it becomes one with that",
          "enum": .array(PolicyLanguage.mergeStrategies.map { .string($0) }),
        ]),
      .init("guards", object(guards + [custom], "What each guard allows and refuses")),
      .init("custom_guards", list(record(PolicyLanguage.customGuard, "A guard of the host"))),
      .init("settings", record(PolicyLanguage.settings, "How events are judged")),
      .init("posture", optional(record(PolicyLanguage.posture, "States of a session, and what may be done in each"))),
    ]
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A policy ruleset of claw",
      "description": "Rulesets of the profile 'hardened'; what a schema can't say, 'claw policy check' does.",
      "type": "object",
      "properties": .object(root), "required": ["version"], "additionalProperties": false,
    ]
  }

  private static func object(_ members: [JSONValue.Member], _ summary: String) -> JSONValue {
    ["description": .string(summary), "type": "object", "properties": .object(members), "additionalProperties": false]
  }

  private static func optional(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }

  /// Nothing at all is an empty list.
  private static func list(_ items: JSONValue) -> JSONValue { ["type": ["array", "null"], "items": items] }

  /// Plain scalars are texts, whatever they look like.
  private static func text(_ summary: String) -> JSONValue {
    ["description": .string(summary), "type": ["string", "number", "boolean", "null"]]
  }

  private static func record(_ fields: [GuardField], _ summary: String, isOpen: Bool = false) -> JSONValue {
    var members: [JSONValue.Member] = []
    for field in fields {
      var schema = type(field.type, field.summary)
      if case .absent = field.default, !field.isRequired { schema = nullable(schema) }
      for key in [field.key] + field.aliases { members.append(.init(key, schema)) }
    }
    var result: [JSONValue.Member] = [
      .init("description", .string(summary)), .init("type", "object"), .init("properties", .object(members)),
    ]
    // A required field with another name can't be asked for by one.
    let required = fields.filter { $0.isRequired && $0.aliases.isEmpty }.map { JSONValue.string($0.key) }
    if !required.isEmpty { result.append(.init("required", .array(required))) }
    if !isOpen { result.append(.init("additionalProperties", false)) }
    return .object(result)
  }

  private static func nullable(_ schema: JSONValue) -> JSONValue {
    if let types = schema["type"]?.array, types.contains("null") { return schema }
    return schema.members == nil ? schema : optional(schema)
  }

  private static func type(_ type: FieldType, _ summary: String) -> JSONValue {
    func described(_ members: JSONValue) -> JSONValue {
      .object([.init("description", .string(summary))] + (members.members ?? []))
    }
    switch type {
    case .bool: return described(["type": "boolean"])
    case .integer(let range):
      var members: [JSONValue.Member] = [.init("type", "integer")]
      if range.lowerBound > .min { members.append(.init("minimum", JSONValue(range.lowerBound))) }
      if range.upperBound < .max { members.append(.init("maximum", JSONValue(range.upperBound))) }
      return described(.object(members))
    case .number: return described(["type": "number"])
    case .text: return text(summary)
    case .choice(let words, let aliases):
      return described(["enum": .array((words + aliases.keys.sorted()).map { .string($0) })])
    case .texts: return described(list(["type": ["string", "number", "boolean", "null"]]))
    case .record(let fields, let isOpen): return record(fields, summary, isOpen: isOpen)
    case .records(let fields): return described(list(record(fields, "One of them")))
    case .table(let inner):
      return described(["type": "object", "additionalProperties": self.type(inner, "One of them")])
    case .anything: return described([:])
    }
  }
}
