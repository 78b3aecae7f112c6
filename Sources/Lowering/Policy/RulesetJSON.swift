package import AST
import Canonical
import Guards
package import JSON
import Source

/// A ruleset as JSON in the form that the reference engine writes: every default filled in, what is absent as null.
package enum RulesetJSON {
  /// The whole ruleset.
  package static func value(_ ruleset: Ruleset) -> JSONValue {
    .object([
      .init("version", .string(ruleset.version?.value ?? PolicyLanguage.usualVersion)),
      .init("name", .string(ruleset.name?.value ?? "")),
      .init("description", .string(ruleset.description?.value ?? "")),
      .init("extends", ruleset.extends.map { .string($0.value) } ?? .null),
      .init("merge_strategy", .string(ruleset.mergeStrategy?.value ?? "deep_merge")),
      .init("guards", guards(ruleset)),
      .init("custom_guards", .array((ruleset.customGuards ?? []).map { record($0, PolicyLanguage.customGuard) })),
      .init("settings", record(ruleset.settings, PolicyLanguage.settings)),
      .init("posture", ruleset.posture.map { record($0, PolicyLanguage.posture) } ?? .null),
    ])
  }

  /// The guards that the reference engine always writes; others only where they are mentioned.
  private static let alwaysWritten = [
    "forbidden_path", "path_allowlist", "egress_allowlist", "secret_leak", "patch_integrity", "mcp_tool",
    "prompt_injection",
    "jailbreak",
  ]

  private static func guards(_ ruleset: Ruleset) -> JSONValue {
    var members: [JSONValue.Member] = []
    let mentioned = ruleset.guards.map(\.name.value)
    for name in alwaysWritten + mentioned.filter({ !alwaysWritten.contains($0) }) {
      guard let found = Guard.named(name) else { continue }
      let section = ruleset.guards.first { $0.name.value == name }
      members.append(.init(name, section.map { record($0.fields, found.fields) } ?? .null))
    }
    members.append(.init("custom", .array((ruleset.asyncGuards ?? []).map { record($0, PolicyLanguage.asyncGuard) })))
    return .object(members)
  }

  private static func record(_ record: RulesetRecord?, _ fields: [GuardField]) -> JSONValue {
    .object(
      fields.compactMap { field in
        let value = record?[field.key].map { json($0, field.type) } ?? standard(field.default, field.type)
        return value.map { JSONValue.Member(field.key, $0) }
      })
  }

  private static func json(_ value: RulesetValue, _ type: FieldType) -> JSONValue {
    switch (value.content, type) {
    case (.bool(let value), _): .bool(value)
    case (.integer(let value), _): JSONValue(value)
    case (.number(let value), _): .number(CanonicalNumber.text(value) ?? "null")
    case (.text(let value), _): .string(value)
    case (.texts(let values), _): .array(values.map { .string($0.value) })
    case (.record(let record), .record(let fields, _)): Self.record(record, fields)
    case (.record(let record), .table(let type)):
      .object(record.fields.map { JSONValue.Member($0.key, json($0.value, type)) })
    case (.record, _): .object([])
    case (.records(let records), .records(let fields)): .array(records.map { Self.record($0, fields) })
    case (.records, _): .array([])
    case (.anything(let value), _): free(value)
    }
  }

  /// The value of a field that is not there.
  private static func standard(_ value: FieldDefault, _ type: FieldType) -> JSONValue? {
    switch value {
    case .absent: return nil
    case .bool(let value): return .bool(value)
    case .integer(let value): return JSONValue(value)
    case .number(let value): return .number(CanonicalNumber.text(value) ?? "null")
    case .text(let value): return .string(value)
    case .texts(let values): return .array(values.map { .string($0) })
    case .record:
      if case .record(let fields, _) = type { return record(nil, fields) }
      return .object([])
    case .empty:
      switch type {
      case .records, .texts: return .array([])
      default: return .object([])
      }
    case .records(let records):
      guard case .records(let fields) = type else { return .array([]) }
      return .array(
        records.map { given in
          .object(
            fields.compactMap { field in
              let value = given.first { $0.key == field.key }?.value ?? field.default
              return standard(value, field.type).map { JSONValue.Member(field.key, $0) }
            })
        })
    }
  }

  /// A value of no particular form.
  package static func free(_ value: FreeValue) -> JSONValue {
    switch value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): JSONValue(value)
    case .number(let value): .number(CanonicalNumber.text(value) ?? "null")
    case .text(let value): .string(value)
    case .list(let elements): .array(elements.map(free))
    case .mapping(let members): .object(members.map { JSONValue.Member($0.key, free($0.value)) })
    }
  }
}
