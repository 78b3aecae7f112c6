package import Source

/// A policy ruleset as it was written: every value with its place, nothing merged and no default filled in.
package struct Ruleset: Sendable {
  /// The file that it stands in.
  package var file: SourceFile
  /// The language version, if one is given.
  package var version: Located<String>?
  /// Its name.
  package var name: Located<String>?
  /// What it is for.
  package var description: Located<String>?
  /// What it builds on: a built-in ruleset, a file, or an address.
  package var extends: Located<String>?
  /// How it becomes one with what it builds on.
  package var mergeStrategy: Located<String>?
  /// The sections of `guards`, by guard, in the order of writing.
  package var guards: [GuardSection] = []
  /// `guards.custom`: guards that ask a service.
  package var asyncGuards: [RulesetRecord]?
  /// `custom_guards`: guards of the host.
  package var customGuards: [RulesetRecord]?
  /// `settings`
  package var settings: RulesetRecord?
  /// `posture`
  package var posture: RulesetRecord?

  package init(file: SourceFile) { self.file = file }
}

/// A value and where it stands.
package struct Located<Value: Sendable>: Sendable {
  /// The value.
  package var value: Value
  /// Where it stands.
  package var location: Location

  package init(_ value: Value, _ location: Location) {
    self.value = value
    self.location = location
  }
}

/// The section of one guard.
package struct GuardSection: Sendable {
  /// The guard's name.
  package var name: Located<String>
  /// Its fields.
  package var fields: RulesetRecord

  package init(name: Located<String>, fields: RulesetRecord) {
    self.name = name
    self.fields = fields
  }
}

/// A mapping of a ruleset, whose fields have the types that its record declares.
package struct RulesetRecord: Sendable {
  /// A field.
  package struct Field: Sendable {
    /// The key in its usual spelling.
    package var key: String
    /// Where the key stands.
    package var location: Location
    /// The value.
    package var value: RulesetValue

    package init(key: String, location: Location, value: RulesetValue) {
      self.key = key
      self.location = location
      self.value = value
    }
  }

  /// The fields that are there, in the order of writing.
  package var fields: [Field]
  /// Where the mapping stands.
  package var location: Location

  package init(fields: [Field], location: Location) {
    self.fields = fields
    self.location = location
  }

  /// The value of a key, if it is there.
  package subscript(key: String) -> RulesetValue? {
    fields.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The texts of a list, if it is there.
  package func texts(_ key: String) -> [Located<String>]? { self[key]?.texts }
}

/// A value of a ruleset.
package struct RulesetValue: Sendable {
  /// What it is.
  package indirect enum Content: Sendable {
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case texts([Located<String>])
    case record(RulesetRecord)
    case records([RulesetRecord])
    /// Something whose form is not ours to know: what YAML makes of it.
    case anything(FreeValue)
  }

  /// What it is.
  package var content: Content
  /// Where it stands.
  package var location: Location

  package init(_ content: Content, _ location: Location) {
    self.content = content
    self.location = location
  }

  package var bool: Bool? { if case .bool(let value) = content { value } else { nil } }
  package var integer: Int? { if case .integer(let value) = content { value } else { nil } }
  package var number: Double? { if case .number(let value) = content { value } else { nil } }
  package var text: String? { if case .text(let value) = content { value } else { nil } }
  package var texts: [Located<String>]? { if case .texts(let value) = content { value } else { nil } }
  package var record: RulesetRecord? { if case .record(let value) = content { value } else { nil } }
  package var records: [RulesetRecord]? { if case .records(let value) = content { value } else { nil } }
  package var anything: FreeValue? { if case .anything(let value) = content { value } else { nil } }
}

/// A value of no particular form.
package indirect enum FreeValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([FreeValue])
  case mapping([(key: String, value: FreeValue)])
}
