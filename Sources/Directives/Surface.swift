extension Directive {
  /// Something outside that the claw uses.
  package static let surface = Directive(
    keyword: "SURFACE", summary: "something outside that the claw uses",
    arguments: .words(["uri", "mode"], optional: 1),
    repetition: .many, variables: .literal, example: "SURFACE volume://notes read-only")
}
