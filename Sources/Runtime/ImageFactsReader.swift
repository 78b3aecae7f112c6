package import IR
package import JSON

/// Asks the engine what images say of themselves.
package enum ImageFactsReader {
  /// An image as the engine knows it.
  package struct Image: Sendable {
    /// Its id.
    package var id: String
    /// The digest that its registry knows it by, if it came from one.
    package var digest: String?
    /// What it says of itself.
    package var facts: ImageFacts
  }

  /// The image of a reference; nil if the engine has none.
  package static func read(_ reference: String, _ tool: DockerTool) throws(EngineFailure) -> Image? {
    guard let value = try tool.inspect("image", [reference]).first, let id = value["Id"]?.string else { return nil }
    let digest = value["RepoDigests"]?.array?.first?.string
    return Image(
      id: id, digest: digest.flatMap { $0.split(separator: "@").last.map(String.init) }, facts: facts(value))
  }

  /// The facts of what `docker image inspect` says of one image.
  package static func facts(_ value: JSONValue) -> ImageFacts {
    let config = value["Config"]
    var facts = ImageFacts(user: config?["User"]?.string ?? "")
    for label in config?["Labels"]?.members ?? [] { facts.labels[label.name] = label.value.string ?? "" }
    facts.entrypoint = words(config?["Entrypoint"])
    facts.command = words(config?["Cmd"])
    return facts
  }

  private static func words(_ value: JSONValue?) -> [String]? {
    guard let elements = value?.array, !elements.isEmpty else { return nil }
    return elements.compactMap(\.string)
  }
}
