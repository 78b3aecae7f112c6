package import IR

/// The runner types that claw knows.
package enum RunnerCatalog {
  /// All of them, in the order of the documentation.
  package static let all: [RunnerType] = [
    .openclaw, .nanobot, .picoclaw, .nanoclaw, .nullclaw, .microclaw, .claudeCode, .generic,
  ]

  /// The type of a name.
  package static func type(named name: String) -> RunnerType? {
    all.first { $0.name.utf8.elementsEqual(name.utf8) }
  }
}
