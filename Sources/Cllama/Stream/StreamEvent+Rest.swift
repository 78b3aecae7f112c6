import JSON

extension StreamEvent {
  /// Members of events that name, count and connect, and what providers pad their events with.
  private static let names: Set<String> = [
    "id", "object", "created", "model", "index", "usage", "system_fingerprint", "service_tier", "obfuscation", "type",
    "sequence_number", "item_id", "output_index", "content_index", "summary_index", "annotation_index", "response_id",
    "finish_reason", "logprobs",
  ]

  /// Has the texts of members judged that no API says in pieces: each as it is, so that nothing passes because of where it
  /// stands.
  ///
  /// - Parameter read: members that were read otherwise.
  mutating func takeRest(of object: JSONValue?, besides read: Set<String>, item: Int, at place: JSONPlace = []) {
    for (index, member) in (object?.members ?? []).enumerated()
    where !read.contains(member.name) && !Self.names.contains(member.name) {
      var finder = PassageFinder(at: place + [index])
      finder.find(member.value, role: .assistant)
      for passage in finder.passages { take(whole: passage, item: item, kind: passage.kind) }
    }
  }
}
