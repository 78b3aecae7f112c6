import AST
package import Diagnostics
package import IR
import Parser
package import Source

/// Checks a fleet, and makes what the planner places on.
package struct FleetLowering {
  private var bag = DiagnosticBag()
  private var fleet = Fleet(nodes: [])
  private var types: [String: FleetGPU] = [:]
  private var matrices: [String: [GPULink]] = [:]
  private var places: [String: (index: Int, location: Location)] = [:]

  /// The fleet of a file; nil where there are errors.
  package static func lower(_ file: SourceFile, into bag: inout DiagnosticBag) -> Fleet? {
    var found = DiagnosticBag()
    let declaration = FleetParser.parse(file, into: &found)
    var lowering = FleetLowering()
    if let declaration { lowering.read(declaration.fields) }
    found.add(contentsOf: lowering.bag)
    bag.add(contentsOf: found)
    return found.hasErrors || declaration == nil ? nil : lowering.fleet
  }

  private mutating func read(_ fields: RulesetRecord) {
    for level in fields.texts("levels") ?? [] {
      if let problem = WorkloadLowering.problem(ofName: level.value) {
        bag.report(FleetRules.name, at: level.location, "the level '\(level.value)' \(problem)")
      } else if level.value == "node" || fleet.levels.contains(level.value) {
        bag.report(FleetRules.twice, at: level.location, "the level '\(level.value)' is there already")
      } else {
        fleet.levels.append(level.value)
      }
    }
    for field in fields["gpus"]?.record?.fields ?? [] {
      guard let record = field.value.record else { continue }
      if let problem = WorkloadLowering.problem(ofName: field.key) {
        bag.report(FleetRules.name, at: field.location, "the class '\(field.key)' \(problem)")
      }
      types[field.key] = FleetGPU(
        type: field.key, name: record["name"]?.text ?? "", memory: size(record["memory"], 1...1_048_576) ?? 0)
    }
    for field in fields["links"]?.record?.fields ?? [] {
      matrices[field.key] = matrix(field.value)
    }
    for record in fields["nodes"]?.records ?? [] { readNode(record) }
    fleet.defaultQueue = fields["default_queue"]?.text
    var names: [String: Location] = [:]
    for record in fields["running"]?.records ?? [] {
      guard let name = record["name"], let text = name.text else { continue }
      if let first = names.updateValue(name.location, forKey: text) {
        bag.report(
          FleetRules.twice, at: name.location, "'\(text)' runs here already", labels: [.init(first, "first given here")]
        )
        continue
      }
      readRunning(text, record)
    }
    checkOccupied(fields)
  }

  // MARK: Nodes

  private mutating func readNode(_ record: RulesetRecord) {
    guard let name = record["name"], let text = name.text, let cores = record["cpu"]?.integer,
      let memory = size(record["memory"], 1...1_073_741_824)
    else { return }
    guard let names = NodeNames.expand(text) else {
      bag.report(
        FleetRules.name, at: name.location, "'\(text)' is no name of nodes", help: "write n1, or node-[001-128]")
      return
    }
    var node = FleetNode(name: "", cores: cores, memory: memory)
    node.domains = fleet.levels.map { record["at"]?.record?[$0]?.text ?? "" }
    for field in record["at"]?.record?.fields ?? [] where !fleet.levels.contains(field.key) {
      bag.report(
        FleetRules.unknown, at: field.location, "the fleet has no level '\(field.key)'",
        help: fleet.levels.isEmpty
          ? "begin with levels: [\(field.key)]" : "it has \(fleet.levels.joined(separator: ", "))")
    }
    for field in record["labels"]?.record?.fields ?? [] {
      let value = field.value.text ?? ""
      guard NodeLabel.isKey(field.key), NodeLabel.isValue(value) else {
        bag.report(FleetRules.name, at: field.location, "'\(field.key): \(value)' is no label", help: NodeLabel.help)
        continue
      }
      node.labels.append(.init(field.key, value))
    }
    for field in record["conditions"]?.record?.fields ?? [] {
      guard let status = WorkloadPlan.Condition.Status(rawValue: field.value.text ?? "") else { continue }
      node.conditions.append(.init(field.key, status))
    }
    node.labels.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    node.conditions.sort { $0.type.utf8.lexicographicallyPrecedes($1.type.utf8) }
    node.isDrained = record["drained"]?.bool ?? false
    node.queues = record.texts("queues")?.map(\.value) ?? []
    if let gpus = record["gpus"]?.record { readGPUs(gpus, into: &node, isOne: names.count == 1) }
    for each in names {
      node.name = each
      if let first = places[each] {
        bag.report(
          FleetRules.twice, at: name.location, "the node '\(each)' is there already",
          labels: [.init(first.location, "first given here")])
        return
      }
      places[each] = (fleet.nodes.count, name.location)
      fleet.nodes.append(node)
    }
  }

  private mutating func readGPUs(_ record: RulesetRecord, into node: inout FleetNode, isOne: Bool) {
    guard let type = record["type"], let name = type.text, let count = record["count"]?.integer else { return }
    guard let gpu = types[name] ?? Self.known(name) else {
      bag.report(
        FleetRules.unknown, at: type.location, "nothing is said of GPUs of class '\(name)'",
        help: "write below 'gpus': \(name): {name: …, memory: 80GB}")
      return
    }
    node.gpus = Array(repeating: gpu, count: count)
    let links = record["links"]
    let matrix = links?.text.flatMap { matrices[$0] } ?? BuiltInLinks.matrix(links?.text ?? "pcie", count: count)
    if let matrix, matrix.count == count * count {
      node.links = matrix
    } else if let links, let text = links.text {
      bag.report(
        FleetRules.unknown, at: links.location,
        matrix == nil
          ? "there are no links '\(text)' for \(count) GPUs" : "the links '\(text)' are not for \(count) GPUs",
        help: "write nvswitch, pcie, two-socket, pairs, cube-mesh (8 GPUs), or the name of a matrix of 'links'")
    }
    for text in record.texts("broken") ?? [] {
      guard let index = Int(text.value), node.gpus.indices.contains(index) else {
        bag.report(FleetRules.fieldValue, at: text.location, "'\(text.value)' is no GPU of this node")
        continue
      }
      node.gpus[index].isHealthy = false
    }
    guard let uuids = record["uuids"]?.texts else { return }
    guard isOne, uuids.count == count else {
      bag.report(
        FleetRules.fieldValue, at: record["uuids"]?.location ?? record.location,
        isOne ? "\(count) GPUs have \(count) numbers" : "each node has GPUs of its own", help: "write one node an entry"
      )
      return
    }
    for (index, uuid) in uuids.enumerated() { node.gpus[index].uuid = uuid.value }
  }

  /// A class that claw knows, where there is one model of it.
  private static func known(_ name: String) -> FleetGPU? {
    guard let type = GPUType.named(name), type.name == name, !type.memory.isEmpty else { return nil }
    return FleetGPU(
      type: name, name: "\(type.vendor.rawValue.uppercased()) \(name.uppercased())", memory: type.smallest)
  }

  private mutating func matrix(_ value: RulesetValue) -> [GPULink]? {
    let rows = value.texts ?? []
    var result: [GPULink] = []
    for row in rows {
      let words = row.value.utf8.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x2C }.map { String(Substring($0)) }
      guard words.count == rows.count, rows.count <= 16 else {
        bag.report(FleetRules.links, at: row.location, "\(words.count) words stand in a row of \(rows.count) GPUs")
        return nil
      }
      for word in words {
        guard let link = GPULink(word: word) else {
          bag.report(
            FleetRules.links, at: row.location, "'\(word)' is no link",
            help: "write X, NV1 to NV64, PIX, PXB, PHB, NODE or SYS")
          return nil
        }
        result.append(link)
      }
    }
    for row in 0..<rows.count {
      for column in 0...row {
        let isSame = result[row * rows.count + column] == .same
        guard isSame == (row == column), result[row * rows.count + column] == result[column * rows.count + row] else {
          bag.report(
            FleetRules.links, at: rows[row].location,
            "what is said of GPUs \(column) and \(row) differs from row to row, or from what can be")
          return nil
        }
      }
    }
    return result
  }

  // MARK: What runs

  private mutating func readRunning(_ name: String, _ record: RulesetRecord) {
    var running = RunningWorkload(
      name: name, priority: record["priority"]?.integer ?? 500, isProtected: record["protected"]?.bool ?? false,
      parts: [])
    if let value = record["ends_within"], let text = value.text {
      running.endsWithin = WorkloadQuantity.seconds(text)
      if running.endsWithin == nil {
        bag.report(FleetRules.fieldValue, at: value.location, "'\(text)' is no time", help: "write 30m or 2h")
      }
    }
    for part in record["workers"]?.records ?? [] {
      guard let node = part["node"], let text = node.text else { continue }
      guard let place = places[text] else {
        bag.report(FleetRules.unknown, at: node.location, "the fleet has no node '\(text)'")
        continue
      }
      var gpus: [Int] = []
      for index in part.texts("gpus") ?? [] {
        guard let number = Int(index.value), fleet.nodes[place.index].gpus.indices.contains(number),
          !gpus.contains(number)
        else {
          bag.report(
            FleetRules.fieldValue, at: index.location, "'\(index.value)' is no GPU of '\(text)', or is there twice")
          continue
        }
        gpus.append(number)
      }
      running.parts.append(
        .init(
          node: text, gpus: gpus.sorted(), cores: part["cpu"]?.integer ?? 0,
          memory: size(part["memory"], 0...1_073_741_824) ?? 0))
    }
    fleet.running.append(running)
  }

  /// Nothing may be taken twice.
  private mutating func checkOccupied(_ fields: RulesetRecord) {
    guard !bag.hasErrors else { return }
    var taken: [Int: (gpus: [Int: String], cores: Int, memory: Int)] = [:]
    for (index, running) in fleet.running.enumerated() {
      let record = fields["running"]?.records?[index]
      for (number, part) in running.parts.enumerated() {
        guard let node = places[part.node]?.index else { continue }
        let place = record?["workers"]?.records?[number].location ?? fields.location
        var state = taken[node] ?? ([:], 0, 0)
        for gpu in part.gpus {
          if let other = state.gpus.updateValue(running.name, forKey: gpu) {
            bag.report(FleetRules.occupied, at: place, "GPU \(gpu) of '\(part.node)' is '\(other)'s already")
          }
        }
        state.cores += part.cores
        state.memory += part.memory
        if state.cores > fleet.nodes[node].cores || state.memory > fleet.nodes[node].memory {
          bag.report(
            FleetRules.occupied, at: place, "'\(part.node)' has not as many cores, or as much memory, as is taken")
        }
        taken[node] = state
      }
    }
  }

  private mutating func size(_ value: RulesetValue?, _ range: ClosedRange<Int>) -> Int? {
    guard let value, let text = value.text else { return nil }
    guard let size = WorkloadQuantity.mebibytes(text), range.contains(size) else {
      bag.report(
        FleetRules.fieldValue, at: value.location, "'\(text)' is no size that can be here", help: "write 80GiB")
      return nil
    }
    return size
  }
}
