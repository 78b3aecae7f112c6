import Lexer

/// The variables that a stage's instructions see, in the state between two instructions.
package struct StageScope: VariableScope, Sendable {
  /// Values of ENV, and of ARG that have one.
  private(set) var values: [String: String]
  /// Names that ARG declared, with or without a value.
  private(set) var declared: Set<String> = []
  /// Names whose value a build argument can change: ARGs, and ENVs made from them.
  private(set) var overridable: Set<String> = []
  /// Names in the order in which they were first set, for suggestions.
  private(set) var names: [String]

  /// A scope with some variables.
  init(_ values: [(String, String)] = []) {
    self.values = Dictionary(values, uniquingKeysWith: { $1 })
    names = values.map(\.0)
  }

  /// The value of a variable, or nil where it is unset.
  package func value(of name: String) -> String? { values[name] }

  /// Whether ARG or ENV of the file made the name known.
  package func isDeclared(_ name: String) -> Bool { declared.contains(name) || values[name] != nil }

  /// Sets a variable.
  mutating func set(_ name: String, _ value: String, isOverridable: Bool) {
    if values.updateValue(value, forKey: name) == nil { names.append(name) }
    if isOverridable { overridable.insert(name) } else { overridable.remove(name) }
  }

  /// Notes an ARG.
  mutating func declare(_ name: String, value: String?) {
    declared.insert(name)
    overridable.insert(name)
    if let value { set(name, value, isOverridable: true) }
  }

  /// Whether what an expansion gave could be another with other build arguments.
  func dependsOnArguments(_ expansion: Expansion) -> Bool {
    expansion.matched.contains(where: overridable.contains) || expansion.unmatched.contains(where: declared.contains)
  }
}
