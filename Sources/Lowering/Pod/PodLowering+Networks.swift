import IR
import Lexer
import Source

extension PodLowering {
  /// The networks of claws, as the file has them.
  func networks() -> [ComposePlan.Entry] {
    plan.networks.map { network in
      var fields: [ComposePlan.Entry] = []
      if network.isInternal {
        fields.append(.init("internal", .bool(true)))
        // Without an address of its own the bridge leaves no way to the host either.
        fields.append(
          .init("driver_opts", .mapping([.init("com.docker.network.bridge.inhibit_ipv4", .text("true"))])))
      }
      fields.append(
        .init("ipam", .mapping([.init("config", .list([.mapping([.init("subnet", .text(network.subnet))])]))])))
      return .init(network.name, .mapping(fields))
    }
  }

  /// The volumes that claws need and that the file does not declare.
  mutating func volumes(_ claws: [ResolvedClaw]) -> [ComposePlan.Entry] {
    var names: [String] = []
    for claw in claws {
      names += claw.instances.flatMap(\.ownVolumes)
      names += claw.surfaces.filter { $0.surface.kind == .volume }.map(\.surface.target)
    }
    names += plan.sidecars.map { ComposeNames.audit($0.name) }
    names += plan.sidecars.filter { $0.topology != .shared }.map { ComposeNames.skillmap($0.name) }
    let sockets = Set(plan.sidecars.filter { $0.topology == .hermetic }.map { ComposeNames.socket($0.name) })
    let declared = Set(project.volumes.map(\.key))
    let added = Set(names).union(sockets).subtracting(declared).sorted()
    plan.volumes = added
    return added.map { .init($0, sockets.contains($0) ? Self.inMemory : .null) }
  }

  /// A volume in memory that only sidecars' user can write to.
  private static var inMemory: ComposePlan.Value {
    let options: [ComposePlan.Entry] = [
      .init("type", .text("tmpfs")), .init("device", .text("tmpfs")),
      .init("o", .text("size=1m,mode=0755,uid=65532,gid=65532,noexec,nosuid,nodev")),
    ]
    return .mapping([.init("driver", .text("local")), .init("driver_opts", .mapping(options))])
  }

  /// The file's own networks or volumes: x-claw goes, what claw adds comes behind.
  mutating func resources(
    _ chunk: BlockLines.Chunk, _ top: BlockLines, _ key: String, _ added: [ComposePlan.Entry]
  ) {
    guard let lines = BlockLines(chunk.entry.value, in: main, after: chunk.keyLine) else {
      if added.isEmpty, chunk.entry.value.entries?.contains(where: { $0.value["x-claw"] != nil }) != true { return }
      touched.append(chunk.entry.value.range)
      let own = (chunk.entry.value.mergedEntries ?? []).map { flowResource($0, isNetwork: key == "networks") }
      compose.edits.append(
        .init(
          BlockLines.lines(chunk.keyLine, chunk.lastLine, in: main),
          [.entry(indent: top.indent, .init(key, .mapping(own + added)))]))
      return
    }
    for resource in lines.chunks
    where resource.entry.value.entries?.contains(where: { $0.key.text == "x-claw" }) == true {
      let name = resource.entry.key.text ?? ""
      let isInternal = key == "networks" && visibility[name] == "pod-only" && resource.entry.value["internal"] == nil
      if let inner = BlockLines(resource.entry.value, in: main, after: resource.keyLine),
        let own = inner.chunk("x-claw")
      {
        let pieces: [ComposePlan.Piece] =
          isInternal ? [.entry(indent: inner.indent, .init("internal", .bool(true), origin: place(own.entry)))] : []
        compose.edits.append(.init(inner.removed(own), pieces))
      } else {
        compose.edits.append(
          .init(
            BlockLines.lines(resource.keyLine, resource.lastLine, in: main),
            [.entry(indent: lines.indent, flowResource(resource.entry, isNetwork: key == "networks"))]))
      }
    }
    if !added.isEmpty { touched.append(chunk.entry.value.range) }
    for entry in added { append(.entry(indent: lines.indent, entry), after: chunk.lastLine) }
  }

  func flowResource(_ entry: YAMLEntry, isNetwork: Bool) -> ComposePlan.Entry {
    let name = entry.key.text ?? ""
    guard entry.value.entries != nil else { return rewritten(entry) }
    var fields = (entry.value.mergedEntries ?? []).filter { $0.key.text != "x-claw" }.map { rewritten($0) }
    if isNetwork, visibility[name] == "pod-only", entry.value["internal"] == nil {
      fields.append(.init("internal", .bool(true)))
    }
    return .init(name, fields.isEmpty ? .null : .mapping(fields), origin: place(entry))
  }
}
