import Guards
import JSON

/// JSON Schemas of fields, made of the records that parsers are made of.
enum FieldSchema {
  static func optional(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }

  /// Nothing at all is an empty list.
  static func list(_ items: JSONValue) -> JSONValue { ["type": ["array", "null"], "items": items] }

  /// Plain scalars are texts, whatever they look like.
  static func text(_ summary: String) -> JSONValue {
    ["description": .string(summary), "type": ["string", "number", "boolean", "null"]]
  }

  static func record(_ fields: [GuardField], _ summary: String, isOpen: Bool = false) -> JSONValue {
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

  /// A mapping, or the value of one of its keys alone.
  private static func short(_ key: String, _ fields: [GuardField]) -> [JSONValue] {
    let alone = fields.first { $0.key == key }.map { type($0.type, $0.summary) }
    return [record(fields, "All of it")] + (alone.map { [$0] } ?? [])
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
    case .short(let key, let fields): return described(["anyOf": .array(short(key, fields))])
    case .shorts(let key, let fields): return described(list(["anyOf": .array(short(key, fields))]))
    case .anything: return described([:])
    }
  }
}
