import JSON
import Source

/// What docker compose makes of a generated file that need not be on disk yet: asked with the very bytes.
package struct PodConfig: Sendable {
  /// A service of it.
  package struct Service: Sendable {
    /// Its name.
    package var name: String
    /// The hash of its configuration, which decides whether its container may stay.
    package var hash: String
    /// The name of its image.
    package var image: String
    /// Whether the pod builds that image.
    package var isBuilt: Bool
    /// Its labels.
    package var labels: [String: String]
  }

  /// The services whose profiles are on, by name.
  package var services: [Service]
  /// The names of its volumes in the file.
  package var volumes: Set<String>

  /// Asks compose.
  ///
  /// - Parameter bytes: the generated file; `folder` is the folder that it is for.
  package static func read(
    _ bytes: [UInt8], folder: String, name: String, _ tool: DockerTool
  ) throws(EngineFailure) -> PodConfig {
    let project = PodProject(pipedFor: folder, name: name)
    let text = try tool.output(tool.compose(project, ["config", "--format", "json"]), input: bytes)
    // Of the file itself compose makes another hash here than when it starts containers: without the variables of files.
    let hashes = try PodServices.parse(
      hashes: tool.output(tool.compose(project, ["config", "--hash", "*"]), input: Array(text.utf8)))
    guard let value = try? JSONParser.parse(text.utf8) else {
      throw EngineFailure(.failed, "'docker compose config' wrote no JSON")
    }
    var config = PodConfig(services: [], volumes: Set((value["volumes"]?.members ?? []).map(\.name)))
    for member in value["services"]?.members ?? [] {
      var labels: [String: String] = [:]
      for label in member.value["labels"]?.members ?? [] { labels[label.name] = label.value.string }
      config.services.append(
        Service(
          name: member.name, hash: hashes[member.name] ?? "",
          image: member.value["image"]?.string ?? "\(name)-\(member.name)",
          isBuilt: member.value["build"].map { $0 != .null } ?? false, labels: labels))
    }
    return config
  }

  /// The ids of the images that the engine has, by the name in the file.
  package func imageIDs(_ tool: DockerTool) throws(EngineFailure) -> [String: String] {
    var ids: [String: String] = [:]
    for name in Set(services.map(\.image)).sorted() {
      if let value = try tool.inspect("image", [name]).first { ids[name] = value["Id"]?.string }
    }
    return ids
  }
}
