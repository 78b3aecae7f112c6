extension Directive {
  /// A skill file on the host.
  package static let skill = Directive(
    keyword: "SKILL", summary: "a skill file, beside the pod file on the host", arguments: .words(["file"]),
    repetition: .many, variables: .stage, example: "SKILL ./skills/style.md")
}
