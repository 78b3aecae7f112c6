import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  /// Plans the edits of the author's file: claws written anew, plain services joined to what they serve, networks and
  /// volumes added, x-claw taken out everywhere.
  mutating func edits(_ claws: [ResolvedClaw]) {
    guard let root = document?.root else { return }
    let head = main.lines.line(at: root.range.lower) - 1
    guard let top = BlockLines(root, in: main, after: max(0, head)) else { return rewrite(root, claws) }
    if let chunk = top.chunk("x-claw") { remove(chunk) }
    if top.chunk("name") == nil, let first = top.chunks.first {
      insert(at: first.firstLine == head + 1 ? first.keyLine : first.keyLine, .entry(indent: top.indent, name(plan.name)))
    }
    if let chunk = top.chunk("services") { services(chunk, top, claws) }
    let added = [("networks", networks()), ("volumes", volumes(claws))]
    // What goes into a mapping of the file comes before what goes behind it.
    for (key, entries) in added {
      if let chunk = top.chunk(key) { resources(chunk, top, key, entries) }
    }
    for (key, entries) in added where top.chunk(key) == nil && !entries.isEmpty {
      append(.entry(indent: top.indent, .init(key, .mapping(entries))), after: top.chunks[top.chunks.count - 1].lastLine)
    }
    compose.edits = compose.edits.enumerated().sorted { left, right in
      left.element.range == right.element.range ? left.offset < right.offset : left.element.range < right.element.range
    }.map(\.element)
  }

  private func name(_ name: String) -> ComposePlan.Entry { .init("name", .text(name), origin: podBlock.pod?.location) }

  /// A file whose top level is in braces, as JSON is: every part is written anew.
  private mutating func rewrite(_ root: YAMLNode, _ claws: [ResolvedClaw]) {
    var pieces: [ComposePlan.Piece] = []
    if root["name"] == nil { pieces.append(.entry(indent: 0, name(plan.name))) }
    let added = ["networks": networks(), "volumes": volumes(claws)]
    var seen: Set<String> = []
    for entry in root.mergedEntries ?? [] {
      guard let key = entry.key.text, key != "x-claw" else { continue }
      seen.insert(key)
      switch key {
      case "services":
        pieces.append(.entry(indent: 0, .init(key, .raw(""))))
        for service in entry.value.mergedEntries ?? [] { pieces += flowService(service, claws) }
      case "networks", "volumes":
        let own = (entry.value.mergedEntries ?? []).map { flowResource($0, isNetwork: key == "networks") }
        pieces.append(.entry(indent: 0, .init(key, .mapping(own + (added[key] ?? [])))))
      default:
        pieces.append(.entry(indent: 0, .init(key, .raw(FlowText.of(entry.value, in: main)), origin: place(entry))))
      }
    }
    for key in ["networks", "volumes"] where !seen.contains(key) && added[key]?.isEmpty == false {
      pieces.append(.entry(indent: 0, .init(key, .mapping(added[key] ?? []))))
    }
    let last = main.lines.line(at: max(root.range.lower, root.range.upper - 1))
    let first = main.lines.line(at: root.range.lower)
    compose.edits = [.init(BlockLines.lines(first, last, in: main), pieces)]
  }

  func place(_ entry: YAMLEntry) -> Location { Location(main, entry.key.range) }

  // MARK: Lines

  mutating func remove(_ chunk: BlockLines.Chunk) {
    compose.edits.append(.init(BlockLines.lines(chunk.keyLine, chunk.lastLine, in: main), []))
  }

  private mutating func insert(at line: Int, _ piece: ComposePlan.Piece) {
    compose.edits.append(.init(SourceRange(at: main.lines.starts[line - 1]), [piece]))
  }

  mutating func append(_ piece: ComposePlan.Piece, after line: Int) {
    compose.edits.append(.init(SourceRange(at: main.lines.range(ofLine: line).upper), [piece]))
  }

  // MARK: Services

  private mutating func services(_ chunk: BlockLines.Chunk, _ top: BlockLines, _ claws: [ResolvedClaw]) {
    guard let services = BlockLines(chunk.entry.value.resolved, in: main, after: chunk.keyLine) else {
      // Services in braces, or behind an alias: all are written anew.
      var pieces: [ComposePlan.Piece] = [.entry(indent: top.indent, .init("services", .raw("")))]
      for entry in chunk.entry.value.mergedEntries ?? [] { pieces += flowService(entry, claws) }
      compose.edits.append(.init(BlockLines.lines(chunk.keyLine, chunk.lastLine, in: main), pieces))
      return
    }
    for service in services.chunks {
      guard let name = service.entry.key.text else { continue }
      if let claw = claws.first(where: { $0.service.name == name }) {
        compose.edits.append(
          .init(
            BlockLines.lines(service.keyLine, service.lastLine, in: main),
            pieces(of: claw, service, services, indent: services.indent)))
      } else {
        plain(service, name, claws)
      }
    }
  }

  /// A service as pieces where its lines can't be kept.
  private func flowService(_ entry: YAMLEntry, _ claws: [ResolvedClaw]) -> [ComposePlan.Piece] {
    guard let name = entry.key.text else { return [] }
    if let claw = claws.first(where: { $0.service.name == name }) {
      return claw.instances.flatMap { instance in
        [.entry(indent: 2, .init(instance.name, .raw(""), origin: place(entry)))]
          + generated(claw, instance, entry.value, nil, indent: 4, claws: claws) + sidecar(claw, instance, indent: 2)
      }
    }
    var pieces: [ComposePlan.Piece] = [.entry(indent: 2, .init(name, .raw(""), origin: place(entry)))]
    let joined = joins(name, claws)
    for field in entry.value.mergedEntries ?? [] where field.key.text != "x-claw" {
      guard let key = field.key.text else { continue }
      if key == "networks", !joined.isEmpty {
        pieces.append(.entry(indent: 4, .init(key, .mapping(flowNetworks(field.value) + joined))))
      } else if key == "depends_on", let value = dependencies(field.value, claws) {
        pieces.append(.entry(indent: 4, .init(key, value, origin: place(field))))
      } else {
        pieces.append(.entry(indent: 4, .init(key, .raw(FlowText.of(field.value, in: main)), origin: place(field))))
      }
    }
    if entry.value["networks"] == nil, !joined.isEmpty {
      pieces.append(.entry(indent: 4, .init("networks", .mapping([.init("default", .null)] + joined))))
    }
    return pieces
  }

  /// A plain service: x-claw goes, and it joins the networks of the claws that it serves. Nothing else changes.
  private mutating func plain(_ chunk: BlockLines.Chunk, _ name: String, _ claws: [ResolvedClaw]) {
    let joined = joins(name, claws)
    let needsDependencies = chunk.entry.value["depends_on"].flatMap { dependencies($0, claws) } != nil
    let hasBlock = chunk.entry.value.entries?.contains { $0.key.text == "x-claw" } == true
    guard !joined.isEmpty || needsDependencies || hasBlock else { return }
    guard let lines = BlockLines(chunk.entry.value, in: main, after: chunk.keyLine) else {
      compose.edits.append(
        .init(BlockLines.lines(chunk.keyLine, chunk.lastLine, in: main), flowService(chunk.entry, claws)))
      return
    }
    if let own = lines.chunk("x-claw") { remove(own) }
    if let own = lines.chunk("depends_on"), let value = dependencies(own.entry.value, claws) {
      compose.edits.append(
        .init(
          BlockLines.lines(own.keyLine, own.lastLine, in: main),
          [.entry(indent: lines.indent, .init("depends_on", value, origin: place(own.entry)))]))
    }
    guard !joined.isEmpty else { return }
    guard let own = lines.chunk("networks") else {
      let inherited = chunk.entry.value["networks"].map(flowNetworks) ?? [.init("default", .null)]
      // Behind the last key that stays: what is taken out must not take this with it.
      append(
        .entry(indent: lines.indent, .init("networks", .mapping(inherited + joined))),
        after: lines.chunks[lines.chunks.count - 1].lastLine)
      return
    }
    if let inner = BlockLines(own.entry.value, in: main, after: own.keyLine) {
      for entry in joined { append(.entry(indent: inner.indent, entry), after: own.lastLine) }
    } else if case .sequence(let elements, flow: false) = own.entry.value.content, let first = elements.first {
      let indent = self.indent(ofElement: first)
      for entry in joined { append(.element(indent: indent, .text(entry.key), origin: nil), after: own.lastLine) }
    } else {
      compose.edits.append(
        .init(
          BlockLines.lines(own.keyLine, own.lastLine, in: main),
          [.entry(indent: lines.indent, .init("networks", .mapping(flowNetworks(own.entry.value) + joined)))]))
    }
  }

  /// The column of the dash in front of a list's element.
  func indent(ofElement node: YAMLNode) -> Int {
    let line = main.lines.range(ofLine: main.lines.line(at: node.range.lower))
    return main.slice(line).prefix { $0 == 0x20 }.count
  }

  /// The networks of the claws that a service serves.
  private func joins(_ name: String, _ claws: [ResolvedClaw]) -> [ComposePlan.Entry] {
    claws.filter { $0.targets.contains(name) }.map { ComposeNames.network($0.service.name) }.sorted().map {
      .init($0, .null)
    }
  }

  private func flowNetworks(_ node: YAMLNode) -> [ComposePlan.Entry] {
    if let elements = node.elements { return elements.compactMap { $0.text.map { .init($0, .null) } } }
    return (node.mergedEntries ?? []).compactMap { entry in
      entry.key.text.map { .init($0, .raw(FlowText.of(entry.value, in: main)), origin: place(entry)) }
    }
  }

  /// `depends_on` with counted claws replaced by their instances; nil if it names none.
  func dependencies(_ node: YAMLNode, _ claws: [ResolvedClaw]) -> ComposePlan.Value? {
    let counted = claws.filter(\.isCounted)
    func names(_ name: String) -> [String] {
      counted.first { $0.service.name == name }.map { $0.instances.map(\.name) } ?? [name]
    }
    if let elements = node.elements {
      guard elements.contains(where: { element in counted.contains { $0.service.name == element.text } }) else {
        return nil
      }
      return .list(elements.flatMap { names($0.text ?? "") }.map { .interpolated($0) })
    }
    guard let entries = node.mergedEntries,
      entries.contains(where: { entry in counted.contains { $0.service.name == entry.key.text } })
    else { return nil }
    return .mapping(
      entries.flatMap { entry in
        names(entry.key.text ?? "").map {
          .init($0, .raw(FlowText.of(entry.value, in: main)), origin: place(entry))
        }
      })
  }

  // MARK: Networks and volumes

  private func networks() -> [ComposePlan.Entry] {
    plan.networks.map { network in
      var fields: [ComposePlan.Entry] = []
      if network.isInternal {
        fields.append(.init("internal", .bool(true)))
        // Without an address of its own the bridge leaves no way to the host either.
        fields.append(
          .init("driver_opts", .mapping([.init("com.docker.network.bridge.inhibit_ipv4", .text("true"))])))
      }
      fields.append(.init("ipam", .mapping([.init("config", .list([.mapping([.init("subnet", .text(network.subnet))])]))])))
      return .init(network.name, .mapping(fields))
    }
  }

  private mutating func volumes(_ claws: [ResolvedClaw]) -> [ComposePlan.Entry] {
    var names: [String] = []
    for claw in claws {
      names += claw.instances.flatMap(\.ownVolumes)
      names += claw.surfaces.filter { $0.surface.kind == .volume }.map(\.surface.target)
    }
    if claws.contains(where: { $0.cllama != nil }) { names.append("claw-audit") }
    let declared = Set(project.volumes.map(\.key))
    let added = Set(names).subtracting(declared).sorted()
    plan.volumes = added
    return added.map { .init($0, .null) }
  }

  /// The file's own networks or volumes: x-claw goes, what claw adds comes behind.
  private mutating func resources(
    _ chunk: BlockLines.Chunk, _ top: BlockLines, _ key: String, _ added: [ComposePlan.Entry]
  ) {
    guard let lines = BlockLines(chunk.entry.value, in: main, after: chunk.keyLine) else {
      if added.isEmpty, chunk.entry.value.entries?.contains(where: { $0.value["x-claw"] != nil }) != true { return }
      let own = (chunk.entry.value.mergedEntries ?? []).map { flowResource($0, isNetwork: key == "networks") }
      compose.edits.append(
        .init(
          BlockLines.lines(chunk.keyLine, chunk.lastLine, in: main),
          [.entry(indent: top.indent, .init(key, .mapping(own + added)))]))
      return
    }
    for resource in lines.chunks where resource.entry.value.entries?.contains(where: { $0.key.text == "x-claw" }) == true {
      let name = resource.entry.key.text ?? ""
      let isInternal = key == "networks" && visibility[name] == "pod-only" && resource.entry.value["internal"] == nil
      if let inner = BlockLines(resource.entry.value, in: main, after: resource.keyLine),
        let own = inner.chunk("x-claw")
      {
        let pieces: [ComposePlan.Piece] =
          isInternal ? [.entry(indent: inner.indent, .init("internal", .bool(true), origin: place(own.entry)))] : []
        compose.edits.append(.init(BlockLines.lines(own.keyLine, own.lastLine, in: main), pieces))
      } else {
        compose.edits.append(
          .init(
            BlockLines.lines(resource.keyLine, resource.lastLine, in: main),
            [.entry(indent: lines.indent, flowResource(resource.entry, isNetwork: key == "networks"))]))
      }
    }
    for entry in added { append(.entry(indent: lines.indent, entry), after: chunk.lastLine) }
  }

  private func flowResource(_ entry: YAMLEntry, isNetwork: Bool) -> ComposePlan.Entry {
    let name = entry.key.text ?? ""
    guard entry.value.entries != nil else {
      return .init(name, .raw(FlowText.of(entry.value, in: main)), origin: place(entry))
    }
    var fields: [ComposePlan.Entry] = (entry.value.mergedEntries ?? []).filter { $0.key.text != "x-claw" }.map {
      .init($0.key.text ?? "", .raw(FlowText.of($0.value, in: main)), origin: place($0))
    }
    if isNetwork, visibility[name] == "pod-only", entry.value["internal"] == nil {
      fields.append(.init("internal", .bool(true)))
    }
    return .init(name, fields.isEmpty ? .null : .mapping(fields), origin: place(entry))
  }
}
