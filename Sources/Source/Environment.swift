/// The variables that `${…}` may name: what the process has, or what a test says.
public struct Environment: Sendable {
  /// Values by name.
  public var values: [String: String]

  /// Takes the variables.
  public init(_ values: [String: String] = [:]) { self.values = values }

  /// The value of a variable, or nil where it is unset.
  public subscript(name: String) -> String? { values[name] }
}
