import Guards
import JSON

/// The JSON Schema of rulesets, made of the records that the parser is made of.
enum RulesetSchema {
  static let path = "grammars/ruleset.schema.json"

  static var value: JSONValue {
    let guards = Guard.all.map { found -> JSONValue.Member in
      let clear = GuardField("clear", .texts(.name), "Lists that start empty instead of inheriting")
      return .init(found.name, FieldSchema.optional(FieldSchema.record(found.fields + [clear], found.summary)))
    }
    let custom = JSONValue.Member(
      "custom", FieldSchema.list(FieldSchema.record(PolicyLanguage.asyncGuard, "A guard that asks a service")))
    let root: [JSONValue.Member] = [
      .init(
        "version",
        ["description": "The language version, in quotes", "enum": .array(PolicyLanguage.versions.map { .string($0) })]),
      .init("name", FieldSchema.text("What the ruleset is called")),
      .init("description", FieldSchema.text("What it is for")),
      .init(
        "extends",
        FieldSchema.text("What it builds on: a built-in ruleset, a path, or an https address with '#sha256='")),
      .init(
        "merge_strategy",
        [
          "description": "How it becomes one with that",
          "enum": .array(PolicyLanguage.mergeStrategies.map { .string($0) }),
        ]),
      .init("guards", object(guards + [custom], "What each guard allows and refuses")),
      .init("custom_guards", FieldSchema.list(FieldSchema.record(PolicyLanguage.customGuard, "A guard of the host"))),
      .init("settings", FieldSchema.record(PolicyLanguage.settings, "How events are judged")),
      .init(
        "posture",
        FieldSchema.optional(
          FieldSchema.record(PolicyLanguage.posture, "States of a session, and what may be done in each"))),
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
}
