import IR

/// A container of a pod file as a Deployment.
extension PodManifestWriter {
  func deployment(_ service: PodManifestPlan.Service) -> KubernetesObject {
    var labels = [podLabel, Self.instance(service), .init("claw.role", .plain(service.role.rawValue))]
    labels += service.networks.map { Self.label(network: $0) }
    labels += service.aliases.map { .init("claw.alias/\($0)", .plain("true")) }
    if service.sidecar == nil, !service.networks.isEmpty { labels.append(Self.namesLabel) }
    var metadata: [ComposePlan.Entry] = [.init("labels", .mapping(labels))]
    let notes = service.labels.map { ComposePlan.Entry($0.name, .plain($0.value)) }
    if !notes.isEmpty { metadata.append(.init("annotations", .mapping(notes))) }
    return KubernetesObject(
      "apps/v1", "Deployment", service.name, labels: [podLabel, Self.instance(service)],
      spec: [
        .init("replicas", .integer(service.replicas)),
        // As compose does: two containers never have a claw's folders at once.
        .init("strategy", .map(["type": .plain("Recreate")])),
        .init("selector", .map(["matchLabels": .mapping([podLabel, Self.instance(service)])])),
        .init("template", .mapping([.init("metadata", .mapping(metadata)), .init("spec", .mapping(spec(service)))])),
      ])
  }

  private func spec(_ service: PodManifestPlan.Service) -> [ComposePlan.Entry] {
    var spec: [ComposePlan.Entry] = [
      .init("automountServiceAccountToken", .bool(false)),
      // A pod that asks nobody for names is told addresses as variables.
      .init("enableServiceLinks", .bool(service.sidecar != nil)),
      .init("terminationGracePeriodSeconds", .integer(service.grace)),
    ]
    if service.hasInit { spec.append(.init("shareProcessNamespace", .bool(true))) }
    if let name = service.hostName { spec.append(.init("hostname", .plain(name))) }
    if service.sidecar != nil {
      spec += [
        .init("dnsPolicy", .plain("None")),
        .init("dnsConfig", .map(["nameservers": .plains(["127.0.0.1"])])),
      ]
    }
    var security: [ComposePlan.Entry] = []
    if service.role != .plain { security.append(.init("runAsNonRoot", .bool(true))) }
    if let user = service.user { security.append(.init("runAsUser", .integer(user))) }
    if let group = service.group { security.append(.init("runAsGroup", .integer(group))) }
    if service.role != .plain, let group = service.group ?? service.user, group > 0 {
      security += [
        .init("fsGroup", .integer(group)), .init("fsGroupChangePolicy", .plain("OnRootMismatch")),
      ]
    }
    security.append(.init("seccompProfile", .map(["type": .plain("RuntimeDefault")])))
    if !service.sysctls.isEmpty {
      security.append(
        .init(
          "sysctls",
          .list(service.sysctls.map { .map(["name": .plain($0.name), "value": .plain($0.value)]) })))
    }
    spec.append(.init("securityContext", .mapping(security)))
    let (volumes, mounts) = folders(service)
    spec.append(.init("containers", .list([.mapping(container(service, mounts))])))
    if !volumes.isEmpty { spec.append(.init("volumes", .list(volumes))) }
    return spec
  }

  private func container(
    _ service: PodManifestPlan.Service, _ mounts: [ComposePlan.Value]
  ) -> [ComposePlan.Entry] {
    var entries: [ComposePlan.Entry] = [
      .init("name", .plain(service.role == .plain ? "service" : service.role.rawValue)),
      .init("image", .plain(service.image)), .init("imagePullPolicy", .plain(service.pull)),
    ]
    func words(_ words: [String]) -> ComposePlan.Value {
      .plains(words.map { named(KubernetesText.escaped($0), service) })
    }
    if let entrypoint = service.entrypoint, !entrypoint.isEmpty { entries.append(.init("command", words(entrypoint))) }
    if let command = service.command, !command.isEmpty { entries.append(.init("args", words(command))) }
    if let folder = service.workingFolder { entries.append(.init("workingDir", .plain(folder))) }
    let secrets = service.environmentSecrets.map {
      ComposePlan.Value.map(["secretRef": .map(["name": .plain($0)])])
    }
    if !secrets.isEmpty { entries.append(.init("envFrom", .list(secrets))) }
    let variables = service.environment.map { variable -> ComposePlan.Value in
      switch variable.value {
      case .text(let text):
        return .map([
          "name": .plain(variable.name), "value": .plain(named(KubernetesText.escaped(text), service)),
        ])
      case .secret(let secret, let key):
        let reference = ComposePlan.Value.map(["name": .plain(secret), "key": .plain(key)])
        return .map(["name": .plain(variable.name), "valueFrom": .map(["secretKeyRef": reference])])
      }
    }
    if !variables.isEmpty { entries.append(.init("env", .list(variables))) }
    if !service.ports.isEmpty {
      entries.append(
        .init(
          "ports",
          .list(service.ports.map { .map(["name": .plain("tcp-\($0)"), "containerPort": .integer($0)]) })))
    }
    var limits: [ComposePlan.Entry] = []
    if let cores = service.milliCores { limits.append(.init("cpu", .plain("\(cores)m"))) }
    if let memory = service.memory { limits.append(.init("memory", .plain("\(memory)Mi"))) }
    if !limits.isEmpty {
      entries.append(.init("resources", .map(["requests": .mapping(limits), "limits": .mapping(limits)])))
    }
    var security: [ComposePlan.Entry] = []
    if service.forbidsNewPrivileges { security.append(.init("allowPrivilegeEscalation", .bool(false))) }
    if service.isReadOnly { security.append(.init("readOnlyRootFilesystem", .bool(true))) }
    var capabilities: [ComposePlan.Entry] = []
    if service.dropsCapabilities { capabilities.append(.init("drop", .plains(["ALL"]))) }
    if !service.capabilities.isEmpty { capabilities.append(.init("add", .plains(service.capabilities))) }
    if !capabilities.isEmpty { security.append(.init("capabilities", .mapping(capabilities))) }
    if !security.isEmpty { entries.append(.init("securityContext", .mapping(security))) }
    if let check = service.check {
      entries.append(
        .init(
          // Compose takes a container that is not well out of nothing, and starts none anew.
          "readinessProbe",
          .map([
            "exec": .map(["command": .plains(check.command)]), "periodSeconds": .integer(check.interval),
            "timeoutSeconds": .integer(check.timeout), "failureThreshold": .integer(check.failures),
            "initialDelaySeconds": .integer(check.delay),
          ])))
    }
    if !mounts.isEmpty { entries.append(.init("volumeMounts", .list(mounts))) }
    return entries
  }

  /// A text in which a sidecar's name is its address, for a claw that asks nobody for names.
  private func named(_ text: String, _ service: PodManifestPlan.Service) -> String {
    service.sidecar.map { Self.addressed(text, $0) } ?? text
  }

  /// Volumes, each once, and where the container sees them.
  private func folders(
    _ service: PodManifestPlan.Service
  ) -> (volumes: [ComposePlan.Value], mounts: [ComposePlan.Value]) {
    var volumes: [ComposePlan.Value] = []
    var mounts: [ComposePlan.Value] = []
    var names: [String: String] = [:]
    for mount in service.mounts {
      let (key, source, inside) = volume(mount)
      let name = names[key] ?? "volume-\(volumes.count)"
      if names.updateValue(name, forKey: key) == nil {
        volumes.append(.mapping([.init("name", .plain(name)), source]))
      }
      var entries: [ComposePlan.Entry] = [.init("name", .plain(name)), .init("mountPath", .plain(mount.path))]
      if let inside { entries.append(.init("subPath", .plain(inside))) }
      if mount.isReadOnly { entries.append(.init("readOnly", .bool(true))) }
      mounts.append(.mapping(entries))
    }
    return (volumes, mounts)
  }

  /// What a mount shows: a name that is the same for the same volume, the volume, and the file in it.
  private func volume(
    _ mount: PodManifestPlan.Mount
  ) -> (key: String, source: ComposePlan.Entry, inside: String?) {
    switch mount.source {
    case .volume(let name):
      var claim: [ComposePlan.Entry] = [.init("claimName", .plain(name))]
      if mount.isReadOnly { claim.append(.init("readOnly", .bool(true))) }
      return ("volume \(name) \(mount.isReadOnly)", .init("persistentVolumeClaim", .mapping(claim)), nil)
    case .file(let object, let name, let isProgram):
      return (
        "file \(object)",
        .init("configMap", .map(["name": .plain(object), "defaultMode": .integer(isProgram ? 0o555 : 0o444)])), name
      )
    case .secret(let name, let key):
      return (
        "secret \(name)", .init("secret", .map(["secretName": .plain(name), "defaultMode": .integer(0o444)])), key
      )
    case .secretFolder(let name, let items):
      let items = items.map { ComposePlan.Value.map(["key": .plain($0.key), "path": .plain($0.path)]) }
      return (
        "folder \(mount.path)",
        .init(
          "secret",
          .map(["secretName": .plain(name), "defaultMode": .integer(0o444), "items": .list(items)])), nil
      )
    case .memory(let size):
      var folder: [ComposePlan.Entry] = [.init("medium", .plain("Memory"))]
      if let size { folder.append(.init("sizeLimit", .plain("\(size)Mi"))) }
      return ("folder \(mount.path)", .init("emptyDir", .mapping(folder)), nil)
    case .scratch: return ("folder \(mount.path)", .init("emptyDir", .map([:])), nil)
    }
  }
}
