import IR
import Source

/// A folder in memory that every claw has.
struct TemporaryFolder {
  var path: String
  var size: String
  var mode: String
  /// Whether it belongs to nobody and anybody may write to it.
  var isEveryones = false

  static let all = [
    TemporaryFolder(path: "/tmp", size: "64m", mode: "1777", isEveryones: true),
    TemporaryFolder(path: "/run", size: "16m", mode: "0755"),
    TemporaryFolder(path: "/claw/tmp", size: "16m", mode: "0755"),
  ]
}

extension PodLowering {
  /// Folders in memory: nothing in them can be run, and they belong to the claw's user where that is a number.
  func temporary(_ claw: ResolvedClaw) -> [ComposePlan.Value] {
    var owner = ""
    let parts = claw.user.split(separator: ":")
    if let user = parts.first.flatMap({ Int($0) }) {
      owner = ",uid=\(user),gid=\(parts.count > 1 ? Int(parts[1]) ?? user : user)"
    }
    return TemporaryFolder.all.map { folder in
      let options = "rw,noexec,nosuid,nodev,size=\(folder.size),mode=\(folder.mode)"
      return .text("\(folder.path):\(options)\(folder.isEveryones ? "" : owner)")
    }
  }

  func environment(_ claw: ResolvedClaw, _ instance: PodPlan.Instance) -> [ComposePlan.Entry] {
    let runner = claw.runner
    var values: [(String, String)] = [
      ("CLAW_POD", plan.name), ("CLAW_SERVICE", claw.service.name), ("CLAW_INSTANCE", instance.name),
      ("CONTRACT_PATH", runner.contractPath), ("CLAW_SKILLS_DIR", runner.skillFolder),
      ("CLAW_SKILLMAP", claw.hasOwnSkillmap ? SidecarFiles.skillmap : "/claw/skillmap.json"),
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
    // A scheduler that is mounted has no wake.sh beside it.
    if let wake = runner.wake, !claw.invocations.isEmpty, !claw.image.hasScheduler { values.append(("WAKE_CMD", wake)) }
    values += runner.environment
    if let sidecar = claw.sidecar(instance) { values += self.sidecar(sidecar, claw) }
    for handle in claw.handles {
      let prefix = "CLAW_HANDLE_\(variable(claw.service.name))_\(variable(handle.platform))"
      if let id = handle.id { values.append((prefix + "_ID", id.value)) }
      if let username = handle.username { values.append((prefix + "_USERNAME", username.value)) }
      if !handle.guilds.isEmpty { values.append((prefix + "_GUILDS", handle.guilds.joined(separator: ","))) }
    }
    return values.map { .init($0.0, .text($0.1)) }
  }

  /// What tells a claw where its sidecar is.
  private func sidecar(_ name: String, _ claw: ResolvedClaw) -> [(String, String)] {
    // A client that speaks HTTP by a socket asks for any host.
    let base = claw.topology == .hermetic ? "http://cllama" : "http://\(name):8080"
    var values: [(String, String)] = []
    if claw.topology == .hermetic { values.append(("CLAW_SOCKET", SidecarFiles.socket)) }
    // Anthropic's clients put '/v1' behind it themselves.
    values += claw.runner.baseURLVariables.map { ($0, $0.hasPrefix("ANTHROPIC") ? base : base + "/v1") }
    if !claw.targets.isEmpty { values.append(("CLAW_SERVICES_URL", base + "/s")) }
    guard claw.surfaces.contains(where: { $0.surface.kind == .egress || $0.surface.kind == .channel }),
      !claw.hasOpenEgress
    else { return values }
    // Some programs know only the one spelling, some only the other.
    for (variable, value) in [
      ("HTTP_PROXY", "http://\(name):3128"), ("HTTPS_PROXY", "http://\(name):3128"),
      ("NO_PROXY", "\(name),localhost,127.0.0.1"),
    ] { values += [(variable, value), (variable.lowercased(), value)] }
    return values
  }

  private func variable(_ text: String) -> String {
    String(
      text.uppercased().unicodeScalars.map { scalar in
        ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "_"
      })
  }

  func labels(_ claw: ResolvedClaw, _ instance: PodPlan.Instance, role: String) -> [ComposePlan.Entry] {
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
    let digest = claw.contract.digest
    return digest.isEmpty ? "" : "sha256:" + digest
  }

  func volumes(_ claw: ResolvedClaw, _ instance: PodPlan.Instance) -> [ComposePlan.Value] {
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
    let folders = claw.runner.volumeFolders
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
    if claw.topology == .hermetic, let sidecar = claw.sidecar(instance) {
      volumes.append(volume(ComposeNames.socket(sidecar), SidecarFiles.socketFolder, isReadOnly: true))
    }
    if claw.hasOwnSkillmap, let sidecar = claw.sidecar(instance) {
      // The folder and not the file, which another one takes the place of. Nothing of the image goes into it.
      volumes.append(
        .mapping([
          .init("type", .text("volume")), .init("source", .text(ComposeNames.skillmap(sidecar))),
          .init("target", .text(SidecarFiles.skillmapFolder)), .init("read_only", .bool(true)),
          .init("volume", .mapping([.init("nocopy", .bool(true))])),
        ]))
    }
    for (object, target) in claw.mounts + (claw.ownMounts[instance.name] ?? []) {
      volumes.append(bind("./" + object, target, isReadOnly: true))
    }
    return volumes
  }
}
