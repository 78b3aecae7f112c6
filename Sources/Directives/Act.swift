extension Directive {
  /// A build step of worker mode.
  package static let act = Directive(
    keyword: "ACT", summary: "a build step of worker mode", arguments: .text("command", heredoc: true),
    repetition: .many, variables: .literal, example: "ACT pip install tiktoken")
}
