extension Directive {
  /// A default of the sandbox that is lifted or set.
  package static let privilege = Directive(
    keyword: "PRIVILEGE", summary: "a default of the sandbox that is set or lifted",
    arguments: .words(["mode", "value"]),
    repetition: .many, variables: .literal, example: "PRIVILEGE runtime claw-user")
}
