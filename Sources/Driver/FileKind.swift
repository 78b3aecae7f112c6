import Diagnostics
import Guards
import Lexer
package import Source

/// Which language a file is in.
package enum FileKind: String, Sendable, CaseIterable {
  /// A Clawfile or Dockerfile.
  case clawfile
  /// A claw-pod.yml or compose file.
  case pod
  /// A policy ruleset.
  case ruleset
  /// Test suites of a ruleset.
  case suite
  /// A governance pack.
  case pack
  /// A workload.
  case workload
  /// A fleet of machines.
  case fleet
  /// Who shares a cluster.
  case tenancy

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

extension FileKind {
  /// Whether a file of such a name may be a ruleset or a test suite, which only its content says.
  package static func mayBePolicy(_ path: String) -> Bool {
    let lower = FilePath.name(of: path).lowercased()
    return [".yml", ".yaml", ".json"].contains { lower.hasSuffix($0) } && !lower.hasSuffix(".generated.yml")
      && !lower.hasSuffix(".pack.json")
  }

  /// The kind of a file: what its name says, or what its content says; nil for anything else.
  ///
  /// - Parameter isNamed: whether the user named the file. In a search, only what can't be anything else counts: other
  ///   tools' files have a `version` too.
  package init?(_ file: SourceFile, isNamed: Bool) {
    if let kind = FileKind(path: file.path, isNamed: isNamed) {
      self = kind
      return
    }
    guard Self.mayBePolicy(file.path) else { return nil }
    // Reading every YAML file of a project whole would take long, and most are somebody else's.
    guard isNamed || Self.hasKeyAtStart(file) else { return nil }
    var ignored = DiagnosticBag()
    guard let root = YAMLReader.read(file, into: &ignored).first?.root, root.entries != nil else {
      // A ruleset with a mistake in its YAML is one still.
      guard ignored.hasErrors, Self.hasKeyAtStart(file) else { return nil }
      self = .ruleset
      return
    }
    if root.entry("pack") != nil, isNamed || root.entry("expectations") != nil {
      self = .pack
    } else if root.entry("suites") != nil, root.entry("policy") != nil {
      self = .suite
    } else if let workload = root["workload"], isNamed || workload.entry("image") != nil {
      self = .workload
    } else if let nodes = root["nodes"], isNamed || Self.isMachine(nodes.elements?.first) {
      self = .fleet
    } else if let tenants = root["tenants"], isNamed || tenants.elements?.first?.entry("quota") != nil {
      self = .tenancy
    } else if root.entry("guards") != nil {
      self = .ruleset
    } else if let version = root["version"]?.text, Self.isVersion(version) {
      let others = ["extends", "merge_strategy", "settings", "posture", "custom_guards"]
      guard isNamed || (PolicyLanguage.versions.contains(version) && others.contains { root.entry($0) != nil }) else {
        return nil
      }
      self = .ruleset
    } else {
      return nil
    }
  }

  /// Whether a node of some list is a machine, as fleets have them: other tools' files have 'nodes' too.
  private static func isMachine(_ node: YAMLNode?) -> Bool {
    guard let node, node.entries != nil else { return false }
    return node.entry("cpu") != nil && node.entry("memory") != nil
  }

  /// Three numbers with points between them.
  private static func isVersion(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    return parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { 0x30...0x39 ~= $0 } }
  }

  /// Whether some line begins with a key that rulesets or suites have, or the file with a bracket.
  private static func hasKeyAtStart(_ file: SourceFile) -> Bool {
    let keys = ["guards", "suites", "version", "pack", "workload", "nodes", "tenants"]
    let first = file.bytes.first { $0 > 0x20 }
    if first == 0x7B {
      return keys.contains { key in file.bytes.firstRange(of: Array("\"\(key)\"".utf8)) != nil }
    }
    return (1...max(1, file.lines.count)).contains { number in
      var line = file.slice(file.lines.range(ofLine: number))
      if line.first == 0x22 || line.first == 0x27 { line.removeFirst() }
      return keys.contains { line.starts(with: $0.utf8) }
    }
  }
}
