import Diagnostics
import IR
import JSON
import Source

extension PodLowering {
  /// What the sidecar of a claw is and does, and whether that can be.
  mutating func gateway(_ claw: inout ResolvedClaw) {
    claw.gateway = podBlock.gateway.overridden(by: claw.block.gateway)
    guard claw.cllama != nil else { return }
    claw.topology = claw.gateway.topology?.value ?? .own
    checkStack(claw)
    upstreams(&claw)
    checkServicePorts(claw)
    guard claw.topology == .hermetic, let place = claw.gateway.topology?.location else { return }
    if claw.hasOpenEgress {
      bag.report(
        PodRules.fieldType, at: place, "'\(claw.service.name)' can't be hermetic and have an open network",
        help: "remove 'topology: hermetic', or the privilege 'egress'")
    }
    for (surface, location) in claw.surfaces where surface.kind == .channel || surface.kind == .egress {
      bag.report(
        PodRules.surface, at: location,
        "'\(surface.uri)' leads outside, and '\(claw.service.name)' has no network to go there by",
        help: "remove the surface, or 'topology: hermetic'", labels: [.init(place, "hermetic here")])
    }
  }

  /// The sidecar asks services for the claw, so it must know where they listen.
  private mutating func checkServicePorts(_ claw: ResolvedClaw) {
    for (surface, location) in claw.surfaces where surface.kind == .service && claw.targets.contains(surface.target) {
      guard servicePort(surface.target) == nil else { continue }
      bag.report(
        PodRules.surface, at: location, "nothing says on which port '\(surface.target)' answers",
        help: "add 'expose: {protocol: rest, port: 80}' to the x-claw block of '\(surface.target)'")
    }
  }

  /// The port of a service: what its block says, else the only one that it exposes.
  func servicePort(_ name: String) -> Int? {
    if let expose = blocks[name]?.expose { return expose.port }
    let ports = ports(name)
    return ports.count == 1 ? Int(ports[0]) : nil
  }

  // MARK: The configuration

  /// What a sidecar is told, without what depends on the machine, in a fixed order.
  func settings(_ claw: ResolvedClaw) -> [JSONValue.Member] {
    let egress = egress(claw)
    let isHermetic = claw.topology == .hermetic
    // Health checks ask on the loopback interface, which is all that a hermetic claw's sidecar has an ear on.
    let listen: JSONValue =
      isHermetic
      ? ["address": "127.0.0.1", "api": 8080, "connect": 0, "dns": 0]
      : ["api": 8080, "connect": egress.isEmpty ? 0 : 3128, "dns": claw.hasOpenEgress ? 0 : 53]
    var members: [JSONValue.Member] = [.init("listen", listen)]
    func add(_ name: String, _ value: JSONValue?) { if let value { members.append(.init(name, value)) } }
    func add(_ name: String, list: [JSONValue]) { if !list.isEmpty { members.append(.init(name, .array(list))) } }
    if isHermetic { add("socket", .string(SidecarFiles.socket)) }
    add("upstreams", list: claw.upstreams.map(upstream))
    add("models", models(claw))
    for section in ["limits", "retry", "budget"] { add(section, claw.gateway.section(section)) }
    add(
      "prices", list: claw.gateway.prices.map { .object([.init("model", .string($0.model.value))] + $0.rates) })
    add("stages", list: stages(claw))
    let keys = Set(usedPolicies(claw).map(\.keyPath)).sorted()
    add("policy_keys", list: keys.map { .string($0) })
    add("egress", list: egress)
    add("services", list: claw.targets.map(service))
    let log = claw.gateway.section("log")?.members ?? []
    add("log", .object([.init("folder", .string(SidecarFiles.audit))] + log))
    add("drift", claw.gateway.section("drift"))
    add("sinks", list: claw.gateway.sinks ?? [])
    return members
  }

  private func upstream(_ upstream: ResolvedUpstream) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(upstream.name)), .init("url", .string(upstream.url)),
      .init("api", .string(upstream.api.rawValue)),
      .init("auth", .string(upstream.key == nil ? "none" : upstream.api.auth)),
    ]
    if let key = upstream.key { members.append(.init("key_file", .string("\(SidecarFiles.secrets)/\(key.name)"))) }
    return .object(members)
  }

  private func models(_ claw: ResolvedClaw) -> JSONValue? {
    let block = claw.gateway.models
    func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    var members: [JSONValue.Member] = []
    let allow = (block.allow ?? slotModels(claw)).map(\.value)
    let usual = block.usual?.value ?? claw.models.first { $0.slot == "primary" }?.reference
    let slots = claw.models.filter { $0.slot == "fallback" || $0.slot.hasPrefix("fallback-") }.map(\.reference)
    let fallback = block.fallback?.map(\.value) ?? slots
    if !allow.isEmpty { members.append(.init("allow", texts(allow))) }
    if let usual, !usual.contains("${") { members.append(.init("default", .string(usual))) }
    if !fallback.isEmpty { members.append(.init("fallback", texts(fallback.filter { !$0.contains("${") }))) }
    if !block.aliases.isEmpty {
      members.append(.init("aliases", .object(block.aliases.map { .init($0.name, .string($0.model.value)) })))
    }
    return members.isEmpty ? nil : .object(members)
  }

  private func stages(_ claw: ResolvedClaw) -> [JSONValue] {
    (claw.cllama ?? []).compactMap { word in
      guard CllamaLowering.isStage(word), let slash = word.firstIndex(of: "/") else { return nil }
      let (stage, profile) = (String(word[..<slash]), String(word[word.index(after: slash)...]))
      var members: [JSONValue.Member] = [.init("stage", .string(stage)), .init("profile", .string(profile))]
      if stage == "policy", let policy = plan.policies.first(where: { $0.name == profile }) {
        members.append(.init("bundle", .string(policy.bundlePath)))
      }
      if let settings = podBlock.stages.first(where: { $0.name.value == word })?.settings, settings != .object([]) {
        members.append(.init("settings", resolved(settings, word)))
      }
      return .object(members)
    }
  }

  /// The policies of the pod that a claw's stack names.
  func usedPolicies(_ claw: ResolvedClaw) -> [PodPolicy] {
    plan.policies.filter { claw.cllama?.contains("policy/\($0.name)") == true }
  }

  /// The hosts that a claw is let out to.
  private func egress(_ claw: ResolvedClaw) -> [JSONValue] {
    claw.surfaces.flatMap { surface, _ -> [JSONValue] in
      func host(_ name: String, _ port: Int) -> JSONValue {
        ["host": .string(name), "port": JSONValue(port), "surface": .string(surface.uri)]
      }
      switch surface.kind {
      case .egress:
        let parts = surface.target.split(separator: ":", maxSplits: 1).map(String.init)
        return [host(parts[0].lowercased(), parts.count > 1 ? Int(parts[1]) ?? 443 : 443)]
      case .channel: return PlatformHosts.of(surface.target).map { host($0, 443) }
      case .volume, .host, .service: return []
      }
    }
  }

  private func service(_ name: String) -> JSONValue {
    let block = blocks[name]
    var members: [JSONValue.Member] = [
      .init("name", .string(name)), .init("url", .string("http://\(name):\(servicePort(name) ?? 80)")),
      .init("protocol", .string(block?.expose?.protocolName ?? "rest")),
    ]
    let required = (block?.requireCllama ?? []).map { JSONValue.string($0.value) }
    if !required.isEmpty { members.append(.init("require", .array(required))) }
    if block?.expose?.isPinned == true { members.append(.init("pin", true)) }
    return .object(members)
  }
}
