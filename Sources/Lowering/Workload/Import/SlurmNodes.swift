import IR
import Source

/// Nodes as `scontrol show node --oneliner` writes them, with `--details` for the GPUs that are taken; partitions, if they
/// stand in the same text, as `scontrol show partition --oneliner` does.
package enum SlurmNodes {
  /// The fleet; nil if no line is a node.
  package static func fleet(_ text: String) -> ImportedFleet? {
    var result = ImportedFleet(fleet: Fleet(nodes: []))
    for line in text.utf8.split(separator: 0x0A) {
      let fields = SlurmRecord.fields(String(Substring(line)))
      if let partition = fields["PartitionName"], fields["Default"] == "YES" { result.fleet.defaultQueue = partition }
      guard let name = fields["NodeName"], let cores = fields["CPUTot"].flatMap({ Int($0) }),
        let memory = fields["RealMemory"].flatMap({ Int($0) })
      else { continue }
      var node = FleetNode(name: name, cores: cores, memory: memory)
      let states = (fields["State"] ?? "").utf8.split(separator: 0x2B).map { String(Substring($0)) }
      let closed = ["DRAIN", "DOWN", "FAIL", "MAINT", "FUTURE", "NOT_RESPONDING"]
      node.isDrained = states.contains { state in closed.contains { state.utf8.starts(with: $0.utf8) } }
      node.queues = (fields["Partitions"] ?? "").utf8.split(separator: 0x2C).map { String(Substring($0)) }
      node.labels = (fields["ActiveFeatures"] ?? "").utf8.split(separator: 0x2C).map { String(Substring($0)) }
        .filter { NodeLabel.isKey($0) && $0 != "(null)" }.map { .init($0, "true") }
        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      addGPUs(fields["Gres"] ?? "", to: &node, &result)
      addUse(fields, of: node, to: &result)
      result.fleet.nodes.append(node)
    }
    guard !result.fleet.nodes.isEmpty else { return nil }
    if result.fleet.defaultQueue == nil { guessDefault(of: &result) }
    result.notes.append("Slurm's lists of nodes hold no switches and no links of GPUs: add 'levels', 'at' and 'links'")
    return result
  }

  /// Without the partitions' own records: the one that all nodes share, if it is the only one.
  private static func guessDefault(of result: inout ImportedFleet) {
    let queues = Set(result.fleet.nodes.flatMap(\.queues))
    guard !queues.isEmpty else { return }
    if queues.count == 1, result.fleet.nodes.allSatisfy({ !$0.queues.isEmpty }) {
      result.fleet.defaultQueue = queues.first
    } else {
      result.notes.append(
        "lists of nodes don't say which partition is the default: add 'scontrol -o show partition' to what is imported, "
          + "or write 'default_queue'; else workloads must name their queue")
    }
  }

  /// `gpu:h100:8(S:0-1),gpu:a100:2`
  private static func addGPUs(_ gres: String, to node: inout FleetNode, _ result: inout ImportedFleet) {
    for (type, count, _) in resources(gres) {
      if !node.gpus.isEmpty, node.gpus[0].type != type {
        result.notes.append("'\(node.name)' has GPUs of several classes; claw takes the first")
        continue
      }
      node.gpus = ImportedFleet.gpus(type, count: count)
      if count > 16 { result.notes.append("'\(node.name)' has \(count) GPUs; claw places on at most 16 of a node") }
    }
    node.links = BuiltInLinks.matrix("pcie", count: node.gpus.count) ?? []
  }

  /// What is taken of a node, as one workload that nobody may put out: lists of nodes don't say whose it is.
  private static func addUse(_ fields: [String: String], of node: FleetNode, to result: inout ImportedFleet) {
    let cores = fields["CPUAlloc"].flatMap { Int($0) } ?? 0
    let memory = fields["AllocMem"].flatMap { Int($0) } ?? 0
    let gpus = resources(fields["GresUsed"] ?? "").flatMap(\.indices).filter { node.gpus.indices.contains($0) }
    guard cores > 0 || memory > 0 || !gpus.isEmpty else { return }
    result.fleet.running.append(
      RunningWorkload(
        name: "on-\(node.name)", priority: 1000, isProtected: true,
        parts: [
          .init(
            node: node.name, gpus: Array(Set(gpus)).sorted(), cores: min(cores, node.cores),
            memory: min(memory, node.memory))
        ]))
  }

  /// The GPUs in a list of resources, with those whose indices it tells: `gpu:h100:2(IDX:0-1)`.
  private static func resources(_ text: String) -> [(type: String, count: Int, indices: [Int])] {
    // Commas stand between resources, and inside of parentheses too.
    var parts: [[UInt8]] = [[]]
    var depth = 0
    for byte in text.utf8 {
      if byte == 0x28 { depth += 1 }
      if byte == 0x29 { depth -= 1 }
      if byte == 0x2C, depth == 0 { parts.append([]) } else { parts[parts.count - 1].append(byte) }
    }
    return parts.compactMap { part in
      let head = part.prefix { $0 != 0x28 }
      let words = head.split(separator: 0x3A).map { String(decoding: $0, as: UTF8.self) }
      guard words.first == "gpu", words.count >= 2, let count = Int(words[words.count - 1]) else { return nil }
      let note = String(decoding: part.dropFirst(head.count), as: UTF8.self)
      var indices: [Int] = []
      if note.utf8.starts(with: "(IDX:".utf8) {
        for range in note.utf8.dropFirst(5).prefix(while: { $0 != 0x29 }).split(separator: 0x2C) {
          let ends = range.split(separator: 0x2D).compactMap { Int(String(Substring($0))) }
          if let first = ends.first, let last = ends.last, first <= last, last < 1024 { indices += Array(first...last) }
        }
      }
      return (words.count > 2 ? words[1] : "gpu", count, indices)
    }
  }
}
