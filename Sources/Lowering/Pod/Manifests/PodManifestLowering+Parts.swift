import IR
import Lexer
import Source

/// What a container sees: variables, folders, files, secrets and networks.
extension PodManifestLowering {
  // MARK: Variables

  mutating func readEnvironment(_ service: ComposeService, _ made: inout PodManifestPlan.Service) {
    for entry in service.environment {
      // What comes from the shell of whoever compiles may be a secret, and is one of the cluster's then.
      let isFromShell = entry.value.isNull || entry.value.variables.contains(where: \.isSet)
      guard let text = entry.value.scalarText, !isFromShell else {
        let secret = "\(service.name)-env"
        made.environment.append((entry.key, .secret(secret, key: entry.key)))
        need(secret, "--from-literal=\(entry.key)=…")
        continue
      }
      made.environment.append((entry.key, .text(text)))
    }
  }

  mutating func readEnvironmentFiles(_ service: ComposeService, _ made: inout PodManifestPlan.Service) {
    for (index, file) in service.envFiles.enumerated() {
      guard let path = file["path"]?.string ?? file.string else { continue }
      // claw's file with the token is there after 'up' alone.
      let isToken = path.hasSuffix("/\(SidecarFiles.token(service.name))")
      let secret = isToken ? PodManifestPlan.token(service.name) : "\(service.name)-env-\(index)"
      made.environmentSecrets.append(secret)
      need(secret, isToken ? nil : "--from-env-file=\(path)")
    }
  }

  // MARK: Files and folders

  mutating func readMount(
    _ mount: ComposeValue, _ service: ComposeService, _ made: inout PodManifestPlan.Service
  ) {
    guard let target = mount["target"]?.string else { return }
    let source = mount["source"]?.string ?? ""
    let isReadOnly = mount["read_only"]?.bool ?? false
    switch mount["type"]?.string {
    case "volume" where !source.isEmpty:
      if mount["volume"]?["subpath"] != nil { lose("volumes.subpath", "it is not written yet", mount.location) }
      made.mounts.append(.init(path: target, source: .volume(source), isReadOnly: isReadOnly))
    case "volume": made.mounts.append(.init(path: target, source: .scratch, isReadOnly: false))
    case "tmpfs":
      let size = mount["tmpfs"]?["size"].flatMap { mebibytes($0) }
      made.mounts.append(.init(path: target, source: .memory(size), isReadOnly: false))
    case "bind": readBind(source, target, isReadOnly, mount.location, service, &made)
    default: lose("volumes", "there is nothing like this mount in Kubernetes", mount.location)
    }
  }

  private mutating func readBind(
    _ source: String, _ target: String, _ isReadOnly: Bool, _ location: Location, _ service: ComposeService,
    _ made: inout PodManifestPlan.Service
  ) {
    func add(_ found: PodManifestPlan.MountSource) {
      made.mounts.append(.init(path: target, source: found, isReadOnly: true))
    }
    if let object = pod.objects.first(where: { source.utf8.reversed().starts(with: $0.path.utf8.reversed()) }) {
      let name = FilePath.name(of: object.path)
      guard let text = String(validating: object.bytes, as: UTF8.self), object.bytes.count < 1 << 20,
        name.utf8.allSatisfy({ $0.isASCIIAlphanumeric || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E })
      else {
        return refuse("volumes", "'\(name)' is no text of at most 1MiB, as a ConfigMap holds it", location)
      }
      let holder = "claw-\(object.digest.prefix(16))"
      if !plan.files.contains(where: { $0.object == holder && $0.name == name }) {
        plan.files.append(.init(object: holder, name: name, text: text))
      }
      return add(.file(object: holder, name: name, isProgram: object.bytes.starts(with: "#!".utf8)))
    }
    if let sidecar = sidecar(service) {
      if target == SidecarFiles.mount {
        let (name, items) = PodManifestPlan.configuration(sidecar, of: pod)
        need(name, nil)
        return add(.secretFolder(name, items))
      }
      if let key = sidecar.keys.first(where: { target == "\(SidecarFiles.secrets)/\($0.name)" }) {
        need(PodManifestPlan.keys(sidecar), nil)
        return add(.secret(PodManifestPlan.keys(sidecar), key: key.name))
      }
    }
    lose("volumes", "a folder of the machine that runs compose is nowhere in a cluster: make it a volume", location)
  }

  mutating func readMemory(_ value: ComposeValue, _ location: Location, _ made: inout PodManifestPlan.Service) {
    for text in value.elements?.compactMap(\.string) ?? [value.string].compactMap({ $0 }) {
      let parts = text.split(separator: ":", maxSplits: 1)
      let options = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
      let size = options.first { $0.hasPrefix("size=") }.flatMap { ComposeQuantity.bytes(String($0.dropFirst(5))) }
      made.mounts.append(
        .init(
          path: parts.first.map(String.init) ?? "/tmp", source: .memory(size.map { max(1, Int($0 >> 20)) }),
          isReadOnly: false))
      if options.contains(where: { !$0.hasPrefix("size=") && $0 != "rw" }) {
        lose(
          "tmpfs", "folders in memory have a size, and none of the options noexec, nosuid, nodev, mode and uid",
          location)
      }
    }
  }

  mutating func readSecrets(_ value: ComposeValue, _ made: inout PodManifestPlan.Service) {
    for use in value.elements ?? [] {
      guard let name = use["source"]?.string ?? use.string else { continue }
      let target = use["target"]?.string ?? name
      let path = target.hasPrefix("/") ? target : "\(SidecarFiles.secrets)/\(target)"
      check(name: name, use.location)
      need(name, "--from-file=\(name)=…")
      made.mounts.append(.init(path: path, source: .secret(name, key: name), isReadOnly: true))
    }
  }

  // MARK: Networks

  mutating func readNetworks(_ service: ComposeService, _ made: inout PodManifestPlan.Service) {
    if service["network_mode"] != nil { return }
    let joined = service.networks
    made.networks = joined.isEmpty ? ["default"] : joined.map(\.key)
    for network in joined {
      let isClaws = pod.networks.contains { $0.name.isSame(as: network.key) }
      for alias in network.value["aliases"]?.elements?.compactMap(\.string) ?? [] where !made.aliases.contains(alias) {
        check(name: alias, network.keyLocation)
        made.aliases.append(alias)
      }
      for setting in network.value.entries ?? []
      where setting.key != "aliases" && !(isClaws && setting.key == "ipv4_address") {
        lose("networks.\(setting.key)", "a cluster chooses addresses by itself", setting.keyLocation)
      }
    }
  }
}
