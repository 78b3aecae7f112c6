extension Directive {
  /// The runner that the image holds.
  package static let clawType = Directive(
    keyword: "CLAW_TYPE", summary: "the runner type of the image", arguments: .words(["type"]), repetition: .once,
    variables: .literal, example: "CLAW_TYPE openclaw")
}
