extension Directive {
  /// The contract's file name on the host.
  package static let agent = Directive(
    keyword: "AGENT", summary: "the contract's file, beside the pod file on the host", arguments: .words(["file"]),
    repetition: .once, variables: .stage, example: "AGENT AGENTS.md")
}
