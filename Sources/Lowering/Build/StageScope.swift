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

  /// The variables in the order in which they became known, and where each name's is: a table of places stays small.
  private var variables: [Variable] = []
  private var places: [String: Int32] = [:]
  /// Names in the order in which they were first set, for suggestions.
  private(set) var names: [String] = []

  /// A scope with some variables.
  init(_ values: [(String, String)] = []) {
    for (name, value) in values { set(name, value, isOverridable: false) }
  }

  /// Makes room for some more names.
  mutating func reserve(_ count: Int) { places.reserveCapacity(places.count + count) }

  /// The value of a variable, or nil where it is unset.
  package func value(of name: String) -> String? { variable(name)?.value }

  /// Whether ARG or ENV of the file made the name known.
  package func isDeclared(_ name: String) -> Bool { places[name] != nil }

  /// Whether ARG declared the name, with or without a value.
  func isArgument(_ name: String) -> Bool { variable(name)?.isDeclared ?? false }

  /// Whether a build argument can give the name another value.
  func isOverridable(_ name: String) -> Bool { variable(name)?.isOverridable ?? false }

  /// The names that ARG declared, sorted.
  var arguments: [String] { places.filter { variables[Int($1)].isDeclared }.keys.sorted() }

  /// Sets a variable.
  mutating func set(_ name: String, _ value: String, isOverridable: Bool) {
    let place = place(of: name)
    if variables[place].value == nil { names.append(name) }
    variables[place].value = value
    variables[place].isOverridable = isOverridable
  }

  /// Notes an ARG.
  mutating func declare(_ name: String, value: String?) {
    let place = place(of: name)
    variables[place].isDeclared = true
    variables[place].isOverridable = true
    if let value { set(name, value, isOverridable: true) }
  }

  /// Whether what an expansion gave could be another with other build arguments.
  func dependsOnArguments(_ expansion: Expansion) -> Bool {
    expansion.matched.contains(where: isOverridable) || expansion.unmatched.contains(where: isArgument)
  }

  private func variable(_ name: String) -> Variable? { places[name].map { variables[Int($0)] } }

  /// Where a name's variable is; makes one if there is none.
  private mutating func place(of name: String) -> Int {
    let place = Self.claim(Int32(clamping: variables.count), in: &places[name, default: -1])
    if place == variables.count { variables.append(Variable()) }
    return place
  }

  /// Puts a place into an entry of the table that has none: one search finds the entry and fills it.
  private static func claim(_ next: Int32, in entry: inout Int32) -> Int {
    if entry < 0 { entry = next }
    return Int(entry)
  }
}
