extension Directive {
  /// The default judgment stack.
  package static let cllama = Directive(
    keyword: "CLLAMA", summary: "the default judgment stack of the sidecar", arguments: .list("stage"),
    repetition: .many, variables: .stage, example: "CLLAMA passthrough policy/no-pii")
}
