/// What docker compose makes of a generated file.
package enum PodServices {
  /// The names of all services, sorted by bytes.
  ///
  /// - Parameter bytes: the file, for a project that gets it on standard input.
  package static func names(
    _ tool: DockerTool, _ project: PodProject, input bytes: [UInt8]? = nil
  ) throws(EngineFailure) -> [String] {
    try tool.output(tool.compose(project, ["config", "--services", "--no-interpolate"]), input: bytes)
      .split(separator: "\n").map(String.init).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The hashes that `docker compose config --hash` prints, by service.
  static func parse(hashes text: String) -> [String: String] {
    var hashes: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2 { hashes[String(words[0])] = String(words[1]) }
    }
    return hashes
  }
}
