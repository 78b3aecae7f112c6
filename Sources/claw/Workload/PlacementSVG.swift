import IR
import Placement
import Source

/// Placements as a picture: every node a row of GPUs, free, taken, broken, or given to one of the workloads.
enum PlacementSVG {
  private static let colours = ["#2f6fde", "#c2410c", "#15803d", "#9333ea", "#b45309", "#0e7490", "#be185d", "#4d7c0f"]

  static func text(_ reports: [PlacementReport], _ fleet: Fleet) -> String {
    var given: [String: [(gpu: Int, report: Int)]] = [:]
    var rows: [String: [Int]] = [:]
    for (index, report) in reports.enumerated() {
      guard let placed = Self.placed(report) else { continue }
      for worker in placed.workers {
        if rows[worker.node]?.last != index { rows[worker.node, default: []].append(index) }
        for gpu in worker.gpus { given[worker.node, default: []].append((gpu, index)) }
      }
    }
    var taken: [String: Set<Int>] = [:]
    for part in fleet.running.flatMap(\.parts) { taken[part.node, default: []].formUnion(part.gpus) }
    let nodes = shown(fleet, rows)
    let names = nodes.map { $0.name.count }.max() ?? 0
    let left = 24 + 8 * max(names, 8)
    let widest = nodes.map { $0.gpus.count }.max() ?? 0
    let width = max(420, left + 26 * max(widest, 1) + 200)
    let top = 34 + 20 * reports.count
    let height = top + 30 * nodes.count + 40
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" "
        + "font-family=\"ui-sans-serif, system-ui, sans-serif\" font-size=\"13\" role=\"img\">",
      "<title>Where workloads go</title>", "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
    ]
    for (index, report) in reports.enumerated() {
      let y = 28 + 20 * index
      lines.append("<rect x=\"24\" y=\"\(y - 11)\" width=\"12\" height=\"12\" rx=\"3\" fill=\"\(colour(index))\"/>")
      lines.append(
        "<text x=\"44\" y=\"\(y)\" fill=\"#1f2937\">\(XMLText.escaped("\(report.workload): \(word(report))"))</text>")
    }
    for (row, node) in nodes.enumerated() {
      let y = top + 30 * row
      lines.append("<text x=\"24\" y=\"\(y + 15)\" fill=\"#1f2937\">\(XMLText.escaped(node.name))</text>")
      for gpu in node.gpus.indices {
        let owner = given[node.name]?.first { $0.gpu == gpu }?.report
        let fill =
          owner.map(colour)
          ?? (taken[node.name]?.contains(gpu) ?? false ? "#9ca3af" : node.gpus[gpu].isHealthy ? "#f3f4f6" : "#fecaca")
        let ink = owner == nil ? "#374151" : "#ffffff"
        lines.append(
          "<rect x=\"\(left + 26 * gpu)\" y=\"\(y)\" width=\"22\" height=\"22\" rx=\"4\" fill=\"\(fill)\" stroke=\"#d1d5db\"/>"
            + "<text x=\"\(left + 26 * gpu + 11)\" y=\"\(y + 15)\" text-anchor=\"middle\" font-size=\"11\" fill=\"\(ink)\">\(gpu)</text>"
        )
      }
      let note = note(node, rows[node.name], reports, fleet)
      lines.append(
        "<text x=\"\(left + 26 * node.gpus.count + 10)\" y=\"\(y + 15)\" fill=\"#6b7280\">\(XMLText.escaped(note))</text>"
      )
    }
    let hidden = fleet.nodes.count - nodes.count
    let legend = "grey: taken, red: broken" + (hidden > 0 ? "; \(hidden) more nodes are not shown" : "")
    lines.append("<text x=\"24\" y=\"\(height - 14)\" fill=\"#6b7280\">\(legend)</text>")
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Nodes that are of interest first; a picture of ten thousand rows is none.
  private static func shown(_ fleet: Fleet, _ rows: [String: [Int]]) -> [FleetNode] {
    guard fleet.nodes.count > 64 else { return fleet.nodes }
    let used = fleet.nodes.filter { rows[$0.name] != nil }
    return Array(used.prefix(64)) + fleet.nodes.filter { rows[$0.name] == nil }.prefix(max(0, 64 - used.count))
  }

  private static func placed(_ report: PlacementReport) -> PlacedWorkload? {
    switch report.verdict {
    case .placed(let placed): placed
    case .queued(let queued): queued.reservation
    case .gated, .late, .impossible: nil
    }
  }

  private static func word(_ report: PlacementReport) -> String {
    switch report.verdict {
    case .placed(let placed): "starts now, \(placed.workers.count) worker\(placed.workers.count == 1 ? "" : "s")"
    case .queued(let queued): queued.startsWithin.map { "starts within \($0)s" } ?? "waits"
    case .gated: "held"
    case .late: "too late"
    case .impossible: "does not fit"
    }
  }

  /// What is said behind a row: what stands there, or why it was refused.
  private static func note(_ node: FleetNode, _ row: [Int]?, _ reports: [PlacementReport], _ fleet: Fleet) -> String {
    if let row { return row.map { reports[$0].workload }.joined(separator: ", ") }
    for report in reports {
      let refusal = report.attempts.flatMap(\.refusals).first { $0.node == node.name }
      if let refusal { return refusal.reason.text }
    }
    return ""
  }

  private static func colour(_ index: Int) -> String { colours[index % colours.count] }
}
