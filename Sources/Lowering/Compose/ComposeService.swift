import Lexer
package import Source

/// A service of a project: its merged value, and what others ask of it.
package struct ComposeService: Sendable {
  /// The service's name.
  package var name: String
  /// Where the name stands; the first place if several files give the service.
  package var location: Location
  /// All its keys, merged and in long form.
  package var value: ComposeValue
  /// Whether one of its profiles is active, or it has none.
  package var isActive: Bool
  /// What it gets from its environment files, in order; their own places.
  package var envFileVariables: [DotEnv.Variable]
  /// What it gets from its label files, in order; their own places.
  package var labelFileVariables: [DotEnv.Variable] = []

  /// The value of a key.
  package subscript(key: String) -> ComposeValue? { value[key] }
  /// Whether a key is there with a value.
  package func has(_ key: String) -> Bool { value[key].map { !$0.isNull } ?? false }

  /// `image`, unless it is empty.
  package var image: ComposeValue? { value["image"].flatMap { $0.string?.isEmpty == false ? $0 : nil } }
  /// `build`: a mapping with `context`, `dockerfile`, `target`, `args` and more.
  package var build: ComposeValue? { value["build"] }
  /// `build.args`, as a build gets them: a name without a value has the environment's, or is not given.
  package func buildArguments(_ environment: Environment) -> [String: String] {
    var arguments: [String: String] = [:]
    for entry in Self.pairs(build?["args"]) {
      arguments[entry.key] = entry.value.isNull ? environment[entry.key] : entry.value.scalarText
    }
    return arguments
  }
  /// The words of `command`; nil where there is none or it can't be split.
  package var command: [String]? { words("command") }
  /// The words of `entrypoint`; nil where there is none or it can't be split.
  package var entrypoint: [String]? { words("entrypoint") }
  /// `user`.
  package var user: ComposeValue? { value["user"] }
  /// `privileged`, where it is true.
  package var privileged: ComposeValue? { value["privileged"].flatMap { $0.bool == true ? $0 : nil } }
  /// `pid`.
  package var pid: ComposeValue? { value["pid"].flatMap { $0.isNull ? nil : $0 } }
  /// `ipc`.
  package var ipc: ComposeValue? { value["ipc"] }
  /// `network_mode`.
  package var networkMode: ComposeValue? { value["network_mode"] }
  /// The elements of `cap_add`.
  package var addedCapabilities: [ComposeValue] { value["cap_add"]?.elements ?? [] }
  /// The mappings of `devices`, with `source`, `target` and `permissions`.
  package var devices: [ComposeValue] { value["devices"]?.elements ?? [] }
  /// The mappings of `volumes`, with `type`, `source`, `target`, `read_only` and more.
  package var mounts: [ComposeValue] { value["volumes"]?.elements ?? [] }
  /// The mappings of `ports`, with `host_ip`, `target`, `published` and `protocol`; `target` is a text for a range.
  package var ports: [ComposeValue] { value["ports"]?.elements ?? [] }
  /// The mappings of `env_file`, with `path` and `required`.
  package var envFiles: [ComposeValue] { value["env_file"]?.elements ?? [] }
  /// The elements of `profiles`.
  package var profiles: [ComposeValue] { value["profiles"]?.elements ?? [] }
  /// The entries of `networks`; a value may be null.
  package var networks: [ComposeEntry] { value["networks"]?.entries ?? [] }
  /// The entries of `depends_on`, with `condition`, `required` and `restart`.
  package var dependencies: [ComposeEntry] { value["depends_on"]?.entries ?? [] }
  /// `environment`, whether written as a mapping or a list; a null value is taken from compose's own environment.
  package var environment: [ComposeEntry] { Self.pairs(value["environment"]) }
  /// `labels`, whether written as a mapping or a list.
  package var labels: [ComposeEntry] { Self.pairs(value["labels"]) }

  /// A list of `KEY=value` texts or a mapping as entries; each with the place of its value, or of the whole text.
  package static func pairs(_ value: ComposeValue?) -> [ComposeEntry] {
    if let entries = value?.entries { return entries }
    return (value?.elements ?? []).compactMap { element in
      guard let text = element.string else { return nil }
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      var content = element
      content.content = parts.count > 1 ? .string(String(parts[1])) : .null
      return ComposeEntry(String(parts.first ?? ""), at: element.location, content)
    }
  }

  private func words(_ key: String) -> [String]? {
    guard let value = value[key] else { return nil }
    if let text = value.string { return ShellWords.split(text) }
    return value.elements?.compactMap(\.scalarText)
  }
}

/// Why a service needs another.
package struct ComposeDependency: Sendable {
  /// The other service's name.
  package var name: String
  /// Where it is named.
  package var location: Location
  /// Whether the other has to be there.
  package var isRequired: Bool
}

extension ComposeService {
  /// All services that this one needs: `depends_on`, `links`, `volumes_from` and shared namespaces, each name once.
  package var allDependencies: [ComposeDependency] {
    var result: [ComposeDependency] = []
    var names: Set<ByteKey> = []
    func add(_ name: String, at location: Location, isRequired: Bool = true) {
      guard names.insert(ByteKey(name)).inserted else { return }
      result.append(ComposeDependency(name: name, location: location, isRequired: isRequired))
    }
    for entry in dependencies {
      add(entry.key, at: entry.keyLocation, isRequired: entry.value["required"]?.bool ?? true)
    }
    for link in value["links"]?.elements ?? [] {
      guard let text = link.string else { continue }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      add(parts.count == 2 ? String(parts[0]) : text, at: link.location)
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
      guard let shared = value[key], let text = shared.string, text.utf8.starts(with: "service:".utf8) else { continue }
      add(String(Substring(text.utf8.dropFirst(8))), at: shared.location)
    }
    for from in value["volumes_from"]?.elements ?? [] {
      guard let text = from.string, !text.utf8.starts(with: "container:".utf8) else { continue }
      add(String(text.split(separator: ":", omittingEmptySubsequences: false).first ?? ""), at: from.location)
    }
    return result
  }
}
