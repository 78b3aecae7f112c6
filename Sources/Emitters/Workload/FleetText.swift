package import IR

/// Writes fleets as files.
package enum FleetText {
  /// The file of a fleet, with notes as comments in front.
  package static func write(_ fleet: Fleet, notes: [String]) -> [UInt8] {
    var writer = ArtifactWriter()
    for note in notes { writer.write("# \(note)\n") }
    var entries: [ComposePlan.Entry] = []
    if !fleet.levels.isEmpty { entries.append(.init("levels", .list(fleet.levels.map(text)))) }
    var types: [FleetGPU] = []
    for node in fleet.nodes {
      if let gpu = node.gpus.first, !types.contains(where: { $0.type == gpu.type }) { types.append(gpu) }
    }
    if !types.isEmpty {
      entries.append(
        .init(
          "gpus",
          .mapping(
            types.map {
              .init($0.type, .mapping([.init("name", text($0.name)), .init("memory", text("\($0.memory)MiB"))]))
            })))
    }
    // Matrices that nodes share are written once.
    var matrices: [[GPULink]] = []
    for node in fleet.nodes where node.gpus.count > 1 && !matrices.contains(node.links) { matrices.append(node.links) }
    if !matrices.isEmpty {
      entries.append(
        .init("links", .mapping(matrices.enumerated().map { .init("links-\($0)", .list(rows($1).map(text))) })))
    }
    entries.append(.init("nodes", .list(fleet.nodes.map { node($0, fleet, matrices) })))
    if let queue = fleet.defaultQueue { entries.append(.init("default_queue", text(queue))) }
    if !fleet.running.isEmpty { entries.append(.init("running", .list(fleet.running.map(running)))) }
    for entry in entries { YAMLText.write(entry, indent: 0, to: &writer) }
    return writer.finish().bytes
  }

  private static func text(_ text: String) -> ComposePlan.Value { .interpolated(text) }

  private static func rows(_ links: [GPULink]) -> [String] {
    let count = Int(Double(links.count).squareRoot().rounded())
    return (0..<count).map { row in links[row * count..<(row + 1) * count].map(\.word).joined(separator: " ") }
  }

  private static func node(_ node: FleetNode, _ fleet: Fleet, _ matrices: [[GPULink]]) -> ComposePlan.Value {
    var entries: [ComposePlan.Entry] = [
      .init("name", text(node.name)), .init("cpu", .integer(node.cores)), .init("memory", text("\(node.memory)MiB")),
    ]
    if let gpu = node.gpus.first {
      var gpus: [ComposePlan.Entry] = [.init("type", text(gpu.type)), .init("count", .integer(node.gpus.count))]
      if let index = matrices.firstIndex(of: node.links) { gpus.append(.init("links", text("links-\(index)"))) }
      let broken = node.gpus.indices.filter { !node.gpus[$0].isHealthy }
      if !broken.isEmpty { gpus.append(.init("broken", .list(broken.map { .integer($0) }))) }
      if node.gpus.allSatisfy({ !$0.uuid.isEmpty }) {
        gpus.append(.init("uuids", .list(node.gpus.map { text($0.uuid) })))
      }
      entries.append(.init("gpus", .mapping(gpus)))
    }
    let places = zip(fleet.levels, node.domains).filter { !$1.isEmpty }.map { ComposePlan.Entry($0, text($1)) }
    if !places.isEmpty { entries.append(.init("at", .mapping(places))) }
    if !node.labels.isEmpty {
      entries.append(.init("labels", .mapping(node.labels.map { .init($0.key, text($0.value)) })))
    }
    if !node.conditions.isEmpty {
      entries.append(.init("conditions", .mapping(node.conditions.map { .init($0.type, text($0.status.rawValue)) })))
    }
    if node.isDrained { entries.append(.init("drained", .bool(true))) }
    if !node.queues.isEmpty { entries.append(.init("queues", .list(node.queues.map(text)))) }
    return .mapping(entries)
  }

  private static func running(_ workload: RunningWorkload) -> ComposePlan.Value {
    var entries: [ComposePlan.Entry] = [
      .init("name", text(workload.name)), .init("priority", .integer(workload.priority)),
    ]
    if workload.isProtected { entries.append(.init("protected", .bool(true))) }
    if let seconds = workload.endsWithin { entries.append(.init("ends_within", text("\(seconds)s"))) }
    entries.append(
      .init(
        "workers",
        .list(
          workload.parts.map { part in
            .mapping([
              .init("node", text(part.node)), .init("gpus", .list(part.gpus.map { .integer($0) })),
              .init("cpu", .integer(part.cores)), .init("memory", text("\(part.memory)MiB")),
            ])
          })))
    return .mapping(entries)
  }
}
