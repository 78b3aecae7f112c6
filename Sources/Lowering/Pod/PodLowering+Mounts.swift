import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  /// What an author mounts in a claw: where it comes from, and where it goes.
  mutating func checkMounts(_ claw: ResolvedClaw) {
    let own = checkTargets(claw)
    for mount in claw.service.mounts {
      let target = mount["target"]?.string ?? ""
      if let reason = targetProblem(target, own) { refuse(mount.location, target, reason, claw) }
      guard let source = mount["source"]?.string, !source.isEmpty else { continue }
      let isReadOnly = mount["read_only"]?.bool == true
      switch mount["type"]?.string ?? "volume" {
      case "bind":
        if let reason = sourceProblem(source, isReadOnly, claw) { refuse(mount.location, source, reason, claw) }
        if let propagation = mount["bind"]?["propagation"]?.string, !propagation.hasSuffix("private") {
          refuse(mount.location, source, "mounted with the propagation '\(propagation)'", claw)
        }
      case "volume": checkVolume(source, isReadOnly, mount.location, claw)
      case "tmpfs": break
      case let other: refuse(mount.location, source, "a mount of type '\(other)'", claw)
      }
    }
    for element in claw.service["tmpfs"]?.elements ?? claw.service["tmpfs"].map({ [$0] }) ?? [] {
      guard let text = element.string, let path = text.split(separator: ":").first.map(String.init) else { continue }
      if TemporaryFolder.all.contains(where: { $0.path == path }) {
        bag.report(
          PodRules.overridden, at: element.location, "the temporary folder '\(path)' is claw's", help: "remove it")
      } else if let reason = targetProblem(path, own) ?? temporaryProblem(path) {
        refuse(element.location, path, reason, claw)
      }
    }
    for key in ["secrets", "configs"] { checkGrants(key, own, claw) }
    for file in claw.service.envFiles + [claw.service["label_file"]].compactMap({ $0 }).flatMap({ $0.elements ?? [$0] })
    {
      guard let path = file["path"]?.string ?? file.string, let reason = sourceProblem(path, true, claw),
        reason != "the pod's own files"
      else { continue }
      refuse(file.location, path, reason, claw)
    }
    for (surface, location) in claw.surfaces where surface.kind == .volume {
      checkVolumeSource(surface.target, location, claw)
    }
  }

  private mutating func refuse(_ place: Location, _ path: String, _ reason: String, _ claw: ResolvedClaw) {
    bag.report(
      PodRules.refusedMount, at: place, "the claw '\(claw.service.name)' can't mount '\(path)': it is \(reason)",
      help: "mount a folder below the pod file's at a place of its own, or declare a 'host://' surface")
  }

  // MARK: Targets

  /// The places where claw mounts something itself; surfaces must not meet them, nor each other.
  private mutating func checkTargets(_ claw: ResolvedClaw) -> Set<String> {
    let mounted = claw.mounts + (claw.instances.first.flatMap { claw.ownMounts[$0.name] } ?? [])
    var own = Set(mounted.map { FilePath.normalize($0.target) } + TemporaryFolder.all.map(\.path))
    own.insert(SidecarFiles.socketFolder)
    own.formUnion(claw.runner.volumeFolders.map(FilePath.normalize))
    if claw.has("docker-socket") { own.insert("/var/run/docker.sock") }
    for (surface, location) in claw.surfaces {
      let target: String
      switch surface.kind {
      case .volume: target = "/mnt/\(surface.target)"
      case .host: target = FilePath.normalize(surface.target)
      default: continue
      }
      if targetProblem(target, own) != nil {
        bag.report(
          PodRules.surface, at: location, "'\(surface.uri)' would be mounted at '\(target)', where something else is",
          help: "name each surface once, and none below '/claw'")
      }
      own.insert(target)
    }
    return own
  }

  /// A folder in memory inside one of claw's would not have its limits.
  private func temporaryProblem(_ path: String) -> String? {
    let path = FilePath.normalize(path)
    return TemporaryFolder.all.first { path.utf8.starts(with: ($0.path + "/").utf8) }.map {
      "inside claw's '\($0.path)'"
    }
  }

  private func targetProblem(_ target: String, _ own: Set<String>) -> String? {
    let path = FilePath.normalize(FilePath.join("/", target))
    if path == "/" { return "mounted over everything" }
    if path == "/claw" || path.utf8.starts(with: "/claw/".utf8) { return "mounted over claw's own files" }
    if own.contains(path) { return "mounted at '\(path)', where claw mounts something" }
    let system = ["/proc", "/sys", "/dev"].first { path == $0 || path.utf8.starts(with: ($0 + "/").utf8) }
    return system.map { "mounted over '\($0)'" }
  }

  // MARK: Sources

  /// Why a path of the host can't be mounted. Paths are as seen from the pod's folder.
  private func sourceProblem(_ source: String, _ isReadOnly: Bool, _ claw: ResolvedClaw) -> String? {
    if let reason = HostPaths.refusal(source) { return reason }
    var path = FilePath.normalize(source)
    if FilePath.isAbsolute(source) {
      guard FilePath.isAbsolute(plan.folder) else { return "outside the pod's folder" }
      path = FilePath.relative(path, from: plan.folder)
    }
    if FilePath.escapes(path) { return "outside the pod's folder" }
    func holds(_ other: String) -> Bool {
      let other = FilePath.normalize(other)
      return path == "." || path == other || other.utf8.starts(with: (path + "/").utf8)
    }
    if path == ".claw" || path.utf8.starts(with: ".claw/".utf8) { return "where claw keeps its own files" }
    if holds(".env") || holds(FilePath.name(of: main.path)) { return "the pod's own files" }
    let texts = claw.block.skills.map(\.value) + claw.block.includes.map(\.file.value) + [claw.contractPath]
    if !isReadOnly, let text = texts.first(where: holds) { return "writable and holds '\(text)'" }
    if let key = keyFiles.first(where: holds) { return "where the key '\(key)' lies" }
    return nil
  }

  /// The files of providers' keys.
  private var keyFiles: [String] {
    podBlock.upstreams.compactMap { if case .file(let path) = $0.key { path.value } else { nil } }
  }

  private mutating func checkVolume(_ name: String, _ isReadOnly: Bool, _ place: Location, _ claw: ResolvedClaw) {
    checkVolumeSource(name, place, claw)
    checkAccess(
      Surface(kind: .volume, target: name, access: isReadOnly ? .readOnly : .readWrite), place, claw)
  }

  /// What the engine calls a volume of the file.
  func volumeName(_ key: String) -> String { volumeName(key, declaredVolumes[key]) }

  /// The same where the volume is at hand.
  func volumeName(_ key: String, _ volume: ComposeValue?) -> String {
    if let name = volume?["name"]?.string { return name }
    return volume?.isExternal == true ? key : "\(plan.name)_\(key)"
  }

  /// A volume may be another one under this name, and one that is a folder of the host is a bind.
  private mutating func checkVolumeSource(_ name: String, _ place: Location, _ claw: ResolvedClaw) {
    guard let volume = declaredVolumes[name] else { return }
    for key in ["name", "driver", "driver_opts", "external"] {
      guard volume[key]?.variablePlace != nil else { continue }
      refuse(place, name, "a volume whose '\(key)' holds a variable, which another may set later", claw)
    }
    let real = volumeName(name, volume)
    if real != "\(plan.name)_\(name)" {
      if real.utf8.starts(with: (plan.name + "_").utf8) {
        refuse(place, name, "the volume '\(real)', which another volume of this pod may be", claw)
      } else if ComposeNames.isOwnVolume(real) {
        refuse(place, name, "the volume '\(real)', which by its name is a claw's own", claw)
      } else if volume.isExternal {
        bag.report(
          PodRules.foreignVolume, at: place,
          "the claw '\(claw.service.name)' mounts '\(real)', which is not this pod's",
          help: "share a volume of this pod, unless you know who else has that one")
      }
    }
    guard let options = volume["driver_opts"],
      let device = options["device"]?.string,
      options["type"]?.scalarText.map({ $0 == "none" || $0.isEmpty }) ?? true
        || options["o"]?.scalarText?.contains("bind") == true,
      let reason = sourceProblem(device, true, claw)
    else { return }
    refuse(place, device, reason, claw)
  }

  private mutating func checkGrants(_ key: String, _ own: Set<String>, _ claw: ResolvedClaw) {
    for grant in claw.service[key]?.elements ?? [] {
      guard let source = grant["source"]?.string ?? grant.string else { continue }
      let target = grant["target"]?.string ?? source
      let path = key == "secrets" ? FilePath.join("/run/secrets", target) : FilePath.join("/", target)
      if let reason = targetProblem(path, own) { refuse(grant.location, target, reason, claw) }
      guard
        let resource = (key == "secrets" ? project.secrets : project.configs).first(where: { $0.key == source })?.value
      else { continue }
      if resource["file"]?.variablePlace != nil {
        refuse(grant.location, source, "a file whose name holds a variable, which another may set later", claw)
      } else if let file = resource["file"]?.string, let reason = sourceProblem(file, true, claw) {
        refuse(grant.location, file, reason, claw)
      }
      if resource["environment"] ?? resource["content"] != nil, !claw.hasWritableRoot {
        bag.report(
          PodRules.refusedKey, at: grant.location,
          "'\(source)' is no file, and the engine can't copy it into the read-only claw '\(claw.service.name)'",
          help: "put it in a file and name that with 'file'")
      }
    }
  }
}

extension ComposeValue {
  /// Whether a volume or network is made by somebody else.
  var isExternal: Bool { self["external"].map { $0.bool ?? !$0.isNull } ?? false }
}
