import JSON

/// The part of JSON Schema 2020-12 that our schema uses.
struct JSONSchema {
  let root: JSONValue

  /// Whether a value is valid.
  func accepts(_ value: JSONValue) -> Bool { accepts(value, root) }

  /// The keywords that are checked or mean nothing for validity; a test holds the schema to them.
  static let known: Set = [
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "additionalProperties",
    "patternProperties", "required", "items", "enum", "anyOf", "pattern", "minimum", "maximum", "minLength", "minItems",
    "minProperties", "maxProperties",
  ]

  private func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    guard let members = schema.members else { return schema.bool ?? false }
    return members.allSatisfy { check(value, $0.name, $0.value, schema) }
  }

  private func check(_ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONValue) -> Bool {
    switch keyword {
    case "$ref":
      guard let name = rule.string?.split(separator: "/").last, let target = root["$defs"]?[String(name)] else {
        return false
      }
      return accepts(value, target)
    case "type": return (rule.array ?? [rule]).contains { Self.type($0.string ?? "", value) }
    case "enum": return rule.array?.contains(value) ?? false
    case "anyOf": return rule.array?.contains { accepts(value, $0) } ?? false
    case "required": return value.members == nil || (rule.array ?? []).allSatisfy { value[$0.string ?? ""] != nil }
    case "items": return value.array?.allSatisfy { accepts($0, rule) } ?? true
    case "minItems": return value.array.map { $0.count >= rule.integer ?? 0 } ?? true
    case "minProperties": return value.members.map { $0.count >= rule.integer ?? 0 } ?? true
    case "maxProperties": return value.members.map { $0.count <= rule.integer ?? 0 } ?? true
    case "minLength": return value.string.map { $0.unicodeScalars.count >= rule.integer ?? 0 } ?? true
    case "minimum": return value.integer.map { $0 >= rule.integer ?? 0 } ?? true
    case "maximum": return value.integer.map { $0 <= rule.integer ?? 0 } ?? true
    case "pattern":
      guard let text = value.string else { return true }
      return Self.matches(text, rule)
    case "properties":
      return (rule.members ?? []).allSatisfy { member in value[member.name].map { accepts($0, member.value) } ?? true }
    case "patternProperties":
      return (value.members ?? []).allSatisfy { member in
        (rule.members ?? []).allSatisfy {
          !Self.matches(member.name, .string($0.name)) || accepts(member.value, $0.value)
        }
      }
    case "additionalProperties":
      let named = Set(schema["properties"]?.members?.map(\.name) ?? [])
      let patterns = schema["patternProperties"]?.members?.map(\.name) ?? []
      return (value.members ?? []).allSatisfy { member in
        named.contains(member.name) || patterns.contains { Self.matches(member.name, .string($0)) }
          || accepts(member.value, rule)
      }
    default: return true
    }
  }

  private static func matches(_ text: String, _ pattern: JSONValue) -> Bool {
    guard let regex = try? Regex(pattern.string ?? "") else { return false }
    return text.firstMatch(of: regex) != nil
  }

  private static func type(_ name: String, _ value: JSONValue) -> Bool {
    switch (name, value) {
    case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("null", .null): true
    case ("number", .number): true
    case ("integer", .number(let text)): Int(text) != nil
    default: false
    }
  }

  /// Every keyword of a schema, with those inside.
  static func keywords(_ schema: JSONValue) -> Set<String> {
    var found: Set<String> = []
    for member in schema.members ?? [] {
      found.insert(member.name)
      switch member.name {
      case "properties", "patternProperties", "$defs":
        for inner in member.value.members ?? [] { found.formUnion(keywords(inner.value)) }
      case "items", "additionalProperties": found.formUnion(keywords(member.value))
      case "anyOf": for inner in member.value.array ?? [] { found.formUnion(keywords(inner)) }
      default: break
      }
    }
    return found
  }
}
