import IR
import Lexer
import Source

extension PodLowering {
  /// What claw writes: keys in place of the author's, and what it adds to lists and mappings of the author's.
  func entries(
    _ claw: ResolvedClaw, _ instance: PodPlan.Instance, _ node: YAMLNode
  ) -> (replaced: [ComposePlan.Entry], added: [ComposePlan.Entry]) {
    let service = claw.service
    /// Texts of a list that `extends` brings: compose adds them to ours, and lists may not hold a text twice.
    func inherited(_ key: String) -> [String] {
      node[key] == nil ? (service[key]?.elements ?? []).compactMap(\.string) : []
    }
    func list(_ key: String, _ texts: [String]) -> [ComposePlan.Entry] {
      let present = inherited(key)
      let own = texts.filter { !present.contains($0) }
      return own.isEmpty ? [] : [.init(key, .list(own.map { .text($0) }))]
    }
    var entries = image(claw, node) + entrypoint(claw, node)
    if !service.has("user") { entries.append(.init("user", .text(claw.user))) }
    entries.append(.init("read_only", .bool(!claw.hasWritableRoot)))
    entries += list("cap_drop", ["ALL"]) + list("cap_add", claw.capabilities)
    if !service.has("init") { entries.append(.init("init", .bool(true))) }
    if !service.has("ipc") { entries.append(.init("ipc", .text("private"))) }
    entries += limits(service, node)
    if !service.has("ulimits") {
      let limit: ComposePlan.Value = .mapping([.init("soft", .integer(4096)), .init("hard", .integer(8192))])
      entries.append(.init("ulimits", .mapping([.init("nofile", limit)])))
    }
    if !service.has("restart"), service["deploy"]?["restart_policy"] == nil {
      entries.append(.init("restart", .text(claw.runner.restart)))
    }
    if !service.has("logging") { entries.append(Self.logging) }
    if !service.has("healthcheck"), !claw.image.hasHealthcheck, let health = claw.runner.health {
      entries.append(
        .init(
          "healthcheck",
          .mapping([
            .init("test", .list((["CMD"] + health).map { .text($0) })), .init("interval", .text("30s")),
            .init("timeout", .text("10s")), .init("retries", .integer(3)),
          ])))
    }
    if let value = dependencies(claw, instance, node) { entries.append(.init("depends_on", value)) }
    entries += network(claw, instance)
    var added: [ComposePlan.Entry] = []
    if !(service["security_opt"]?.elements ?? []).contains(where: { $0.string == "no-new-privileges:true" }) {
      added.append(.init("security_opt", .list([.text("no-new-privileges:true")])))
    }
    added.append(.init("tmpfs", .list(temporary(claw))))
    added.append(.init("environment", .mapping(environment(claw, instance))))
    if claw.cllama != nil {
      let path = "./.claw/\(plan.name)/\(SidecarFiles.token(instance.name))"
      // Without its token a claw gets no answer, which is no reason for 'docker compose down' to fail.
      added.append(.init("env_file", .list([.mapping([.init("path", .text(path)), .init("required", .bool(false))])])))
    }
    added.append(.init("labels", .mapping(labels(claw, instance, role: "agent"))))
    added.append(.init("volumes", .list(volumes(claw, instance))))
    return (entries, added)
  }

  /// The one network of a claw, or none; and who answers there for other names than those of the network.
  private func network(_ claw: ResolvedClaw, _ instance: PodPlan.Instance) -> [ComposePlan.Entry] {
    if claw.topology == .hermetic { return [.init("network_mode", .text("none"))] }
    let name = ComposeNames.network(claw.service.name)
    let alias: ComposePlan.Value =
      claw.isCounted ? .mapping([.init("aliases", .list([.text(claw.service.name)]))]) : .null
    var networks: [ComposePlan.Entry] = [.init(name, alias)]
    if claw.hasOpenEgress { networks.append(.init("default", .null)) }
    let entry = ComposePlan.Entry("networks", .mapping(networks))
    guard !claw.hasOpenEgress, let sidecar = sidecar(of: instance),
      let address = sidecar.addresses.first(where: { $0.network == name })?.address
    else { return [entry] }
    return [.init("dns", .list([.text(address)])), entry]
  }

  /// `image` and `build`: the build names the generated Dockerfile, and all instances share one image.
  private func image(_ claw: ResolvedClaw, _ node: YAMLNode) -> [ComposePlan.Entry] {
    var entries: [ComposePlan.Entry] = []
    guard let built = claw.service.build else { return entries }
    if claw.service.image == nil {
      entries.append(.init("image", .text("claw-local/\(plan.name)-\(claw.service.name):latest")))
    }
    guard let generated = claw.image.generated else { return entries }
    let context = FilePath.join(plan.folder, built["context"]?.string ?? ".")
    let dockerfile = FilePath.relative(generated, from: context)
    var fields: [ComposePlan.Entry] = []
    if let build = node["build"], build.entries == nil {
      fields.append(.init("context", .raw(FlowText.of(build, in: main))))
    } else {
      fields = (node["build"]?.mergedEntries ?? []).filter { $0.key.text != "dockerfile" }.map { rewritten($0) }
    }
    fields.append(.init("dockerfile", .text(dockerfile)))
    entries.append(.init("build", .mapping(fields)))
    return entries
  }

  /// What runs behind claw's wrapper, where the image has that or a schedule of the pod's needs it. What the author wrote
  /// stays as it is, with its variables.
  private func entrypoint(_ claw: ResolvedClaw, _ node: YAMLNode) -> [ComposePlan.Entry] {
    let isMounted = !claw.image.hasWrapper && !claw.invocations.isEmpty
    guard claw.image.hasWrapper || isMounted else { return [] }
    // A file that is mounted can't be run as a program, only read by a shell.
    let wrapper = (isMounted ? ["/bin/sh"] : []) + [StageBlock.wrapperPath]
    let hasCommand = claw.service["command"]?.isNull == false
    guard let own = claw.service["entrypoint"], !own.isNull else {
      if !isMounted { return [] }
      // Another entrypoint drops the image's command, so both are written.
      let image = claw.image.command
      return [.init("entrypoint", .list((wrapper + (image.entrypoint ?? [])).map { .text($0) }))]
        + command(hasCommand ? nil : image.command)
    }
    if let text = own.string, !text.isEmpty {
      // Compose splits it into words after it has put variables in.
      let words = wrapper + [own.node?.text ?? text]
      return [.init("entrypoint", .interpolated(words.joined(separator: " ")), origin: own.location)]
    }
    let words = (own.elements ?? []).map { ComposePlan.Value.interpolated($0.node?.text ?? $0.scalarText ?? "") }
    // An empty entrypoint leaves the image's command to be run; one that is not empty would drop it.
    return [.init("entrypoint", .list(wrapper.map { .text($0) } + words), origin: own.location)]
      + command(words.isEmpty && !hasCommand ? claw.image.command.command : nil)
  }

  private func command(_ words: [String]?) -> [ComposePlan.Entry] {
    words.map { [.init("command", .list($0.map { .text($0) }))] } ?? []
  }

  /// `depends_on`: the author's, counted claws replaced by their instances, and the sidecar.
  private func dependencies(_ claw: ResolvedClaw, _ instance: PodPlan.Instance, _ node: YAMLNode) -> ComposePlan.Value?
  {
    let own = node["depends_on"].flatMap { dependencies($0) }
    guard let cllama = sidecar(of: instance) else { return own }
    func started(_ name: String, _ condition: String) -> ComposePlan.Entry {
      .init(name, .mapping([.init("condition", .text(condition))]))
    }
    let sidecar = started(cllama.name, "service_healthy")
    if let elements = node["depends_on"]?.elements {
      let names = elements.compactMap(\.text).flatMap { countedInstances[$0] ?? [$0] }
      return .mapping(names.map { started($0, "service_started") } + [sidecar])
    }
    let entries: [ComposePlan.Entry] = (node["depends_on"]?.mergedEntries ?? []).flatMap { entry in
      let name = entry.key.text ?? ""
      return (countedInstances[name] ?? [name]).map { rewritten(entry, as: $0) }
    }
    return .mapping(entries + [sidecar])
  }

  /// Bounds of memory and processes: where the author bounds something under `deploy`, compose wants all of it there.
  private func limits(_ service: ComposeService, _ node: YAMLNode) -> [ComposePlan.Entry] {
    let limits = service["deploy"]?["resources"]?["limits"]
    var entries: [ComposePlan.Entry] = []
    var missing: [ComposePlan.Entry] = []
    if !service.has("pids_limit"), limits?["pids"] == nil {
      limits == nil
        ? entries.append(.init("pids_limit", .integer(256))) : missing.append(.init("pids", .integer(256)))
    }
    if !service.has("mem_limit"), limits?["memory"] == nil {
      limits == nil ? entries.append(.init("mem_limit", .text("2g"))) : missing.append(.init("memory", .text("2g")))
      if limits == nil, !service.has("memswap_limit") { entries.append(.init("memswap_limit", .text("2g"))) }
    }
    return missing.isEmpty ? entries : entries + [deploy(node, "limits", adding: missing)]
  }

  /// `deploy` as its author wrote it, with more in a part of its `resources`.
  func deploy(_ node: YAMLNode, _ part: String, adding: [ComposePlan.Entry]) -> ComposePlan.Entry {
    func merged(_ node: YAMLNode?, _ key: String, _ value: ComposePlan.Entry) -> [ComposePlan.Entry] {
      (node?.mergedEntries ?? []).filter { $0.key.text != key }.map { rewritten($0) } + [value]
    }
    let deploy = node["deploy"]
    let resources = deploy?["resources"]
    let own = (resources?[part]?.mergedEntries ?? []).map { rewritten($0) }
    let outer = ComposePlan.Entry(
      "resources", .mapping(merged(resources, part, .init(part, .mapping(own + adding)))))
    return .init("deploy", .mapping(merged(deploy, "resources", outer)))
  }
}
