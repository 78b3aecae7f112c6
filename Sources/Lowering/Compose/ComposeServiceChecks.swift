import Diagnostics
import Lexer
import Source

/// Checks keys of one service against each other.
struct ComposeServiceChecks {
  let service: ComposeService
  let report: ComposeReport

  /// Checks all.
  func check() {
    build()
    healthcheck()
    limits()
    scale()
    targets()
    watch()
  }

  private func build() {
    guard let build = service.build else { return }
    if let inline = build.entry("dockerfile_inline"), let file = build.entry("dockerfile"),
      inline.value.string?.isEmpty == false, file.value.string?.isEmpty == false
    {
      report.add(
        ComposeRules.exclusiveKeys, at: inline.keyLocation, "'dockerfile_inline' and 'dockerfile' exclude each other",
        help: "delete one of the two", labels: [.init(file.keyLocation, "the other is here")])
    }
    if let platforms = build["platforms"]?.elements, !platforms.isEmpty, let platform = service["platform"],
      let name = platform.string, !name.isEmpty, !platforms.contains(where: { $0.string == name })
    {
      report.add(
        ComposeRules.conflictingValues, at: platform.location,
        "the platform '\(name.shown)' is not among those that are built", help: "add it to 'build.platforms'",
        labels: [.init(build["platforms"]?.location ?? build.location, "these are built")])
    }
  }

  private func healthcheck() {
    guard let first = service["healthcheck"]?["test"]?.elements?.first, let word = first.string,
      !["CMD", "CMD-SHELL", "NONE"].contains(word)
    else { return }
    report.add(
      ComposeRules.invalidHealthcheck, at: first.location, "'\(word.shown)' is none of CMD, CMD-SHELL and NONE",
      help: "put 'CMD' before it")
  }

  /// The same limit at two places.
  private func limits() {
    let resources = service["deploy"]?["resources"]
    func compare(_ key: String, _ section: String, _ other: String, _ read: (ComposeValue) -> Double?) {
      guard let value = service[key], let number = read(value), number != 0, let place = resources?[section],
        place.entries != nil
      else { return }
      let second = place[other]
      guard (second.flatMap(read) ?? 0) != number else { return }
      let location = second?.location ?? place.location
      report.add(
        ComposeRules.conflictingValues, at: value.location,
        "'\(key)' and 'deploy.resources.\(section).\(other)' differ", help: "delete one of the two",
        labels: [.init(location, "the other is here")])
    }
    func bytes(_ value: ComposeValue) -> Double? {
      value.string.map { ComposeQuantity.bytes($0).map(Double.init) } ?? value.int.map(Double.init)
    }
    compare("cpus", "limits", "cpus") { $0.number.map { Double(Float($0)) } }
    compare("mem_limit", "limits", "memory", bytes)
    compare("mem_reservation", "reservations", "memory", bytes)
    compare("pids_limit", "limits", "pids") { $0.int.map(Double.init) }
  }

  private func scale() {
    let replicas = service["deploy"]?["replicas"]
    let scale = service["scale"]
    if let replicas, let scale, replicas.int != scale.int {
      report.add(
        ComposeRules.conflictingValues, at: scale.location, "'scale' and 'deploy.replicas' differ",
        help: "delete one of the two", labels: [.init(replicas.location, "the other is here")])
    }
    if let count = (scale ?? replicas)?.int, count > 1, let name = service["container_name"],
      name.string?.isEmpty == false
    {
      report.add(
        ComposeRules.fixedContainerName, at: name.location,
        "\(count) containers can't have the same name", help: "delete 'container_name'",
        labels: [.init((scale ?? replicas)?.location ?? name.location, "so many there are")])
    }
  }

  /// Mounts at the same path.
  private func targets() {
    var places: [ByteKey: Location] = [:]
    func add(_ target: String, at location: Location) {
      if let first = places[ByteKey(target)] {
        report.add(
          ComposeRules.duplicateMount, at: location, "something is already mounted at '\(target)'",
          help: "delete one of the two, or change its target", labels: [.init(first, "first mounted here")])
      } else {
        places[ByteKey(target)] = location
      }
    }
    let tmpfs = service["tmpfs"].map { $0.elements ?? [$0] } ?? []
    for mount in tmpfs {
      guard let text = mount.string else { continue }
      add(
        String(text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""),
        at: mount.location)
    }
    for mount in service.mounts {
      guard let target = mount["target"], let text = target.string else { continue }
      add(FilePath.normalize(text), at: target.location)
    }
    for (key, folder) in [("configs", "/"), ("secrets", "/run/secrets/")] {
      for grant in service[key]?.elements ?? [] {
        let target = grant["target"].flatMap { $0.string?.isEmpty == false ? $0 : nil }
        guard let text = target?.string ?? grant["source"]?.string.map({ folder + $0 }) else { continue }
        add(text, at: (target ?? grant["source"] ?? grant).location)
      }
    }
  }

  private func watch() {
    for rule in service["develop"]?["watch"]?.elements ?? [] {
      guard let action = rule["action"], let word = action.string, !["rebuild", "restart"].contains(word),
        rule["target"]?.string?.isEmpty != false
      else { continue }
      report.add(
        ComposeRules.missingKey, at: action.location, "the action '\(word.shown)' needs a 'target'",
        help: "add 'target'")
    }
  }
}
