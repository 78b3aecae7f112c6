extension Directive {
  /// The default persona, fetched when the pod starts.
  package static let persona = Directive(
    keyword: "PERSONA", summary: "the default persona, fetched at run time", arguments: .words(["reference"]),
    repetition: .once, variables: .stage, example: "PERSONA registry.example/personas/wry:v2")
}
