import IR
import Lexer
import Source

extension PodLowering {
  /// The sidecar that stands behind an instance in the file: its own, or behind the first of all that share one, that.
  func sidecar(
    _ claw: ResolvedClaw, _ instance: PodPlan.Instance, _ node: YAMLNode, indent: Int
  ) -> [ComposePlan.Piece] {
    guard let sidecar = sidecar(of: instance), sidecar.instances.first?.name == instance.name else { return [] }
    let inner = indent + 2
    var entries: [ComposePlan.Entry] = [
      .init("image", .text(SidecarFiles.image)),
      // Where the image is not there, claw makes it: nothing of that name is to come from elsewhere.
      .init("pull_policy", .text("never")),
      .init("user", .text("65532:65532")), .init("read_only", .bool(true)), .init("cap_drop", .list([.text("ALL")])),
      .init("security_opt", .list([.text("no-new-privileges:true")])), .init("init", .bool(true)),
      .init("ipc", .text("private")), .init("pids_limit", .integer(128)), .init("mem_limit", .text("256m")),
      .init("memswap_limit", .text("256m")), .init("restart", .text("on-failure:5")),
      .init(
        "sysctls",
        .mapping([
          .init("net.ipv4.ip_forward", .text("0")), .init("net.ipv4.ip_unprivileged_port_start", .text("0")),
        ])), Self.logging,
      .init("labels", .mapping(labels(sidecar, claw, instance))),
      .init("networks", .mapping(networks(sidecar))), .init("volumes", .list(volumes(sidecar))),
    ]
    // It comes and goes with its claw; one that is shared is there for whoever comes.
    if sidecar.topology != .shared, let profiles = node["profiles"] {
      entries.append(.init("profiles", .raw(FlowText.of(profiles, in: main)), origin: Location(main, profiles.range)))
    }
    return [.entry(indent: indent, .init(sidecar.name, .raw("")))] + entries.map { .entry(indent: inner, $0) }
  }

  private func labels(
    _ sidecar: SidecarPlan, _ claw: ResolvedClaw, _ instance: PodPlan.Instance
  ) -> [ComposePlan.Entry] {
    if sidecar.topology != .shared { return labels(claw, instance, role: "cllama") }
    return [
      .init("claw.pod", .text(plan.name)), .init("claw.instance", .text(sidecar.name)),
      .init("claw.role", .text("cllama")),
    ]
  }

  /// The networks of the claws that it serves, with its fixed addresses; the one to the outside; those of the services
  /// that it asks for the claws.
  private func networks(_ sidecar: SidecarPlan) -> [ComposePlan.Entry] {
    var networks: [ComposePlan.Entry] = sidecar.addresses.map {
      .init($0.network, .mapping([.init("ipv4_address", .text($0.address))]))
    }
    networks.append(.init(ComposeNames.egress, .null))
    let services = Set(sidecar.instances.map { ComposeNames.services($0.service) })
    networks += plan.networks.filter { services.contains($0.name) }.map { .init($0.name, .null) }
    return networks
  }

  private func volumes(_ sidecar: SidecarPlan) -> [ComposePlan.Value] {
    func bind(_ source: ComposePlan.Value, _ target: String) -> ComposePlan.Value {
      .mapping([
        .init("type", .text("bind")), .init("source", source), .init("target", .text(target)),
        .init("read_only", .bool(true)), .init("bind", .mapping([.init("create_host_path", .bool(false))])),
      ])
    }
    func volume(_ source: String, _ target: String) -> ComposePlan.Value {
      .mapping([.init("type", .text("volume")), .init("source", .text(source)), .init("target", .text(target))])
    }
    var volumes = [
      // The folder and not the file: a file that is mounted stays the old one when another takes its place.
      bind(.text("./.claw/\(plan.name)/\(SidecarFiles.folder)/\(sidecar.folder)"), SidecarFiles.mount),
      volume(ComposeNames.audit(sidecar.name), SidecarFiles.audit),
    ]
    if sidecar.topology != .shared {
      volumes.append(volume(ComposeNames.skillmap(sidecar.name), SidecarFiles.skillmapFolder))
    }
    if sidecar.topology == .hermetic {
      volumes.append(volume(ComposeNames.socket(sidecar.name), SidecarFiles.socketFolder))
    }
    for key in sidecar.keys {
      let target = "\(SidecarFiles.secrets)/\(key.name)"
      switch key.source {
      case .variable:
        let missing = "run 'claw up', or set it to a folder with the key files"
        let source = "${\(SidecarFiles.keysVariable):?\(missing)}/\(sidecar.keyFolder)/\(key.name)"
        volumes.append(bind(.interpolated(source), target))
      case .file(let path):
        let path = FilePath.normalize(path)
        volumes.append(bind(.text(FilePath.isAbsolute(path) ? path : "./" + path), target))
      }
    }
    return volumes
  }

  /// Logs that end before the disk does.
  static var logging: ComposePlan.Entry {
    let options: [ComposePlan.Entry] = [.init("max-size", .text("10m")), .init("max-file", .text("3"))]
    return .init("logging", .mapping([.init("driver", .text("json-file")), .init("options", .mapping(options))]))
  }
}
