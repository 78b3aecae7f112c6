import Cllama
import JSON

/// A container of the pod that is a claw or a sidecar, there or missing.
struct Node: Sendable {
  enum Kind: String, Sendable { case claw, sidecar }

  /// Whether it is as it should be.
  enum Condition: String, Sendable, CaseIterable { case good, warning, bad }

  var id: String
  var kind: Kind
  /// The service of the pod file.
  var service: String
  var state: String
  var health: String?
  var container: String?
  var type: String?
  /// The stages of its sidecar.
  var stages: String?
  /// The sidecar of a claw.
  var sidecar: String?
  /// The claws of a sidecar.
  var claws: [String] = []
  /// The digest of its contract, in hexadecimal digits.
  var contract: String?
  var isContractCurrent: Bool?
  /// Why a sidecar denies.
  var reason: String?
  var drift: Picture.DriftState?

  /// The worst of what is wrong with it.
  var condition: Condition {
    let conditions = complaints.map(\.condition)
    return conditions.contains(.bad) ? .bad : conditions.isEmpty ? .good : .warning
  }

  /// What is wrong with it, and what can be done.
  var complaints: [(condition: Condition, text: String)] { kind == .sidecar ? ofSidecar : ofClaw }

  private var ofSidecar: [(condition: Condition, text: String)] {
    let why = reason.map { ": \($0)" } ?? ""
    switch state {
    case "serving": return []
    case "starting", "stopping": return [(.warning, "The sidecar \(id) is \(state)\(why)")]
    case "missing":
      return [(.bad, "The sidecar \(id) is missing: nothing of \(served) gets out; 'claw up' starts it")]
    default: return [(.bad, "The sidecar \(id) is \(state)\(why)")]
    }
  }

  private var ofClaw: [(condition: Condition, text: String)] {
    var found: [(condition: Condition, text: String)] = []
    switch (state, health) {
    case ("running", "unhealthy"): found.append((.bad, "\(id) is unhealthy"))
    case ("running", "starting"): found.append((.warning, "\(id) is starting"))
    case ("running", _): break
    case ("missing", _): found.append((.bad, "\(id) is missing: 'claw up' starts it"))
    case ("created", _), ("restarting", _), ("paused", _), ("exited", _):
      found.append((.warning, "\(id) is \(state)"))
    default: found.append((.bad, "\(id) is \(state)"))
    }
    switch drift?.level ?? .free {
    case .quarantined:
      found.append(
        (.bad, "\(id) is under quarantine: every call is denied until 'claw quarantine lift \(id) --reason …'"))
    case .restricted: found.append((.warning, "\(id) is restricted to tools that read, because it drifted"))
    case .free: break
    }
    if isContractCurrent == false {
      found.append((.warning, "The contract of \(id) is not what the pod file says now: 'claw up' renews it"))
    }
    return found
  }

  private var served: String { claws.isEmpty ? "its claw" : claws.joined(separator: ", ") }

  var document: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    var members: [JSONValue.Member] = [
      .init("id", .string(id)), .init("kind", .string(kind.rawValue)), .init("service", .string(service)),
      .init("state", .string(state)), .init("health", text(health)), .init("condition", .string(condition.rawValue)),
      .init("container", text(container)), .init("reason", text(reason)),
    ]
    switch kind {
    case .claw:
      members += [
        .init("type", text(type)), .init("stages", text(stages)), .init("sidecar", text(sidecar)),
        .init(
          "contract",
          contract.map { ["sha256": .string($0), "current": isContractCurrent.map { .bool($0) } ?? .null] } ?? .null),
        .init("drift", drift?.document ?? .null),
      ]
    case .sidecar: members.append(.init("claws", .array(claws.map { .string($0) })))
    }
    return .object(members)
  }
}

extension Picture {
  /// The claws in the order of the pod file, then their sidecars.
  var nodes: [Node] {
    var claws: [Node] = []
    var sidecars: [Node] = []
    for row in pod?["claws"]?.array ?? [] {
      guard let name = row["name"]?.string else { continue }
      var claw = Node(
        id: name, kind: .claw, service: row["service"]?.string ?? name, state: row["state"]?.string ?? "missing",
        health: row["health"]?.string)
      claw.container = row["container"]?.string
      claw.type = row["type"]?.string
      claw.stages = row["cllama"]?.string
      claw.contract = row["contract"]?["sha256"]?.string
      claw.isContractCurrent = row["contract"]?["current"]?.bool
      claw.drift = driftState(name)
      if let sidecar = row["sidecar"], let own = sidecar["name"]?.string {
        claw.sidecar = own
        if let index = sidecars.firstIndex(where: { $0.id == own }) {
          sidecars[index].claws.append(name)
        } else {
          var node = Node(
            id: own, kind: .sidecar, service: own, state: sidecar["state"]?.string ?? "missing", health: nil)
          node.container = sidecar["container"]?.string
          node.reason = sidecar["reason"]?.string
          node.claws = [name]
          sidecars.append(node)
        }
      }
      claws.append(claw)
    }
    return claws + sidecars
  }
}
