import Diagnostics
import IR
import JSON
import Source

/// What a stage asks by HTTP: its address as sidecars use it, and the service of the pod that it is.
struct StageEvaluator {
  /// The word of stacks.
  var stage: String
  var url: String
  /// nil for somebody outside of the pod.
  var service: String?
}

extension PodLowering {
  /// Understands whom stages ask: `service://NAME/path`, or a URL whose host may be a service of the pod.
  mutating func readEvaluators() {
    for stage in podBlock.stages {
      guard let text = stage.settings["evaluator"]?["url"]?.string else { continue }
      if let evaluator = evaluator(text, stage.name) { evaluators.append(evaluator) }
    }
  }

  private mutating func evaluator(_ text: String, _ stage: PodText) -> StageEvaluator? {
    func refuse(_ message: String, _ help: String) {
      bag.report(PodRules.stageEvaluator, at: stage.location, message, help: help)
    }
    guard let address = EvaluatorAddress(text) else {
      refuse(
        "'\(text)' is no address of an evaluator",
        "write 'service://NAME/path', or a URL that begins with http:// or https://")
      return nil
    }
    guard let service = service(named: address.host) else {
      guard address.scheme == "service" else { return StageEvaluator(stage: stage.value, url: text, service: nil) }
      let near = Suggestion.nearest(to: address.host, in: project.services.map(\.name))
      refuse(
        "there is no service '\(address.host)'",
        near.map { "did you mean '\($0)'?" } ?? "name a service of this file, or write a URL")
      return nil
    }
    if blocks[service.name]?.isClaw == true {
      refuse("'\(service.name)' is a claw, and nothing can reach a claw", "name a plain service")
      return nil
    }
    if service.networkMode != nil {
      refuse(
        "'\(service.name)' has a network_mode and so can't join the network of the sidecars", "remove its network_mode")
      return nil
    }
    if address.scheme != "service" { return StageEvaluator(stage: stage.value, url: text, service: service.name) }
    guard let port = address.port ?? servicePort(service.name) else {
      refuse(
        "nothing says on which port '\(service.name)' answers",
        "write 'service://\(service.name):8080\(address.path)', or add 'expose: {protocol: rest, port: 8080}' to its x-claw block"
      )
      return nil
    }
    return StageEvaluator(
      stage: stage.value, url: "http://\(service.name):\(port)\(address.path)", service: service.name)
  }

  /// The services that the stages of a claw ask.
  func evaluatorServices(_ claw: ResolvedClaw) -> [String] {
    evaluators.filter { claw.cllama?.contains($0.stage) == true }.compactMap(\.service)
  }

  /// The settings of a stage as its sidecar gets them: with addresses that it can use.
  func resolved(_ settings: JSONValue, _ stage: String) -> JSONValue {
    guard let evaluator = evaluators.first(where: { $0.stage == stage }), case .object(var members) = settings,
      let index = members.firstIndex(where: { $0.name == "evaluator" }), case .object(var own) = members[index].value,
      let url = own.firstIndex(where: { $0.name == "url" })
    else { return settings }
    own[url].value = .string(evaluator.url)
    members[index].value = .object(own)
    return .object(members)
  }
}

/// The parts of an evaluator's address.
struct EvaluatorAddress {
  /// `service`, `http` or `https`.
  var scheme: String
  var host: String
  var port: Int?
  /// With its slash; empty for none.
  var path: String

  /// nil for what is no address.
  init?(_ text: String) {
    guard let scheme = ["service", "http", "https"].first(where: { text.utf8.starts(with: "\($0)://".utf8) }) else {
      return nil
    }
    let rest = text.dropFirst(scheme.count + 3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    path = String(rest.dropFirst(authority.count))
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let host = parts.first, !host.isEmpty, !path.contains("#"),
      host.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-._".utf8.contains($0) })
    else { return nil }
    if parts.count == 2 {
      guard let port = Int(parts[1]), 1...65_535 ~= port else { return nil }
      self.port = port
    }
    self.scheme = scheme
    self.host = String(host)
  }
}
