extension Directive {
  /// Package managers whose use is logged.
  package static let track = Directive(
    keyword: "TRACK", summary: "package managers whose use is logged", arguments: .list("manager"), repetition: .many,
    variables: .literal, example: "TRACK apt pip")
}
