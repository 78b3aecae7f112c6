import Lexer

/// The variables that a stage's instructions see, in the state between two instructions.
package struct StageScope: VariableScope, Sendable {
  /// What is known of one name.
  private struct Variable {
    /// The value of ENV, or of an ARG that has one.
    var value: String?
    /// Whether ARG declared it.
    var isDeclared = false
    /// Whether a build argument can change it: ARGs, and ENVs made from them.
    var isOverridable = false
  }

  private var variables: [String: Variable] = [:]
  /// Names in the order in which they were first set, for suggestions.
  private(set) var names: [String] = []

  /// A scope with some variables.
  init(_ values: [(String, String)] = []) {
    for (name, value) in values { set(name, value, isOverridable: false) }
  }

  /// Makes room for some more names.
  mutating func reserve(_ count: Int) { variables.reserveCapacity(variables.count + count) }

  /// The value of a variable, or nil where it is unset.
  package func value(of name: String) -> String? { variables[name]?.value }

  /// Whether ARG or ENV of the file made the name known.
  package func isDeclared(_ name: String) -> Bool { variables[name] != nil }

  /// Whether ARG declared the name, with or without a value.
  func isArgument(_ name: String) -> Bool { variables[name]?.isDeclared ?? false }

  /// Whether a build argument can give the name another value.
  func isOverridable(_ name: String) -> Bool { variables[name]?.isOverridable ?? false }

  /// The names that ARG declared, sorted.
  var arguments: [String] { variables.filter { $1.isDeclared }.keys.sorted() }

  /// Sets a variable.
  mutating func set(_ name: String, _ value: String, isOverridable: Bool) {
    let isNew = Self.set(value, isOverridable: isOverridable, in: &variables[name, default: Variable()])
    if isNew { names.append(name) }
  }

  private static func set(_ value: String, isOverridable: Bool, in variable: inout Variable) -> Bool {
    let isNew = variable.value == nil
    variable.value = value
    variable.isOverridable = isOverridable
    return isNew
  }

  /// Notes an ARG.
  mutating func declare(_ name: String, value: String?) {
    variables[name, default: Variable()].isDeclared = true
    variables[name, default: Variable()].isOverridable = true
    if let value { set(name, value, isOverridable: true) }
  }

  /// Whether what an expansion gave could be another with other build arguments.
  func dependsOnArguments(_ expansion: Expansion) -> Bool {
    expansion.matched.contains(where: isOverridable) || expansion.unmatched.contains(where: isArgument)
  }
}
