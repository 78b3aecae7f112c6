import Cllama
import JSON
import NIOCore
import NIOHTTP1

extension Exchange {
  /// Whether calls are served, and why not.
  func health() {
    let isServing = sidecar.serving != nil && sidecar.log.failure == nil && !sidecar.isStopping
    var members: [JSONValue.Member] = [
      .init("ok", .bool(isServing)),
      .init("state", .string(sidecar.isStopping ? "stopping" : isServing ? "serving" : "denying")),
    ]
    if let reason = sidecar.reason ?? sidecar.log.failure { members.append(.init("reason", .string(reason))) }
    if let serving = sidecar.serving {
      let now = RecordTime.now / 1_000
      members.append(
        .init(
          "instances",
          .array(
            serving.configuration.instances.map { instance in
              let account = sidecar.accounts[instance.name]
              return [
                "name": .string(instance.name), "level": .string(account?.drift.level.rawValue ?? "free"),
                "drift_score": .string(DriftKeeper.text(account?.drift.drift.score ?? 0)),
                "requests_last_hour": JSONValue(account?.activity.callsInHour(now: RecordTime.now) ?? 0),
                "cost_last_day_usd": .string((account?.activity.costInDay(now: RecordTime.now) ?? .zero).description),
              ]
            })))
      members.append(.init("stages", .array(serving.configuration.stages.map { .string($0.name) })))
      members.append(
        .init(
          "policies",
          .array(
            serving.policies.map { policy in
              [
                "bundle": .string(policy.path), "sha256": .string(policy.digest),
                "semantic_sha256": .string(policy.semanticHash), "sequence": JSONValue(policy.sequence),
                "expired": .bool(policy.expires.map { $0 <= now } ?? false),
              ]
            })))
    }
    deliver(
      isServing ? .ok : .serviceUnavailable, "application/json", Array(JSONValue.object(members).text().utf8))
  }

  /// The models that may be asked.
  func models(_ name: String?) {
    guard let configuration = serving?.configuration else { return }
    let models = configuration.models
    // Only those that can be asked by the API that wants to know.
    let names = (models.allow.filter { !$0.hasSuffix("/*") } + models.aliases.keys.sorted()).filter {
      (try? ModelChoice.choices($0, family: family, configuration)) != nil
    }
    func entry(_ name: String) -> JSONValue {
      family == .anthropic
        ? ["type": "model", "id": .string(name), "display_name": .string(name), "created_at": "1970-01-01T00:00:00Z"]
        : ["id": .string(name), "object": "model", "created": 0, "owned_by": "cllama"]
    }
    if let name = name.map({ $0.replacing("%2F", with: "/").replacing("%2f", with: "/") }) {
      // Whatever can be asked is there, by whichever of its names.
      guard (try? ModelChoice.choices(name, family: family, configuration)) != nil else {
        return refuse(WireError(.notFound, "the model '\(name)' is not allowed here", parameter: "model"))
      }
      return deliver(.ok, "application/json", Array(entry(name).text().utf8))
    }
    let list = JSONValue.array(names.map(entry))
    let body: JSONValue =
      family == .anthropic
      ? [
        "data": list, "has_more": false, "first_id": names.first.map { .string($0) } ?? .null,
        "last_id": names.last.map { .string($0) } ?? .null,
      ] : ["object": "list", "data": list]
    deliver(.ok, "application/json", Array(body.text().utf8))
  }
}
