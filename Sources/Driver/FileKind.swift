import Source

/// Which language a file is in.
package enum FileKind: String, Sendable, CaseIterable {
  /// A Clawfile or Dockerfile.
  case clawfile
  /// A claw-pod.yml or compose file.
  case pod

  /// The kind that a file's name says; nil for anything else.
  ///
  /// - Parameter isNamed: whether the user named the file: plain compose files count only then.
  package init?(path: String, isNamed: Bool) {
    let name = FilePath.name(of: path)
    let lower = name.lowercased()
    func isYAML(_ stem: String) -> Bool {
      lower.utf8.starts(with: stem.utf8) && (lower.hasSuffix(".yml") || lower.hasSuffix(".yaml"))
    }
    if lower.hasSuffix(".generated") || lower.hasSuffix(".generated.yml") || lower.hasSuffix(".dockerignore") {
      return nil
    }
    if isYAML("claw-pod") || (isNamed && (isYAML("compose") || isYAML("docker-compose"))) {
      self = .pod
    } else if name.utf8.starts(with: "Clawfile".utf8) || name.utf8.starts(with: "Dockerfile".utf8)
      || lower.hasSuffix(".dockerfile")
    {
      self = .clawfile
    } else {
      return nil
    }
  }
}
