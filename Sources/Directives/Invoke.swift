extension Directive {
  /// A message that wakes the runner on a schedule.
  package static let invoke = Directive(
    keyword: "INVOKE", summary: "a message that wakes the runner on a schedule", arguments: .schedule,
    repetition: .many, variables: .literal, example: "INVOKE 0,30 * * * * sweep the feed")
}
