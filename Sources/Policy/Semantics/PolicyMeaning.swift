import Automata
import Canonical
import Guards
package import IR
package import JSON

/// What a program means: the outcome of every event, apart from how it was spelled and from what reports say.
package struct PolicyMeaning: Sendable {
  /// The kinds of events that have a table of their own.
  package enum Kind: String, Sendable, CaseIterable {
    case fileRead = "file_read"
    case fileWrite = "file_write"
    case patch = "patch_apply"
    case egress = "network_egress"
    case tool = "tool_call"
    case command = "command_exec"
    case secret = "secret_access"
    case untrustedText = "custom/untrusted_text"
    case userInput = "custom/user_input"
    case computerUse = "custom/remote_or_input"
    case transfer = "custom/remote.file_transfer"
    case input = "custom/input.inject"
  }

  let profile: PolicyProfile
  /// The table of each kind; nil where it would grow too large.
  let tables: [Kind: OutcomeTable?]
  /// What no table holds, as canonical values: the state machine, and guards that count.
  let terms: JSONValue
  /// The detectors of `hard_rails`.
  let hardRails: [String: HardRailsProgram.Detector]
  /// The state machine.
  let posture: PosturePlan?

  /// The meaning of a program.
  package init(_ program: PolicyProgram) {
    profile = program.profile
    let builder = MeaningBuilder(program)
    var tables: [Kind: OutcomeTable?] = [:]
    for kind in Kind.allCases { tables[kind] = builder.table(kind) }
    self.tables = tables
    terms = builder.terms
    hardRails = builder.hardRails
    posture = program.posture
  }

  /// The meaning of a program that decides all kinds of events but some as another one does.
  init(_ program: PolicyProgram, like other: PolicyMeaning, except kinds: Set<Kind>, cache: LanguageCache) {
    profile = program.profile
    let builder = MeaningBuilder(program, cache: cache)
    var tables = other.tables
    for kind in kinds { tables[kind] = builder.table(kind) }
    self.tables = tables
    terms = builder.terms
    hardRails = builder.hardRails
    posture = program.posture
  }

  /// Whether both decide alike: what equal hashes say, without the JSON.
  func isSame(as other: PolicyMeaning) -> Bool {
    // Where a table could not be had, there is nothing that could be compared.
    profile == other.profile && terms == other.terms
      && Kind.allCases.allSatisfy { kind in
        guard let left = tables[kind] ?? nil, let right = other.tables[kind] ?? nil else { return false }
        return left == right
      }
  }

  /// Whether every literal is one that automata decide.
  package var isExact: Bool {
    if case .object(let members) = terms, !members.isEmpty { return false }
    return tables.values.allSatisfy { $0?.isExact ?? false }
  }

  /// The meaning in its one spelling: conjunctive normal form, as canonical JSON.
  package var canonicalJSON: JSONValue {
    var kinds: [JSONValue.Member] = []
    for kind in Kind.allCases {
      guard let table = tables[kind] else { continue }
      kinds.append(
        .init(kind.rawValue, table.map(MeaningJSON.value) ?? ["exact": false, "undecided": "too many states"]))
    }
    return [
      "exact": .bool(isExact), "format": "claw-policy-meaning/1", "kinds": .object(kinds),
      "profile": .string(profile.rawValue), "terms": terms,
    ]
  }

  /// SHA-256 over the canonical JSON: equal for programs that decide alike, in hexadecimal digits.
  package var hash: String {
    // Everything in it is a text or a small number, which always has a canonical form.
    let bytes = (try? CanonicalJSON.bytes(canonicalJSON)) ?? []
    return Digest.sha256Hex(bytes)
  }
}

/// Tables as JSON.
enum MeaningJSON {
  /// Clauses: for each combination of classes that is not simply allowed, what an event must avoid.
  static func value(_ table: OutcomeTable) -> JSONValue {
    let axes = zip(table.axes, table.classes).map { axis, classes -> JSONValue in
      ["classes": .array(classes.map(set)), "field": name(axis.field)]
    }
    var clauses: [JSONValue] = []
    for (cell, outcome) in table.outcomes.enumerated() where outcome != .allowed {
      let place = OutcomeTable.coordinates(cell, table.classes)
      let literals = place.enumerated().map { axis, index -> JSONValue in
        ["axis": JSONValue(axis), "not": JSONValue(index)]
      }
      clauses.append(["any": .array(literals), "else": .string(outcome.rawValue)])
    }
    return ["axes": .array(axes), "clauses": .array(clauses), "exact": .bool(table.isExact)]
  }

  private static func name(_ field: Axis.Field) -> JSONValue {
    switch field {
    case .undecided(let terms): ["terms": .array(terms.map { .string($0) })]
    case .path: "path"
    case .host: "host"
    case .toolName: "tool"
    case .argumentsSize: "arguments_size"
    case .text: "text"
    case .addedLines: "added_lines"
    case .additions: "additions"
    case .deletions: "deletions"
    case .secretName: "secret"
    case .customType: "type"
    case .level: "level"
    case .risk: "risk"
    case .transferSize: "transfer_size"
    case .inputType: "input_type"
    case .commandLine: "command_line"
    }
  }

  private static func set(_ set: AxisSet) -> JSONValue {
    switch set {
    case .numbers(let ranges):
      .array(ranges.map { [JSONValue($0.lowerBound), $0.upperBound == .max ? .null : JSONValue($0.upperBound)] })
    case .texts(let automaton):
      [
        "accepting": .array(automaton.accepting.indices.filter { automaton.accepting[$0] }.map { JSONValue($0) }),
        "transitions": .array(
          automaton.transitions.map { row in
            .array(row.map { [JSONValue(Int($0.upper)), JSONValue(Int($0.target))] })
          }),
      ]
    }
  }
}
