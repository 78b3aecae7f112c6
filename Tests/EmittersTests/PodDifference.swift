import JSON

/// How what compose makes of a generated file differs from what it makes of the author's.
struct PodDifference {
  /// The claws of the pod by name, with the names of their instances.
  var claws: [String: [String]]
  /// The networks that are pod-only.
  var hidden: Set<String> = []
  private(set) var findings: [String] = []

  /// Keys of a claw that claw may change: the table of ClawKeys says how.
  static let changed: Set = [
    "build", "image", "user", "read_only", "cap_drop", "cap_add", "security_opt", "init", "ipc", "pids_limit",
    "mem_limit", "memswap_limit", "ulimits", "deploy", "restart", "logging", "healthcheck", "networks", "entrypoint",
    "command", "dns", "network_mode",
  ]
  /// Lists and mappings that claw adds to.
  static let extended: Set = ["environment", "env_file", "labels", "tmpfs", "volumes", "depends_on"]

  init(claws: [String: [String]]) { self.claws = claws }

  mutating func compare(_ input: JSONValue, _ output: JSONValue) {
    if Self.hasClaw(output) { findings.append("the output holds x-claw") }
    for member in input.members ?? [] where !["services", "networks", "volumes", "x-claw"].contains(member.name) {
      same(member.value, output[member.name], member.name)
    }
    for member in output.members ?? []
    where input[member.name] == nil && !["networks", "volumes"].contains(member.name) {
      findings.append("\(member.name) is new")
    }
    services(input["services"], output["services"])
    resources("networks", input, output)
    resources("volumes", input, output)
  }

  private mutating func services(_ input: JSONValue?, _ output: JSONValue?) {
    var known: Set<String> = []
    for service in input?.members ?? [] {
      guard let instances = claws[service.name] else {
        known.insert(service.name)
        plain(service.name, service.value, output?[service.name])
        continue
      }
      for instance in instances {
        known.formUnion([instance, "\(instance)-cllama"])
        claw(instance, service.value, output?[instance])
      }
    }
    for service in output?.members ?? [] where !known.contains(service.name) {
      findings.append("the service \(service.name) is new")
    }
  }

  private mutating func plain(_ name: String, _ input: JSONValue, _ output: JSONValue?) {
    for key in keys(input, output) where key != "x-claw" {
      switch key {
      case "networks":
        let own = (output?[key]?.members ?? []).filter { !$0.name.hasPrefix("claw-") }
        same(input[key], input[key] == nil && own.isEmpty ? nil : .object(own), "\(name).\(key)")
      case "depends_on": same(renamed(input[key]), output?[key], "\(name).\(key)")
      default: same(input[key], output?[key], "\(name).\(key)")
      }
    }
  }

  private mutating func claw(_ name: String, _ input: JSONValue, _ output: JSONValue?) {
    guard let output else { return findings.append("\(name) is missing") }
    for member in input.members ?? [] where member.name != "x-claw" && !Self.changed.contains(member.name) {
      let place = "\(name).\(member.name)"
      guard Self.extended.contains(member.name) else {
        same(member.value, output[member.name], place)
        continue
      }
      let expected = member.name == "depends_on" ? renamed(member.value) ?? .null : member.value
      for element in expected.array ?? [] where output[member.name]?.array?.contains(element) != true {
        findings.append("\(place) lacks \(element.text())")
      }
      for entry in expected.members ?? [] {
        same(entry.value, output[member.name]?[entry.name], "\(place).\(entry.name)")
      }
    }
    let own = [
      "security_opt", "cap_drop", "networks", "labels", "environment", "volumes", "tmpfs", "user", "read_only",
    ]
    for key in own where output[key] == nil { findings.append("\(name) has no \(key)") }
    if output["read_only"]?.bool != true { findings.append("\(name) is writable") }
  }

  /// Dependencies with a counted claw's name replaced by those of its instances.
  private func renamed(_ value: JSONValue?) -> JSONValue? {
    guard let members = value?.members else { return value }
    let all = members.flatMap { member in
      (claws[member.name] ?? [member.name]).map { JSONValue.Member($0, member.value) }
    }
    return .object(all.sorted { $0.name < $1.name })
  }

  private mutating func resources(_ key: String, _ input: JSONValue, _ output: JSONValue) {
    for member in input[key]?.members ?? [] {
      // Nobody is left on the default network where all services are claws.
      if member.name == "default", output[key]?["default"] == nil { continue }
      guard let other = output[key]?[member.name] else {
        findings.append("\(key).\(member.name) is missing")
        continue
      }
      for name in keys(member.value, other) where name != "x-claw" {
        if name == "internal", hidden.contains(member.name) { continue }
        same(member.value[name], other[name], "\(key).\(member.name).\(name)")
      }
    }
  }

  private func keys(_ left: JSONValue?, _ right: JSONValue?) -> [String] {
    Set(((left?.members ?? []) + (right?.members ?? [])).map(\.name)).sorted()
  }

  private mutating func same(_ left: JSONValue?, _ right: JSONValue?, _ place: String) {
    if Self.sorted(left) == Self.sorted(right) { return }
    findings.append("\(place): \(left?.text() ?? "nothing") became \(right?.text() ?? "nothing")")
  }

  private static func sorted(_ value: JSONValue?) -> JSONValue? {
    switch value {
    case .array(let elements): .array(elements.map { sorted($0) ?? .null })
    case .object(let members):
      .object(members.map { .init($0.name, sorted($0.value) ?? .null) }.sorted { $0.name < $1.name })
    default: value
    }
  }

  private static func hasClaw(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): elements.contains { hasClaw($0) }
    case .object(let members): members.contains { $0.name == "x-claw" || hasClaw($0.value) }
    default: false
    }
  }
}
