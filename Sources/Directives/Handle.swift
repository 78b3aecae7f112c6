extension Directive {
  /// A chat platform that the claw appears on.
  package static let handle = Directive(
    keyword: "HANDLE", summary: "a chat platform that the claw appears on", arguments: .words(["platform"]),
    repetition: .oncePerKey, variables: .literal, example: "HANDLE discord")
}
