import IR
import JSON
import Placement

/// Placements as people read them.
struct PlacementText {
  /// Whether every node that refused is named.
  var allNodes: Bool

  func text(_ reports: [PlacementReport]) -> String { reports.map { text($0) }.joined(separator: "\n") }

  private func text(_ report: PlacementReport) -> String {
    var lines: [String] = []
    switch report.verdict {
    case .placed(let placed):
      lines.append("\(report.workload): starts now" + place(placed))
      lines += workers(placed)
      if placed.missing > 0 { lines.append("  \(placed.missing) more wait for room") }
      if !placed.victims.isEmpty { lines.append("  takes the place of \(placed.victims.joined(separator: ", "))") }
    case .queued(let queued):
      if let seconds = queued.startsWithin {
        lines.append(
          "\(report.workload): starts in \(Self.time(seconds)) at the latest" + (queued.reservation.map(place) ?? ""))
      } else {
        lines.append("\(report.workload): waits, nobody knows for how long")
      }
      if !queued.waitsFor.isEmpty { lines.append("  waits for \(queued.waitsFor.joined(separator: ", "))") }
      if let placed = queued.reservation { lines += workers(placed) }
    case .gated(let gates):
      lines.append("\(report.workload): held")
      for gate in gates {
        lines.append(
          "  by \(gate.name)" + (gate.reason.map { ": \($0)" } ?? "") + (gate.controller.map { " (\($0))" } ?? ""))
      }
    case .late(let late):
      let deadline = late.deadline < 0 ? "\(Self.time(-late.deadline)) ago" : "in \(Self.time(late.deadline))"
      lines.append(
        "\(report.workload): can't be done in time: it must be done \(deadline), and would be "
          + (late.endsWithin.map { "in \(Self.time($0))" } ?? "nobody knows when"))
    case .impossible: lines.append("\(report.workload): would not fit if nothing ran")
    }
    for attempt in report.attempts { lines += self.lines(of: attempt, isOne: report.attempts.count == 1) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func place(_ placed: PlacedWorkload) -> String {
    switch placed.span {
    case "fleet": placed.workers.count > 1 ? ", all over the fleet" : ""
    case "node": " on \(placed.domain)"
    default: " in \(placed.span) \(placed.domain)"
    }
  }

  private func workers(_ placed: PlacedWorkload) -> [String] {
    placed.workers.map { worker in
      let gpus = worker.gpus.isEmpty ? "" : "  GPU \(worker.gpus.map(String.init).joined(separator: ","))"
      let links = worker.gpus.count > 1 ? "  links cost \(worker.linkCost)" : ""
      return "  worker \(worker.number)  \(worker.node)\(gpus)\(links)"
    }
  }

  private func lines(of attempt: PlacementReport.Attempt, isOne: Bool) -> [String] {
    guard !attempt.refusals.isEmpty else { return [] }
    var lines: [String] = []
    if !isOne, let request = attempt.request { lines.append("  with \(Self.name(request)):") }
    if allNodes {
      lines += attempt.refusals.map { "  \(isOne ? "" : "  ")not \($0.node): \($0.reason.text)" }
    } else {
      lines += attempt.summary.map { "  \(isOne ? "" : "  ")not on \($0.text)" }
    }
    return lines
  }

  static func name(_ request: GPURequest) -> String {
    "\(request.count) \(request.type ?? "GPU")" + (request.memory.map { " of \($0)MiB" } ?? "")
  }

  private static func time(_ seconds: Int) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    if hours > 0 { return minutes > 0 ? "\(hours)h\(minutes)m" : "\(hours)h" }
    return minutes > 0 ? (seconds % 60 > 0 ? "\(minutes)m\(seconds % 60)s" : "\(minutes)m") : "\(seconds)s"
  }
}

/// Placements as JSON.
enum PlacementJSON {
  static func document(_ reports: [PlacementReport], _ plans: [WorkloadPlan]) -> JSONValue {
    let entries = zip(reports, plans).map { report, plan -> JSONValue in
      .object(
        [.init("workload", .string(plan.id)), .init("name", .string(plan.name))] + verdict(report.verdict)
          + [.init("attempts", .array(report.attempts.map(attempt)))])
    }
    return ["schema": 1, "placements": .array(entries)]
  }

  private static func verdict(_ verdict: PlacementReport.Verdict) -> [JSONValue.Member] {
    switch verdict {
    case .placed(let placed): [.init("verdict", "placed"), .init("placement", self.placed(placed))]
    case .queued(let queued):
      [
        .init("verdict", "queued"), .init("startsWithin", queued.startsWithin.map { JSONValue($0) } ?? .null),
        .init("waitsFor", .array(queued.waitsFor.map { .string($0) })),
        .init("placement", queued.reservation.map(self.placed) ?? .null),
      ]
    case .gated(let gates): [.init("verdict", "gated"), .init("gates", .array(gates.map { .string($0.name) }))]
    case .late(let late):
      [
        .init("verdict", "late"), .init("endsWithin", late.endsWithin.map { JSONValue($0) } ?? .null),
        .init("deadline", JSONValue(late.deadline)),
      ]
    case .impossible: [.init("verdict", "impossible")]
    }
  }

  private static func placed(_ placed: PlacedWorkload) -> JSONValue {
    let workers = placed.workers.map { worker -> JSONValue in
      [
        "number": JSONValue(worker.number), "node": .string(worker.node),
        "gpus": .array(worker.gpus.map { JSONValue($0) }), "linkCost": JSONValue(worker.linkCost),
        "domains": .array(worker.domains.map { .string($0) }),
      ]
    }
    return [
      "alternative": JSONValue(placed.alternative), "span": .string(placed.span), "domain": .string(placed.domain),
      "linkCost": JSONValue(placed.linkCost), "missing": JSONValue(placed.missing),
      "victims": .array(placed.victims.map { .string($0) }), "workers": .array(workers),
    ]
  }

  private static func attempt(_ attempt: PlacementReport.Attempt) -> JSONValue {
    [
      "gpus": attempt.request.map { .string(PlacementText.name($0)) } ?? .null,
      "refused": .array(attempt.refusals.map { ["node": .string($0.node), "reason": .string($0.reason.text)] }),
      "room": .array(attempt.spare.map { ["node": .string($0.node), "workers": JSONValue($0.workers)] }),
    ]
  }
}
