import Diagnostics
import IR
import Source

/// A provider that a sidecar reaches.
struct ResolvedUpstream {
  var name: String
  var url: String
  var api: UpstreamAPI
  /// Its key among the sidecar's; nil for none.
  var key: SidecarPlan.Key?
  /// The service of the pod that it is.
  var service: String?
}

extension PodLowering {
  /// What the services are that upstreams name.
  mutating func checkUpstreams() {
    for upstream in podBlock.upstreams {
      guard case .service(let text, _, _) = upstream.place else {
        if case .url(let url) = upstream.place, url.value.hasPrefix("http://") {
          if case .none = upstream.key { continue }
          bag.report(
            PodRules.fieldType, at: url.location, "the key of '\(upstream.name.value)' would travel in the open",
            help: "write 'https://', or leave the key out")
        }
        continue
      }
      guard let service = service(named: text.value) else {
        let near = Suggestion.nearest(to: text.value, in: project.services.map(\.name))
        bag.report(
          PodRules.unknownUpstream, at: text.location, "there is no service '\(text.value)'",
          help: near.map { "did you mean '\($0)'?" } ?? "name a service of this file, or write 'url'")
        continue
      }
      if blocks[service.name]?.isClaw == true {
        bag.report(
          PodRules.unknownUpstream, at: text.location, "'\(service.name)' is a claw, and nothing can reach a claw",
          help: "name a plain service")
      } else if let mode = service.networkMode {
        bag.report(
          PodRules.unknownUpstream, at: text.location,
          "'\(service.name)' has a network_mode and so can't join the network of the sidecars",
          help: "remove its network_mode", labels: [.init(mode.location, "its network_mode")])
      }
    }
  }

  /// The providers that the models and keys of a claw name, those of the pod first; and its keys.
  mutating func upstreams(_ claw: inout ResolvedClaw) {
    var keys: [SidecarPlan.Key] = claw.block.cllamaEnvironment.map {
      .init(name: $0.name, source: .variable($0.value.value), location: $0.value.location)
    }
    var wanted: [(name: String, location: Location)] = []
    for model in namedModels(claw) {
      let name = String(model.value.prefix { $0 != "/" })
      if !wanted.contains(where: { $0.name == name }) { wanted.append((name, model.location)) }
    }
    let isNamed = Set(wanted.map(\.name))
    var found: [ResolvedUpstream] = []
    // Who names no model may have them all.
    for block in podBlock.upstreams where isNamed.isEmpty || isNamed.contains(block.name.value) {
      found.append(upstream(block, &keys))
    }
    for provider in Provider.all where !found.contains(where: { $0.name == provider.name }) {
      let key = provider.keys.lazy.compactMap { name in keys.first { $0.name == name } }.first
      guard key != nil || isNamed.contains(provider.name) else { continue }
      if key == nil {
        bag.report(
          PodRules.noUpstreamKey, at: wanted.first { $0.name == provider.name }?.location ?? claw.block.location,
          "the sidecar of '\(claw.service.name)' has no key for '\(provider.name)'",
          help: "add 'cllama-env: {\(provider.keys[0]): \"${\(provider.keys[0])}\"}'")
      }
      found.append(ResolvedUpstream(name: provider.name, url: provider.url, api: provider.api, key: key))
    }
    for (name, location) in wanted where !found.contains(where: { $0.name == name }) {
      let known = podBlock.upstreams.map(\.name.value) + Provider.all.map(\.name)
      bag.report(
        PodRules.unknownUpstream, at: location, "claw knows no provider '\(name)'",
        help: Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'?" }
          ?? "declare it in 'upstreams' of the pod's x-claw block")
    }
    claw.upstreams = found
    claw.keys = keys.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func upstream(_ block: UpstreamBlock, _ keys: inout [SidecarPlan.Key]) -> ResolvedUpstream {
    var key: SidecarPlan.Key?
    switch block.key {
    case .none: break
    case .variable(let text):
      key =
        keys.first { $0.name == text.value }
        ?? .init(name: text.value, source: .variable("${\(text.value)}"), location: text.location)
    case .file(let text):
      key = .init(name: "\(block.name.value).key", source: .file(text.value), location: text.location)
    }
    if let key, !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
    switch block.place {
    case .url(let url): return ResolvedUpstream(name: block.name.value, url: url.value, api: block.api, key: key)
    case .service(let service, let port, let path):
      return ResolvedUpstream(
        name: block.name.value, url: "http://\(service.value):\(port)\(path)", api: block.api, key: key,
        service: service.value)
    }
  }

  /// Every model that a claw's sidecar may be told to ask for.
  private func namedModels(_ claw: ResolvedClaw) -> [PodText] {
    let models = claw.gateway.models
    var named = models.allow ?? slotModels(claw)
    named += [models.usual].compactMap { $0 } + (models.fallback ?? []) + models.aliases.map(\.model)
    return named
  }

  /// The models of a claw's slots, each once; what a build completes is not known here.
  func slotModels(_ claw: ResolvedClaw) -> [PodText] {
    var models: [PodText] = []
    for (slot, reference) in claw.models where !reference.contains("${") {
      if models.contains(where: { $0.value == reference }) { continue }
      let image = claw.image.config.models.first { $0.slot == slot }?.reference.origin
      let place = claw.block.models.first { $0.slot == slot }?.reference.location ?? image ?? claw.block.location
      models.append(PodText(value: reference, location: place))
    }
    return models
  }
}
