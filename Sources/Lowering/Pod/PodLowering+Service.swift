import IR
import Lexer
import Source

extension PodLowering {
  /// What claw writes in a claw's service whatever the author wrote: their own lines for these keys are not kept.
  private static var owned: Set<String> {
    ["x-claw", "read_only", "cap_drop", "cap_add", "user", "build", "image", "networks", "entrypoint"]
  }
  /// Lists and mappings of the author's that claw adds to.
  private static var extended: Set<String> { ["environment", "labels", "volumes", "tmpfs", "security_opt"] }

  /// A claw as pieces: its instances one behind the other, and their sidecars.
  func pieces(
    of claw: ResolvedClaw, _ chunk: BlockLines.Chunk, _ services: BlockLines, indent: Int
  ) -> [ComposePlan.Piece] {
    let lines = BlockLines(chunk.entry.value, in: main, after: chunk.keyLine)
    let comment = services.trailingComment(chunk)
    return claw.instances.enumerated().flatMap { index, instance -> [ComposePlan.Piece] in
      [
        .entry(
          indent: indent,
          .init(instance.name, .raw(index == 0 ? comment : ""), origin: place(chunk.entry)))
      ]
        + generated(
          claw, instance, chunk.entry.value, lines, indent: lines?.indent ?? indent + 2, claws: nil)
        + sidecar(claw, instance, indent: indent)
    }
  }

  /// The keys of an instance: the author's lines where they stay, then claw's.
  func generated(
    _ claw: ResolvedClaw, _ instance: PodPlan.Instance, _ node: YAMLNode, _ lines: BlockLines?, indent: Int,
    claws: [ResolvedClaw]?
  ) -> [ComposePlan.Piece] {
    var pieces: [ComposePlan.Piece] = []
    var entries = self.entries(claw, instance, node)
    // The author's own lines, in their order.
    let kept: [(entry: YAMLEntry, chunk: BlockLines.Chunk?)] =
      lines?.chunks.map { ($0.entry, $0) } ?? (node.mergedEntries ?? []).map { ($0, nil) }
    for (entry, chunk) in kept {
      guard let key = entry.key.text, !Self.owned.contains(key) else { continue }
      if Self.extended.contains(key), let index = entries.firstIndex(where: { $0.key == key }) {
        let added = entries.remove(at: index)
        pieces += extend(entry, chunk, lines, added, indent: indent)
      } else if key == "depends_on", let value = dependencies(entry.value, allClaws(claws)) {
        pieces.append(.entry(indent: indent, .init(key, value, origin: place(entry))))
      } else if let chunk, let lines {
        pieces.append(.lines(lines.lines(chunk.firstLine, chunk.lastLine)))
      } else {
        pieces.append(.entry(indent: indent, .init(key, .raw(FlowText.of(entry.value, in: main)), origin: place(entry))))
      }
    }
    // What a merge key brings for lists that claw writes must be in them, for they replace it.
    if lines != nil {
      for key in Self.extended {
        guard let index = entries.firstIndex(where: { $0.key == key }),
          node.entries?.contains(where: { $0.key.text == key }) != true, let merged = node[key]
        else { continue }
        entries[index] = joined(merged, entries[index])
      }
    }
    return pieces + entries.map { .entry(indent: indent, $0) }
  }

  private func allClaws(_ claws: [ResolvedClaw]?) -> [ResolvedClaw] { claws ?? resolvedClaws }

  /// An author's list or mapping with claw's elements behind it.
  private func extend(
    _ entry: YAMLEntry, _ chunk: BlockLines.Chunk?, _ lines: BlockLines?, _ added: ComposePlan.Entry, indent: Int
  ) -> [ComposePlan.Piece] {
    guard let chunk, let lines else { return [.entry(indent: indent, joined(entry.value, added))] }
    let own = ComposePlan.Piece.lines(lines.lines(chunk.firstLine, chunk.lastLine))
    if let inner = BlockLines(entry.value, in: main, after: chunk.keyLine), case .mapping(let fields) = added.value,
      !inner.chunks.contains(where: { $0.entry.isMerge })
    {
      let present = Set(inner.chunks.compactMap { $0.entry.key.text })
      return [own] + fields.filter { !present.contains($0.key) }.map { .entry(indent: inner.indent, $0) }
    }
    if case .sequence(let elements, flow: false) = entry.value.content, let first = elements.first {
      return [own] + listElements(added.value).map {
        .element(indent: self.indent(ofElement: first), $0, origin: added.origin)
      }
    }
    return [.entry(indent: indent, joined(entry.value, added))]
  }

  /// The same where the author's lines can't be kept.
  private func joined(_ node: YAMLNode, _ added: ComposePlan.Entry) -> ComposePlan.Entry {
    if let elements = node.elements {
      let own = elements.map { ComposePlan.Value.raw(FlowText.of($0, in: main)) }
      return .init(added.key, .list(own + listElements(added.value)), origin: added.origin)
    }
    guard let entries = node.mergedEntries, case .mapping(let fields) = added.value else {
      // A single text, as tmpfs may be.
      if case .list(let values) = added.value, node.text != nil, !node.isNull {
        return .init(added.key, .list([.raw(FlowText.of(node, in: main))] + values), origin: added.origin)
      }
      return added
    }
    let own: [ComposePlan.Entry] = entries.map {
      .init($0.key.text ?? "", .raw(FlowText.of($0.value, in: main)), origin: place($0))
    }
    let present = Set(own.map(\.key))
    return .init(added.key, .mapping(own + fields.filter { !present.contains($0.key) }), origin: added.origin)
  }

  /// A value as a list's elements: a mapping becomes `KEY=value` texts.
  private func listElements(_ value: ComposePlan.Value) -> [ComposePlan.Value] {
    switch value {
    case .list(let elements): elements
    case .mapping(let entries):
      entries.map { entry in
        switch entry.value {
        case .text(let text): .text("\(entry.key)=\(text)")
        default: .text(entry.key)
        }
      }
    default: [value]
    }
  }

  // MARK: What claw writes

  private func entries(
    _ claw: ResolvedClaw, _ instance: PodPlan.Instance, _ node: YAMLNode
  ) -> [ComposePlan.Entry] {
    let service = claw.service
    func has(_ key: String) -> Bool { service[key].map { !$0.isNull } ?? false }
    var entries: [ComposePlan.Entry] = []
    entries += image(claw, node)
    if let entrypoint = entrypoint(claw) { entries += entrypoint }
    entries.append(.init("user", has("user") ? raw("user", node) : .text(claw.user)))
    entries.append(.init("read_only", .bool(!claw.hasWritableRoot)))
    entries.append(.init("cap_drop", .list([.text("ALL")])))
    if !claw.capabilities.isEmpty { entries.append(.init("cap_add", .list(claw.capabilities.map { .text($0) }))) }
    entries.append(.init("security_opt", .list([.text("no-new-privileges:true")])))
    if !has("init") { entries.append(.init("init", .bool(true))) }
    if !has("ipc") { entries.append(.init("ipc", .text("private"))) }
    if !has("pids_limit"), service["deploy"]?["resources"]?["limits"]?["pids"] == nil {
      entries.append(.init("pids_limit", .integer(256)))
    }
    if !has("mem_limit"), service["deploy"]?["resources"]?["limits"]?["memory"] == nil {
      entries.append(.init("mem_limit", .text("2g")))
      if !has("memswap_limit") { entries.append(.init("memswap_limit", .text("2g"))) }
    }
    if !has("ulimits") {
      let limit: ComposePlan.Value = .mapping([.init("soft", .integer(4096)), .init("hard", .integer(8192))])
      entries.append(.init("ulimits", .mapping([.init("nofile", limit)])))
    }
    if !has("restart"), service["deploy"]?["restart_policy"] == nil {
      entries.append(.init("restart", .text(claw.runner.restart)))
    }
    if !has("logging") {
      let options: [ComposePlan.Entry] = [.init("max-size", .text("10m")), .init("max-file", .text("3"))]
      entries.append(
        .init("logging", .mapping([.init("driver", .text("json-file")), .init("options", .mapping(options))])))
    }
    if !has("healthcheck"), !claw.image.hasHealthcheck, let health = claw.runner.health {
      entries.append(
        .init(
          "healthcheck",
          .mapping([
            .init("test", .list(([ "CMD" ] + health).map { .text($0) })), .init("interval", .text("30s")),
            .init("timeout", .text("10s")), .init("retries", .integer(3)),
          ])))
    }
    if claw.cllama != nil, !has("depends_on") {
      entries.append(
        .init(
          "depends_on",
          .mapping([
            .init(ComposeNames.sidecar(instance.name), .mapping([.init("condition", .text("service_healthy"))]))
          ])))
    }
    entries.append(.init("tmpfs", .list(temporary(claw))))
    entries.append(.init("environment", .mapping(environment(claw, instance))))
    entries.append(.init("labels", .mapping(labels(claw, instance, role: "agent"))))
    let alias: ComposePlan.Value =
      claw.isCounted ? .mapping([.init("aliases", .list([.text(service.name)]))]) : .null
    var networks: [ComposePlan.Entry] = [.init(ComposeNames.network(service.name), alias)]
    if claw.hasOpenEgress { networks.append(.init("default", .null)) }
    entries.append(.init("networks", .mapping(networks)))
    entries.append(.init("volumes", .list(volumes(claw, instance))))
    return entries
  }

  private func raw(_ key: String, _ node: YAMLNode) -> ComposePlan.Value {
    node[key].map { .raw(FlowText.of($0, in: main)) } ?? .null
  }

  /// `image` and `build`: the build names the generated Dockerfile, and all instances share one image.
  private func image(_ claw: ResolvedClaw, _ node: YAMLNode) -> [ComposePlan.Entry] {
    var entries: [ComposePlan.Entry] = []
    if node["image"] != nil {
      entries.append(.init("image", raw("image", node)))
    } else if claw.service.build != nil {
      entries.append(.init("image", .text("claw-local/\(plan.name)-\(claw.service.name):latest")))
    }
    guard let build = node["build"], claw.service.build != nil else { return entries }
    guard let generated = claw.image.generated, let built = claw.service.build else {
      return entries + [.init("build", .raw(FlowText.of(build, in: main)))]
    }
    let context = FilePath.join(plan.folder, built["context"]?.string ?? ".")
    let dockerfile = FilePath.relative(generated, from: context)
    var fields: [ComposePlan.Entry] = []
    if build.entries == nil {
      fields.append(.init("context", .raw(FlowText.of(build, in: main))))
    } else {
      fields = (build.mergedEntries ?? []).filter { $0.key.text != "dockerfile" }.map {
        .init($0.key.text ?? "", .raw(FlowText.of($0.value, in: main)), origin: place($0))
      }
    }
    fields.append(.init("dockerfile", .text(dockerfile)))
    return entries + [.init("build", .mapping(fields))]
  }

  /// The entrypoint where it is not the image's: the author's behind claw's wrapper, or the wrapper in front of an image
  /// that has none and whose pod has a schedule.
  private func entrypoint(_ claw: ResolvedClaw) -> [ComposePlan.Entry]? {
    if let own = claw.service["entrypoint"], !own.isNull {
      let words = claw.service.entrypoint ?? []
      let prefix = claw.image.hasWrapper || !claw.invocations.isEmpty ? [StageBlock.wrapperPath] : []
      return [.init("entrypoint", .list(prefix.map { .text($0) } + words.map { .text($0) }), origin: own.location)]
    }
    guard !claw.image.hasWrapper, !claw.invocations.isEmpty else { return nil }
    let command = claw.image.command
    var entries: [ComposePlan.Entry] = [
      .init("entrypoint", .list(([StageBlock.wrapperPath] + (command.entrypoint ?? [])).map { .text($0) }))
    ]
    if claw.service["command"] == nil, let words = command.command {
      entries.append(.init("command", .list(words.map { .text($0) })))
    }
    return entries
  }

  /// Folders in memory: nothing in them can be run, and they belong to the claw's user where that is a number.
  private func temporary(_ claw: ResolvedClaw) -> [ComposePlan.Value] {
    var owner = ""
    let parts = claw.user.split(separator: ":")
    if let user = parts.first.flatMap({ Int($0) }) {
      owner = ",uid=\(user),gid=\(parts.count > 1 ? Int(parts[1]) ?? user : user)"
    }
    func folder(_ path: String, _ size: String, _ mode: String) -> ComposePlan.Value {
      .text("\(path):rw,noexec,nosuid,nodev,size=\(size),mode=\(mode)\(path == "/tmp" ? "" : owner)")
    }
    return [folder("/tmp", "64m", "1777"), folder("/run", "16m", "0755"), folder("/claw/tmp", "16m", "0755")]
  }

  private func environment(_ claw: ResolvedClaw, _ instance: PodPlan.Instance) -> [ComposePlan.Entry] {
    let runner = claw.runner
    var values: [(String, String)] = [
      ("CLAW_POD", plan.name), ("CLAW_SERVICE", claw.service.name), ("CLAW_INSTANCE", instance.name),
      ("CONTRACT_PATH", runner.contractPath), ("CLAW_SKILLS_DIR", runner.skillFolder),
      ("CLAW_SKILLMAP", "/claw/skillmap.json"),
    ]
    var fallbacks = 0
    for (slot, reference) in claw.models {
      var name = "MODEL_" + variable(slot)
      if slot == "fallback" {
        if fallbacks > 0 { name += "_\(fallbacks)" }
        fallbacks += 1
      }
      values.append((name, reference))
    }
    if !claw.image.config.track.isEmpty { values.append(("CLAW_TRACK_LOG", "/claw/track/log/log.jsonl")) }
    values += runner.environment
    if claw.cllama != nil {
      let base = "http://\(ComposeNames.sidecar(instance.name)):8080"
      // Anthropic's clients put '/v1' behind it themselves.
      values += runner.baseURLVariables.map { ($0, $0.hasPrefix("ANTHROPIC") ? base : base + "/v1") }
    }
    for handle in claw.handles {
      let prefix = "CLAW_HANDLE_\(variable(claw.service.name))_\(variable(handle.platform))"
      if let id = handle.id { values.append((prefix + "_ID", id.value)) }
      if let username = handle.username { values.append((prefix + "_USERNAME", username.value)) }
      if !handle.guilds.isEmpty { values.append((prefix + "_GUILDS", handle.guilds.joined(separator: ","))) }
    }
    return values.map { .init($0.0, .text($0.1)) }
  }

  private func variable(_ text: String) -> String {
    String(text.uppercased().unicodeScalars.map { scalar in
      ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "_"
    })
  }

  private func labels(_ claw: ResolvedClaw, _ instance: PodPlan.Instance, role: String) -> [ComposePlan.Entry] {
    var labels: [(String, String)] = [
      ("claw.pod", plan.name), ("claw.service", claw.service.name), ("claw.instance", instance.name),
      ("claw.role", role),
    ]
    if let ordinal = instance.ordinal { labels.append(("claw.ordinal", String(ordinal))) }
    if role == "agent" { labels.append(("claw.contract", contractDigest(claw))) }
    return labels.map { .init($0.0, .text($0.1)) }
  }

  /// The digest in the object's path.
  private func contractDigest(_ claw: ResolvedClaw) -> String {
    claw.contract.path.split(separator: "/").dropLast().last.map { "sha256:\($0)" } ?? ""
  }

  private func volumes(_ claw: ResolvedClaw, _ instance: PodPlan.Instance) -> [ComposePlan.Value] {
    func bind(_ source: String, _ target: String, isReadOnly: Bool) -> ComposePlan.Value {
      .mapping([
        .init("type", .text("bind")), .init("source", .text(source)), .init("target", .text(target)),
        .init("read_only", .bool(isReadOnly)), .init("bind", .mapping([.init("create_host_path", .bool(false))])),
      ])
    }
    func volume(_ source: String, _ target: String, isReadOnly: Bool) -> ComposePlan.Value {
      var fields: [ComposePlan.Entry] = [
        .init("type", .text("volume")), .init("source", .text(source)), .init("target", .text(target)),
      ]
      if isReadOnly { fields.append(.init("read_only", .bool(true))) }
      return .mapping(fields)
    }
    var volumes: [ComposePlan.Value] = []
    let folders = [claw.runner.workspace] + claw.runner.stateFolders
    for folder in folders {
      volumes.append(volume(ComposeNames.volume(instance.name, folder), folder, isReadOnly: false))
    }
    if !claw.image.config.track.isEmpty {
      volumes.append(volume(ComposeNames.volume(instance.name, "track"), "/claw/track/log", isReadOnly: false))
    }
    for (surface, _) in claw.surfaces {
      let isReadOnly = surface.access != .readWrite
      switch surface.kind {
      case .volume: volumes.append(volume(surface.target, "/mnt/\(surface.target)", isReadOnly: isReadOnly))
      case .host: volumes.append(bind(surface.target, surface.target, isReadOnly: isReadOnly))
      case .service, .channel, .egress: break
      }
    }
    if claw.has("docker-socket") {
      volumes.append(bind("/var/run/docker.sock", "/var/run/docker.sock", isReadOnly: false))
    }
    for (object, target) in claw.mounts { volumes.append(bind("./" + object, target, isReadOnly: true)) }
    return volumes
  }

  /// The sidecar of an instance, if it has one.
  func sidecar(_ claw: ResolvedClaw, _ instance: PodPlan.Instance, indent: Int) -> [ComposePlan.Piece] {
    guard let stack = claw.cllama else { return [] }
    let inner = indent + 2
    var environment: [ComposePlan.Entry] = [
      .init("CLAW_POD", .text(plan.name)), .init("CLAW_INSTANCE", .text(instance.name)),
      .init("CLLAMA_STACK", .text(stack.joined(separator: " "))),
    ]
    // A key stays a reference until compose hands it over: no artifact holds it.
    for (name, value) in claw.block.cllamaEnvironment {
      environment.append(.init(name, .interpolated(cllamaReference(name, value)), origin: value.location))
    }
    let entries: [ComposePlan.Entry] = [
      .init("image", .text(ComposeNames.sidecarImage)), .init("user", .text("65532:65532")),
      .init("read_only", .bool(true)), .init("cap_drop", .list([.text("ALL")])),
      .init("security_opt", .list([.text("no-new-privileges:true")])), .init("init", .bool(true)),
      .init("pids_limit", .integer(128)), .init("mem_limit", .text("256m")), .init("memswap_limit", .text("256m")),
      .init("restart", .text("on-failure:5")),
      .init("sysctls", .mapping([.init("net.ipv4.ip_forward", .text("0"))])),
      .init(
        "healthcheck",
        .mapping([
          .init("test", .list([.text("CMD"), .text("/cllama"), .text("-healthcheck")])),
          .init("interval", .text("15s")), .init("timeout", .text("5s")), .init("retries", .integer(3)),
        ])),
      .init("environment", .mapping(environment)),
      .init("labels", .mapping(labels(claw, instance, role: "cllama"))),
      .init(
        "networks",
        .mapping([.init(ComposeNames.network(claw.service.name), .null), .init(ComposeNames.egress, .null)])),
      .init(
        "volumes",
        .list([
          .mapping([
            .init("type", .text("volume")), .init("source", .text("claw-audit")), .init("target", .text("/claw/audit")),
          ])
        ])),
    ]
    return [.entry(indent: indent, .init(ComposeNames.sidecar(instance.name), .raw("")))]
      + entries.map { .entry(indent: inner, $0) }
  }

  /// The author's own reference to a variable, as it was written.
  private func cllamaReference(_ name: String, _ value: PodText) -> String {
    var written = main.text(value.location.range)
    for quote in ["\"", "'"] where written.hasPrefix(quote) && written.hasSuffix(quote) && written.utf8.count > 1 {
      written = String(written.dropFirst().dropLast())
    }
    return written.utf8.contains(0x24) ? written : "${\(name):?cllama-env}"
  }
}
