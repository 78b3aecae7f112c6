extension Directive {
  /// A named model slot.
  package static let model = Directive(
    keyword: "MODEL", summary: "the model of a slot", arguments: .words(["slot", "provider/model"]),
    repetition: .oncePerKey, variables: .stage, example: "MODEL primary anthropic/claude-sonnet-4")
}
