/// What a ruleset can say about one guard: the section's fields with their types and defaults, and which actions it judges.
///
/// The parser, the validator, the merge, the canonical form and the documentation are made from these records.
package struct Guard: Sendable {
  /// The key under `guards`.
  package let name: String
  /// What decisions call it, where that is something else.
  package let resultName: String
  /// What it does, in one sentence without a full stop.
  package let summary: String
  /// The language version that has it first.
  package let since: String
  /// The fields of its section.
  package let fields: [GuardField]
  /// The actions that it judges.
  package let actions: [ActionKind]
  /// What it judges besides in the hardened profile.
  package let hardenedActions: [ActionKind]
  /// How its section and a parent's become one in the reference's `deep_merge`.
  package let merge: SectionMerge
  /// A section as people write it.
  package let example: String
  /// Whether it is claw's own, which the `compat` profile does not know.
  package let isOurs: Bool
  /// Whether it judges with its defaults where a ruleset does not mention it.
  package let isAlwaysOn: Bool

  package init(
    _ name: String, resultName: String? = nil, _ summary: String, since: String = "1.1.0", actions: [ActionKind],
    hardenedActions: [ActionKind] = [], merge: SectionMerge = .replace, isOurs: Bool = false, isAlwaysOn: Bool = true,
    fields: [GuardField], example: String
  ) {
    self.name = name
    self.resultName = resultName ?? name
    self.summary = summary
    self.since = since
    self.fields = [GuardField("enabled", .bool, default: .bool(true), "Whether the guard judges anything")] + fields
    self.actions = actions
    self.hardenedActions = hardenedActions
    self.merge = merge
    self.isOurs = isOurs
    self.isAlwaysOn = isAlwaysOn
    self.example = example
  }

  /// The field of a key.
  package func field(_ key: String) -> GuardField? { fields.first { $0.key == key || $0.aliases.contains(key) } }
}

/// How the reference's `deep_merge` joins a section of a child with its parent's.
package enum SectionMerge: Sendable {
  /// The child's section stands alone.
  case replace
  /// Patterns are added and removed, exceptions joined.
  case forbiddenPaths
  /// Each list is the child's unless that is empty.
  case nonEmptyLists
  /// Entries are added and removed, then a list of the child's replaces all, unless it is empty.
  case addAndRemove
}

/// What an agent is about to do, as far as guards tell it apart.
package enum ActionKind: String, Sendable, CaseIterable {
  /// A file is read.
  case fileRead = "file_read"
  /// A file is written.
  case fileWrite = "file_write"
  /// A connection is made.
  case egress = "network_egress"
  /// A program is run.
  case command = "command_exec"
  /// A patch is applied.
  case patch = "patch_apply"
  /// A tool is called.
  case tool = "tool_call"
  /// A secret is asked for.
  case secret = "secret_access"
  /// Anything else, by its own type.
  case custom = "custom"

  /// Its place among all of them.
  package var index: Int {
    switch self {
    case .fileRead: 0
    case .fileWrite: 1
    case .egress: 2
    case .command: 3
    case .patch: 4
    case .tool: 5
    case .secret: 6
    case .custom: 7
    }
  }
}
