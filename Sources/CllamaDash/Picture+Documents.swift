import Cllama
import JSON

/// What a reader gets whole, again whenever it changed.
enum Document: String, Sendable, CaseIterable {
  case status, nodes, workloads, metrics, graph, denials
}

extension Picture {
  func document(_ document: Document, now: Int) -> JSONValue {
    switch document {
    case .status: status
    case .nodes: .array(nodes.map(\.document))
    case .workloads: .array(workloads)
    case .metrics: metrics(now: now)
    case .graph: graph ?? .null
    case .denials: denials.document(now: now)
    }
  }

  /// The pod in short, and what needs somebody's attention.
  private var status: JSONValue {
    let nodes = nodes
    func count(_ kind: Node.Kind, _ condition: Node.Condition? = nil) -> JSONValue {
      JSONValue(nodes.count { $0.kind == kind && (condition == nil || $0.condition == condition) })
    }
    let sources: [JSONValue] = Origin.allCases.filter { $0 != .logs }.map { source in
      let asked = asked[source]
      return [
        "name": .string(source.rawValue),
        "state": .string(asked == nil ? "asked" : asked?.failure == nil ? "ok" : "failed"),
        "message": (asked?.failure ?? asked?.warning).map { .string($0) } ?? .null,
        "time": asked?.answered.map { .string(RecordTime.text($0)) } ?? .null,
      ]
    }
    let alerts = alerts
    let condition =
      asked[.pod] == nil
      ? "asked" : alerts.contains { $0.condition == .bad } ? "bad" : alerts.isEmpty ? "good" : "warning"
    return [
      "schema": 1, "pod": pod?["pod"] ?? graph?["pod"] ?? .null, "condition": .string(condition),
      "claws": count(.claw), "clawsGood": count(.claw, .good), "sidecars": count(.sidecar),
      "sidecarsGood": count(.sidecar, .good), "services": JSONValue(pod?["services"]?.array?.count ?? 0),
      "span": .string(span.rawValue), "sources": .array(sources),
      "alerts": .array(
        alerts.map {
          ["condition": .string($0.condition.rawValue), "about": .string($0.about), "text": .string($0.text)]
        }),
    ]
  }

  private struct Alert {
    var condition: Node.Condition
    var about: String
    var text: String
  }

  private var alerts: [Alert] {
    var alerts: [Alert] = []
    let what: [(Origin, String)] = [
      (.pod, "The state of the pod can't be read"), (.record, "The record of the sidecars can't be read"),
      (.graph, "The pod can't be drawn"),
    ]
    for (source, sentence) in what {
      guard let asked = asked[source] else { continue }
      if let failure = asked.failure {
        let since = asked.answered.map { "; what is shown was true at \(RecordTime.text($0))" } ?? ""
        alerts.append(
          Alert(
            condition: source == .graph ? .warning : .bad, about: source.rawValue,
            text: "\(sentence): \(failure)\(since)"))
      } else if let warning = asked.warning {
        // A record whose hashes are wrong was changed by somebody.
        alerts.append(Alert(condition: source == .record ? .bad : .warning, about: source.rawValue, text: warning))
      }
    }
    if span != .day {
      alerts.append(
        Alert(
          condition: .warning, about: Origin.record.rawValue,
          text: "The record of a day is too large to be shown: what is counted begins \(span.rawValue) before this page"
        ))
    }
    for node in nodes {
      alerts += node.complaints.map { Alert(condition: $0.condition, about: node.id, text: $0.text) }
    }
    return alerts
  }

  /// Services of the pod: claws with their instances, and what is no claw.
  var workloads: [JSONValue] {
    var rows: [JSONValue] = []
    var instances: [(service: String, claws: [Node])] = []
    for node in nodes where node.kind == .claw {
      if let index = instances.firstIndex(where: { $0.service == node.service }) {
        instances[index].claws.append(node)
      } else {
        instances.append((node.service, [node]))
      }
    }
    for (service, claws) in instances {
      let running = claws.count { $0.state == "running" }
      rows.append([
        "id": .string(service), "kind": "claw", "instances": .array(claws.map { .string($0.id) }),
        "state": .string(running == claws.count ? "running" : running == 0 ? "down" : "partial"), "health": .null,
        "container": .null,
      ])
    }
    for service in pod?["services"]?.array ?? [] {
      rows.append([
        "id": service["name"] ?? .null, "kind": "service", "instances": [], "state": service["state"] ?? .null,
        "health": service["health"] ?? .null, "container": service["container"] ?? .null,
      ])
    }
    return rows
  }

  /// The figures of the whole pod, and of each claw.
  func metrics(now: Int) -> JSONValue {
    let rows = clawNames.compactMap { metrics($0, now: now) }
    var total = Tally.empty
    for tally in tallies.values { total.add(tally.sum(minutes: 1_440, now: now)) }
    return [
      "span": .string(span.rawValue),
      "total": [
        "requests": JSONValue(total.requests), "refusals": JSONValue(total.refusals),
        "interventions": JSONValue(total.interventions), "tokensIn": JSONValue(total.tokensIn),
        "tokensOut": JSONValue(total.tokensOut), "cost": .string(total.cost.description),
        "unpriced": JSONValue(total.unpriced),
      ], "claws": .array(rows),
    ]
  }

  /// The figures of a claw; nil for what is none.
  func metrics(_ claw: String, now: Int) -> JSONValue? {
    guard clawNames.contains(claw) else { return nil }
    let members = (tallies[claw] ?? Tally()).document(now: now)
    return .object([.init("id", .string(claw))] + members + [.init("drift", driftState(claw).document)])
  }

  /// Claws that the pod has, then those that only the record knows.
  private var clawNames: [String] {
    let own = nodes.filter { $0.kind == .claw }.map(\.id)
    return own + Set(tallies.keys).subtracting(own).sorted()
  }
}

extension Tally {
  static var empty: AuditSummary { AuditSummary([]) }
}

extension Picture.DriftState {
  var document: JSONValue {
    // Three digits, as the record has them.
    let usual = Drift.Thresholds()
    func digits(_ value: Double) -> String { "0." + String(String(1_000 + Int((value * 1_000).rounded())).suffix(3)) }
    return [
      "level": .string(level.rawValue), "score": score.map { .string($0) } ?? .null,
      "reason": reason.map { .string($0) } ?? .null, "restrict": .string(restrict ?? digits(usual.restrict)),
      "quarantine": .string(quarantine ?? digits(usual.quarantine)),
    ]
  }
}
