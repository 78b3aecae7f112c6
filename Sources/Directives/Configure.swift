extension Directive {
  /// A shell line that runs at container start, before the runner.
  package static let configure = Directive(
    keyword: "CONFIGURE", summary: "shell that runs at container start, before the runner",
    arguments: .text("command", heredoc: true), repetition: .many, variables: .literal,
    example: "CONFIGURE openclaw config set agents.defaults.heartbeat.every 30m")
}
