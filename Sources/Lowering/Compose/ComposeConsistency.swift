import Diagnostics
import Lexer
import Source

/// Checks what the schema can't say: references, and keys that don't go together.
struct ComposeConsistency {
  let project: ComposeProject
  let report: ComposeReport
  private let active: [ComposeService]
  private let names: Set<ByteKey>
  private let services: [ByteKey: ComposeService]
  private let declared: [String: Set<ByteKey>]

  init(project: ComposeProject, report: ComposeReport) {
    self.project = project
    self.report = report
    active = project.services.filter(\.isActive)
    names = Set(active.map { ByteKey($0.name) })
    services = Dictionary(project.services.map { (ByteKey($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    declared = Dictionary(
      ["networks", "volumes", "secrets", "configs", "models"].map { section in
        (section, Set((project.model[section]?.entries ?? []).map { ByteKey($0.key) }))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Checks everything.
  func check() {
    for service in active { check(service) }
    for service in project.services { checkValues(of: service) }
    resources()
    cycles()
  }

  private func isMisspeltClaw(_ key: String) -> Bool {
    key.utf8.starts(with: "x-".utf8) && Suggestion.nearest(to: String(key.dropFirst(2)), in: ["claw"]) != nil
  }

  private func check(_ service: ComposeService) {
    if service.image == nil, service.build == nil, service["provider"] == nil {
      report.add(
        ComposeRules.noImage, at: service.location,
        "the service '\(service.name.shown)' has neither an image nor a build",
        help: "add 'image' or 'build'")
    }
    for entry in service.value.entries ?? [] where service["x-claw"] == nil && isMisspeltClaw(entry.key) {
      report.add(
        ComposeRules.misspeltClaw, at: entry.keyLocation,
        "'\(entry.key.shown)' means nothing: '\(service.name.shown)' is no claw and has no sandbox",
        help: "did you mean 'x-claw'?")
    }
    for dependency in service.allDependencies where !names.contains(ByteKey(dependency.name)) {
      undefinedService(dependency)
    }
    if let mode = service["network_mode"], let networks = service.value.entry("networks"),
      mode.string?.isEmpty == false, !(networks.value.entries ?? []).isEmpty
    {
      report.add(
        ComposeRules.exclusiveKeys, at: networks.keyLocation, "'networks' and 'network_mode' exclude each other",
        help: "delete one of the two", labels: [.init(mode.location, "the network mode is here")])
    }
    for network in service.networks where !network.key.isSame(as: "default") {
      reference(network.key, "networks", at: network.keyLocation, ComposeRules.undefinedNetwork, "network")
    }
    for mount in service.mounts where mount["type"]?.string == "volume" {
      guard let source = mount["source"], let name = source.string, !name.isEmpty else { continue }
      reference(name, "volumes", at: source.location, ComposeRules.undefinedVolume, "volume")
    }
    for (list, section, rule, noun) in [
      (service["secrets"], "secrets", ComposeRules.undefinedSecret, "secret"),
      (service.build?["secrets"], "secrets", ComposeRules.undefinedSecret, "secret"),
      (service["configs"], "configs", ComposeRules.undefinedConfig, "config"),
    ] {
      for grant in list?.elements ?? [] {
        let source = grant["source"]
        reference(source?.string ?? "", section, at: source?.location ?? grant.location, rule, noun)
      }
    }
    for model in service["models"]?.entries ?? [] {
      reference(model.key, "models", at: model.keyLocation, ComposeRules.undefinedModel, "model")
    }
    for context in service.build?["additional_contexts"]?.entries ?? [] { buildContext(context.value) }
    ComposeServiceChecks(service: service, report: report).check()
  }

  /// `service:NAME` as a further context of a build: what that service builds.
  private func buildContext(_ value: ComposeValue) {
    let prefix = "service:"
    guard let text = value.string, text.utf8.starts(with: prefix.utf8) else { return }
    let name = String(Substring(text.utf8.dropFirst(prefix.utf8.count)))
    guard names.contains(ByteKey(name)), let other = services[ByteKey(name)] else {
      return undefinedService(ComposeDependency(name: name, location: value.location, isRequired: true))
    }
    guard other.build == nil else { return }
    report.add(
      ComposeRules.undefinedService, at: value.location, "the service '\(name.shown)' builds no image",
      help: "name a service that has 'build', or write 'docker-image://' and an image",
      labels: [.init(other.location, "the service is here")])
  }

  private func undefinedService(_ dependency: ComposeDependency) {
    let inactive = services[ByteKey(dependency.name)]
    if inactive != nil, !dependency.isRequired { return }
    let near = report.suggestion(to: dependency.name, in: active.map(\.name))
    report.add(
      ComposeRules.undefinedService, at: dependency.location,
      inactive == nil
        ? "there is no service '\(dependency.name.shown)'"
        : "the service '\(dependency.name.shown)' is in no active profile",
      help: inactive == nil
        ? near.map { "did you mean '\($0)'?" } : "say 'required: false', or give both the same profile",
      labels: inactive.map { [.init($0.location, "the service is here")] } ?? [])
  }

  private func reference(_ name: String, _ section: String, at location: Location, _ rule: Rule, _ noun: String) {
    guard declared[section]?.contains(ByteKey(name)) != true else { return }
    let near = report.suggestion(to: name, in: (project.model[section]?.entries ?? []).map(\.key))
    report.add(
      rule, at: location, "the \(noun) '\(name.shown)' isn't declared",
      help: near.map { "did you mean '\($0)'?" } ?? "declare it under the top-level '\(section)'")
  }

  // MARK: Top-level resources

  private func resources() {
    for (section, keys) in [("secrets", ["file", "environment"]), ("configs", ["file", "environment", "content"])] {
      for entry in project.model[section]?.entries ?? [] where entry.value.entries != nil {
        source(of: entry, section, keys)
      }
    }
    for section in ["volumes", "networks", "secrets", "configs"] {
      for entry in project.model[section]?.entries ?? [] { externalName(of: entry) }
    }
    for entry in project.volumes where isExternal(entry.value) {
      for key in entry.value.entries ?? []
      where !["name", "external"].contains(key.key) && !key.key.utf8.starts(with: "x-".utf8) {
        report.add(
          ComposeRules.exclusiveKeys, at: key.keyLocation, "'\(key.key)' has no meaning for an external volume",
          help: "delete it, or delete 'external'")
      }
    }
  }

  private func isExternal(_ value: ComposeValue) -> Bool {
    guard let external = value["external"] else { return false }
    return external.entries != nil || external.bool == true
  }

  private func source(of entry: ComposeEntry, _ section: String, _ keys: [String]) {
    let given = keys.compactMap { entry.value.entry($0) }
    if given.count > 1 {
      report.add(
        ComposeRules.exclusiveKeys, at: given[1].keyLocation,
        "'\(given[1].key)' and '\(given[0].key)' exclude each other", help: "delete one of the two",
        labels: [.init(given[0].keyLocation, "first given here")])
    }
    let isSecret = section == "secrets"
    // An empty path is the pod's folder to compose; an empty variable is none.
    let hasContent = given.contains { $0.key.isSame(as: "file") || $0.value.string?.isEmpty == false }
    let mayLack =
      isSecret ? isExternal(entry.value) : entry.value["external"] != nil || entry.value["driver"] != nil
    if mayLack || (isSecret ? hasContent : !given.isEmpty) { return }
    report.add(
      ComposeRules.missingSource, at: entry.keyLocation,
      "'\(entry.key.shown)' doesn't say where its content is",
      help: "add \(keys.map { "'\($0)'" }.joined(separator: " or ")), or 'external: true'")
  }

  private func externalName(of entry: ComposeEntry) {
    guard let name = entry.value["name"], let other = entry.value["external"]?["name"], !name.hasSameContent(as: other)
    else { return }
    report.add(
      ComposeRules.conflictingValues, at: other.location, "this name differs from that of 'name'",
      help: "write 'external: true' and keep 'name'", labels: [.init(name.location, "'name' is here")])
  }
}

extension ComposeConsistency {
  /// Reports each circle of dependencies once, with a stack of its own instead of recursion.
  private func cycles() {
    let places = Dictionary(
      active.enumerated().map { (ByteKey($1.name), $0) }, uniquingKeysWith: { first, _ in first })
    let edges = active.map { service in
      service.allDependencies.compactMap { dependency in places[ByteKey(dependency.name)].map { ($0, dependency) } }
    }
    var state = [UInt8](repeating: 0, count: active.count)
    var found = 0
    for start in active.indices where state[start] == 0 {
      var path: [(service: Int, next: Int)] = [(start, 0)]
      state[start] = 1
      while let (service, next) = path.last {
        guard next < edges[service].count else {
          state[service] = 2
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let (target, dependency) = edges[service][next]
        if state[target] == 0 {
          state[target] = 1
          path.append((target, 0))
        } else if state[target] == 1, found < 100, let from = path.firstIndex(where: { $0.service == target }) {
          found += 1
          let names = path[from...].map { active[$0.service].name } + [active[target].name]
          report.add(
            ComposeRules.dependencyCycle, at: dependency.location,
            "services depend on each other: \(names.prefix(12).joined(separator: " → "))",
            help: "delete one of these dependencies")
        }
      }
    }
  }

  /// Checks that hold for services of inactive profiles, too.
  private func checkValues(of service: ComposeService) {
    for port in service.ports {
      guard let address = port["host_ip"], let text = address.string, port.node != nil, !IPAddress.isValid(text) else {
        continue
      }
      report.add(ComposeRules.invalidAddress, at: address.location, "'\(text.shown)' is no IP address")
    }
    for mount in service.mounts
    where mount["type"]?.string == "bind" && mount["source"] == nil && mount.entries != nil {
      report.add(
        ComposeRules.invalidMount, at: mount.location, "a bind mount needs a source", help: "add 'source'")
    }
    let requests =
      (service["gpus"]?.elements ?? [])
      + (service["deploy"]?["resources"]?["reservations"]?["devices"]?.elements ?? [])
    for request in requests {
      guard let count = request.entry("count"), let identifiers = request.entry("device_ids") else { continue }
      report.add(
        ComposeRules.invalidDevice, at: identifiers.keyLocation, "'device_ids' and 'count' exclude each other",
        help: "delete one of the two", labels: [.init(count.keyLocation, "the count is here")])
    }
    hosts(service["extra_hosts"])
    hosts(service.build?["extra_hosts"])
  }

  private func hosts(_ value: ComposeValue?) {
    for entry in value?.entries ?? [] { host(entry.key, at: entry.keyLocation) }
    for element in value?.elements ?? [] {
      guard let text = element.string else { continue }
      guard let separator = text.utf8.firstIndex(of: UInt8(ascii: "=")) ?? text.utf8.firstIndex(of: UInt8(ascii: ":"))
      else {
        report.add(
          ComposeRules.invalidHost, at: element.location, "'\(text.shown)' has no address", help: "write 'name=address'"
        )
        continue
      }
      host(String(text[..<separator]), at: element.location)
    }
  }

  private func host(_ name: String, at location: Location) {
    guard name.isEmpty || name.utf8.contains(UInt8(ascii: ":")) || name.utf8.contains(UInt8(ascii: "=")) else { return }
    report.add(ComposeRules.invalidHost, at: location, "'\(name.shown)' can't be the name of a host")
  }
}
