import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  /// What a claw may not ask for, judged on what compose would make of it: after merge keys, extends and includes.
  mutating func check(_ claw: ResolvedClaw) {
    let service = claw.service
    checkNamespaces(service)
    checkCapabilities(claw)
    for mount in service.mounts { checkMount(mount, claw) }
    if let port = service.ports.first {
      bag.report(
        PodRules.refusedPort, at: port.location, "the claw '\(service.name)' can't publish a port",
        help: "publish it on a plain service, and declare that as a surface")
    }
    for key in ["networks", "links", "external_links"] {
      guard let value = service[key], !value.isNull, isWritten(value) else { continue }
      bag.report(
        PodRules.refusedNetwork, at: value.location, "the claw '\(service.name)' can't have '\(key)'",
        help: "declare 'surfaces: [service://NAME]' for each service that it needs")
    }
    checkKeys(claw)
    checkOverridden(claw)
    if claw.isCounted, let name = service["container_name"] {
      bag.report(
        PodRules.refusedKey, at: name.location, "a claw with a count can't have a container_name", help: "remove it")
    }
    for key in ["scale", "deploy"] {
      guard let value = key == "scale" ? service["scale"] : service["deploy"]?["replicas"] else { continue }
      bag.report(
        PodRules.refusedKey, at: value.location, "a claw is not scaled by '\(key)'", help: "write 'count' in x-claw")
    }
    if claw.runner.needsDockerSocket, !claw.has("docker-socket") {
      bag.report(
        PodRules.refusedKey, at: claw.block.location, "\(claw.runner.name) needs the engine's socket",
        help: "grant it with 'PRIVILEGE docker-socket true' if you must: it hands over the host")
    }
    if claw.user.utf8.contains(where: { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }), !claw.hasWritableRoot {
      bag.report(
        PodRules.namedUser, at: claw.block.location, "the user '\(claw.user)' of '\(service.name)' is a name",
        help: "write 'PRIVILEGE runtime' with numbers")
    }
  }

  /// Whether compose did not put the value there by itself.
  private func isWritten(_ value: ComposeValue) -> Bool { value.node != nil || value.entries?.isEmpty == false || value.elements?.isEmpty == false }

  private mutating func checkNamespaces(_ service: ComposeService) {
    var refused: [(ComposeValue, String)] = []
    if let value = service.privileged { refused.append((value, "be privileged")) }
    for key in ["pid", "ipc", "uts", "cgroup", "userns_mode", "network_mode"] {
      guard let value = service[key], let text = value.string, !text.isEmpty else { continue }
      if key == "ipc", text == "private" || text == "none" { continue }
      if key == "cgroup", text == "private" { continue }
      refused.append((value, "have '\(key): \(text)'"))
    }
    for device in service.devices { refused.append((device, "have a device")) }
    for key in ["device_cgroup_rules", "gpus", "cgroup_parent", "volumes_from", "runtime", "use_api_socket", "group_add"] {
      guard let value = service[key], !value.isNull, value.elements?.isEmpty != true, value.bool != false else { continue }
      refused.append((value, "have '\(key)'"))
    }
    for option in service["security_opt"]?.elements ?? [] {
      guard let text = option.string, text.hasSuffix("unconfined") || text.replacing("=", with: ":") == "no-new-privileges:false"
        || text.utf8.starts(with: "label".utf8)
      else { continue }
      refused.append((option, "have '\(text)'"))
    }
    for (value, what) in refused {
      bag.report(
        PodRules.refusedKey, at: value.location, "the claw '\(service.name)' can't \(what)", help: "remove it")
    }
  }

  private mutating func checkCapabilities(_ claw: ResolvedClaw) {
    for added in claw.service.addedCapabilities {
      guard let text = added.string else { continue }
      let name = text.uppercased().replacing("CAP_", with: "", maxReplacements: 1)
      if claw.capabilities.contains(name) { continue }
      bag.report(
        PodRules.refusedKey, at: added.location, "the claw '\(claw.service.name)' can't have the capability '\(text)'",
        help: "declare it with 'PRIVILEGE cap \(name)' in its Clawfile")
    }
  }

  private mutating func checkMount(_ mount: ComposeValue, _ claw: ResolvedClaw) {
    guard mount["type"]?.string ?? "bind" == "bind", let source = mount["source"]?.string else { return }
    // The loader has made sources relative to the command's folder; what the author wrote is what counts.
    let written = source
    var reason = HostPaths.refusal(written)
    if reason == nil, !FilePath.isAbsolute(written) {
      let inside = plan.folder.isEmpty || plan.folder == "."
        ? written : FilePath.relative(written, from: plan.folder)
      if FilePath.escapes(inside) { reason = "outside the pod's folder" }
    }
    if let target = mount["target"]?.string, FilePath.normalize(target).utf8.starts(with: "/claw".utf8) {
      reason = "mounted over claw's own files"
    }
    if reason?.contains("socket") == true, claw.has("docker-socket") { return }
    guard let reason else { return }
    bag.report(
      PodRules.refusedMount, at: mount.location, "the claw '\(claw.service.name)' can't mount '\(written)': it is \(reason)",
      help: "mount a folder below the pod file's, or declare a 'host://' surface")
  }

  // MARK: Keys

  private mutating func checkKeys(_ claw: ResolvedClaw) {
    let service = claw.service
    for entry in service.environment { checkKey(entry.key, entry.keyLocation, entry.value, service.name) }
    for variable in service.envFileVariables where ProviderKeys.isKey(variable.name) {
      bag.report(
        PodRules.providerKey, at: variable.location, "'\(variable.name)' reaches the claw '\(service.name)' by env_file",
        help: "move it to another file and name it in 'cllama-env'")
    }
    for entry in service.labels { checkUses(entry.value, "a label", service.name) }
    for key in ["command", "entrypoint"] {
      guard let value = service[key] else { continue }
      checkUses(value, "'\(key)'", service.name)
      for element in value.elements ?? [] { checkUses(element, "'\(key)'", service.name) }
    }
    for entry in ComposeService.pairs(service.build?["args"]) {
      checkKey(entry.key, entry.keyLocation, entry.value, service.name)
    }
  }

  private mutating func checkKey(_ name: String, _ place: Location, _ value: ComposeValue, _ service: String) {
    if ProviderKeys.isKey(name) {
      bag.report(
        PodRules.providerKey, at: place, "the claw '\(service)' is handed the key '\(name)'",
        help: "give it to the sidecar: 'cllama-env: {\(name): …}'")
      return
    }
    checkUses(value, "'\(name)'", service)
  }

  private mutating func checkUses(_ value: ComposeValue, _ what: String, _ service: String) {
    for use in value.variables where ProviderKeys.isKey(use.name) {
      bag.report(
        PodRules.providerKey, at: value.location, "\(what) of the claw '\(service)' holds the key '\(use.name)'",
        help: "give it to the sidecar: 'cllama-env: {\(use.name): …}'")
    }
    guard let text = value.string, KeyShape.contains(text) else { return }
    var diagnostic = Diagnostic(
      PodRules.providerKey, at: value.location, "\(what) of the claw '\(service)' has the shape of a real key",
      help: "revoke it, and give the new one to the sidecar")
    diagnostic.isSecret = true
    bag.add(diagnostic)
  }

  /// Keys that claw sets whatever the author wrote.
  private mutating func checkOverridden(_ claw: ResolvedClaw) {
    if let value = claw.service["read_only"], value.bool == false, !claw.hasWritableRoot {
      bag.report(
        PodRules.overridden, at: value.location, "'read_only: false' has no effect on the claw '\(claw.service.name)'",
        help: "write 'PRIVILEGE rootfs rw' in its Clawfile, or 'privilege: {rootfs: rw}' in x-claw")
    }
    for entry in claw.service.environment where entry.key.utf8.starts(with: "CLAW_".utf8) {
      bag.report(
        PodRules.overridden, at: entry.keyLocation, "the variable '\(entry.key)' is claw's", help: "use another name")
    }
    for entry in claw.service.labels where entry.key.utf8.starts(with: "claw.".utf8) {
      bag.report(PodRules.overridden, at: entry.keyLocation, "the label '\(entry.key)' is claw's", help: "use another key")
    }
  }
}
