import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  /// The services of the file: claws written anew, plain ones joined to what they serve.
  mutating func services(_ chunk: BlockLines.Chunk, _ top: BlockLines, _ claws: [ResolvedClaw]) {
    guard let services = BlockLines(chunk.entry.value, in: main, after: chunk.keyLine) else {
      // Services in braces, or behind an alias: all are written anew.
      var pieces: [ComposePlan.Piece] = [.entry(indent: top.indent, .init("services", .raw("")))]
      for entry in chunk.entry.value.mergedEntries ?? [] {
        pieces += flowService(entry, claws, indent: top.indent + 2)
      }
      pieces += partials(indent: top.indent + 2)
      compose.edits.append(.init(BlockLines.lines(chunk.keyLine, chunk.lastLine, in: main), pieces))
      return
    }
    for service in services.chunks {
      guard let name = service.entry.key.text else { continue }
      if let index = clawIndex[name] {
        compose.edits.append(
          .init(
            BlockLines.lines(service.keyLine, service.lastLine, in: main),
            pieces(of: claws[index], service, services, indent: services.indent)))
      } else {
        plain(service, name, services.indent, claws)
      }
    }
    partialServices(indent: services.indent, after: chunk.lastLine, head: false)
  }

  /// Networks for services that stand in another document of the file: compose joins the two.
  func partials(indent: Int) -> [ComposePlan.Piece] {
    joins.keys.filter { writtenServices[$0] == nil }.sorted().map { name in
      let own: [ComposePlan.Entry] = isOnDefault(name) ? [.init("default", .null)] : []
      return .entry(indent: indent, .init(name, .mapping([.init("networks", .mapping(own + joined(name)))])))
    }
  }

  mutating func partialServices(indent: Int, after line: Int, head: Bool) {
    let pieces = partials(indent: head ? indent + 2 : indent)
    if pieces.isEmpty { return }
    if head { append(.entry(indent: indent, .init("services", .raw(""))), after: line) }
    for piece in pieces { append(piece, after: line) }
  }

  /// A service as pieces where its lines can't be kept.
  func flowService(_ entry: YAMLEntry, _ claws: [ResolvedClaw], indent: Int) -> [ComposePlan.Piece] {
    guard let name = entry.key.text else { return [] }
    let inner = indent + 2
    if let index = clawIndex[name] {
      let claw = claws[index]
      return claw.instances.flatMap { instance in
        [.entry(indent: indent, .init(instance.name, .raw(""), origin: place(entry)))]
          + generated(claw, instance, entry.value, nil, indent: inner)
          + sidecar(claw, instance, entry.value, indent: indent)
      }
    }
    var pieces: [ComposePlan.Piece] = [.entry(indent: indent, .init(name, .raw(""), origin: place(entry)))]
    let joined = self.joined(name)
    let devices = self.devices(name, entry.value)
    for field in entry.value.mergedEntries ?? [] where field.key.text != "x-claw" {
      guard let key = field.key.text, key != "deploy" || devices == nil else { continue }
      if key == "networks", !joined.isEmpty {
        pieces.append(.entry(indent: inner, .init(key, .mapping(ownNetworks(name, field.value) + joined))))
      } else if key == "depends_on", let value = dependencies(field.value) {
        pieces.append(.entry(indent: inner, .init(key, value, origin: place(field))))
      } else {
        pieces.append(.entry(indent: inner, rewritten(field)))
      }
    }
    if entry.value["networks"] == nil, !joined.isEmpty {
      pieces.append(.entry(indent: inner, .init("networks", .mapping(ownNetworks(name, nil) + joined))))
    }
    if let devices { pieces.append(.entry(indent: inner, devices)) }
    if pieces.count == 1 { return [.entry(indent: indent, .init(name, .raw("{}"), origin: place(entry)))] }
    return pieces
  }

  /// A plain service: x-claw goes, and it joins the networks of the claws that it serves. Nothing else changes.
  private mutating func plain(_ chunk: BlockLines.Chunk, _ name: String, _ indent: Int, _ claws: [ResolvedClaw]) {
    let value = chunk.entry.value
    let joined = self.joined(name)
    let dependencies = value["depends_on"].flatMap { self.dependencies($0) }
    let devices = self.devices(name, value)
    let hasBlock = value.entries?.contains { $0.key.text == "x-claw" } == true
    guard !joined.isEmpty || dependencies != nil || hasBlock else { return }
    guard let lines = BlockLines(value, in: main, after: chunk.keyLine),
      lines.chunks.contains(where: { $0.entry.key.text != "x-claw" }) || !joined.isEmpty
    else {
      compose.edits.append(
        .init(
          BlockLines.lines(chunk.keyLine, chunk.lastLine, in: main), flowService(chunk.entry, claws, indent: indent)))
      return
    }
    if let own = lines.chunk("x-claw") { compose.edits.append(.init(lines.removed(own), [])) }
    let last = lines.chunks[lines.chunks.count - 1].lastLine
    if let dependencies {
      let entry = ComposePlan.Entry("depends_on", dependencies)
      replace(lines.chunk("depends_on"), with: entry, lines, last)
    }
    if let devices { replace(lines.chunk("deploy"), with: devices, lines, last) }
    guard !joined.isEmpty else { return }
    guard let own = lines.chunk("networks") else {
      let entry = ComposePlan.Entry("networks", .mapping(ownNetworks(name, value["networks"]) + joined))
      return replace(nil, with: entry, lines, last)
    }
    if let inner = BlockLines(own.entry.value, in: main, after: own.keyLine) {
      touched.append(own.entry.value.range)
      for entry in joined { append(.entry(indent: inner.indent, entry), after: own.lastLine) }
    } else if case .sequence(let elements, flow: false) = own.entry.value.content, !elements.isEmpty {
      touched.append(own.entry.value.range)
      let dash = self.indent(ofElements: own.entry.value)
      for entry in joined { append(.element(indent: dash, .text(entry.key), origin: nil), after: own.lastLine) }
    } else {
      replace(
        own, with: .init("networks", .mapping(ownNetworks(name, own.entry.value) + joined), origin: place(own.entry)),
        lines, last)
    }
  }

  /// Puts an entry in the place of a chunk, or behind the last line of a mapping.
  private mutating func replace(
    _ chunk: BlockLines.Chunk?, with entry: ComposePlan.Entry, _ lines: BlockLines, _ last: Int
  ) {
    guard let chunk else { return append(.entry(indent: lines.indent, entry), after: last) }
    var entry = entry
    entry.origin = place(chunk.entry)
    compose.edits.append(
      .init(BlockLines.lines(chunk.keyLine, chunk.lastLine, in: main), [.entry(indent: lines.indent, entry)]))
  }

  /// `deploy` with the GPUs that a workload wants and its service does not ask compose for; nil where there are none.
  private func devices(_ name: String, _ node: YAMLNode) -> ComposePlan.Entry? {
    guard let gpus = plan.workloads.first(where: { $0.service == name })?.gpus.first,
      let service = service(named: name), !service.has("gpus"),
      service["deploy"]?["resources"]?["reservations"]?["devices"] == nil
    else { return nil }
    return deploy(node, "reservations", adding: [.devices(gpus: gpus.count)])
  }

  /// The column of the dashes of a list in block style.
  func indent(ofElements list: YAMLNode) -> Int {
    let line = main.lines.range(ofLine: main.lines.line(at: list.range.lower))
    return list.range.lower - line.lower
  }

  /// The networks of the claws that a service serves.
  func joined(_ name: String) -> [ComposePlan.Entry] { (joins[name] ?? []).map { .init($0, .null) } }

  /// Whether compose puts a service on the default network: no document, base or merge key gives it another.
  private func isOnDefault(_ name: String) -> Bool { service(named: name)?.networks.isEmpty ?? true }

  /// The networks that a service has of its author; what `extends` brings, compose adds by itself.
  private func ownNetworks(_ name: String, _ node: YAMLNode?) -> [ComposePlan.Entry] {
    let own: [ComposePlan.Entry]
    if let elements = node?.elements {
      own = elements.compactMap { element in element.text.map { .init($0, .null) } }
    } else {
      own = (node?.mergedEntries ?? []).filter { $0.key.text != nil }.map { rewritten($0) }
    }
    return own.isEmpty && isOnDefault(name) ? [.init("default", .null)] : own
  }

  /// `depends_on` with counted claws replaced by their instances; nil if it names none.
  func dependencies(_ node: YAMLNode) -> ComposePlan.Value? {
    func names(_ name: String) -> [String]? { countedInstances[name] }
    if countedInstances.isEmpty { return nil }
    if let elements = node.elements {
      guard elements.contains(where: { names($0.text ?? "") != nil }) else { return nil }
      return .list(elements.flatMap { names($0.text ?? "") ?? [$0.text ?? ""] }.map { .interpolated($0) })
    }
    guard let entries = node.mergedEntries, entries.contains(where: { names($0.key.text ?? "") != nil }) else {
      return nil
    }
    return .mapping(
      entries.flatMap { entry in
        (names(entry.key.text ?? "") ?? [entry.key.text ?? ""]).map { rewritten(entry, as: $0) }
      })
  }
}
