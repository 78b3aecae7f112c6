import IR
import Lexer
import Source

/// The keys of a service.
extension PodManifestLowering {
  /// Whether a key is understood; what of it is lost is said.
  mutating func isUnderstood(
    _ entry: ComposeEntry, _ service: ComposeService, _ made: inout PodManifestPlan.Service
  ) -> Bool {
    let value = entry.value
    let isClaw = made.role != .plain
    switch entry.key {
    // Where an image is from, and what is read elsewhere.
    case "build", "x-claw", "profiles", "networks", "expose", "attach", "develop", "platform", "container_name": break
    case "image": made.image = value.string ?? ""
    case "pull_policy":
      switch value.string {
      case "never": made.pull = "Never"
      case "always": made.pull = "Always"
      case "missing", "if_not_present", "build": break
      default: return false
      }
    case "command": made.command = service.command
    case "entrypoint": made.entrypoint = service.entrypoint
    case "working_dir": made.workingFolder = value.string
    case "hostname": made.hostName = value.string
    case "user": readUser(value, &made)
    case "init": made.hasInit = value.bool ?? false
    case "stop_grace_period": made.grace = seconds(value) ?? 10
    case "healthcheck": return readCheck(value, &made)
    case "restart":
      if !["always", "unless-stopped"].contains(value.string ?? "") {
        lose("restart", "a Deployment starts its pods again always, however often they end", entry.keyLocation)
      }
    case "environment": readEnvironment(service, &made)
    case "env_file": readEnvironmentFiles(service, &made)
    case "labels": made.labels = service.labels.compactMap { label in label.value.scalarText.map { (label.key, $0) } }
    case "ports":
      lose(
        "ports", "nothing outside of the cluster reaches a pod: make an Ingress, or a Service of another type",
        entry.keyLocation)
    case "dns": if !isClaw { return false }
    case "volumes": for mount in service.mounts { readMount(mount, service, &made) }
    case "tmpfs": readMemory(value, entry.keyLocation, &made)
    case "read_only": made.isReadOnly = value.bool ?? false
    case "secrets": readSecrets(value, &made)
    case "cap_drop": return readDropped(value, &made)
    case "cap_add": made.capabilities = (value.elements ?? []).compactMap(\.string)
    case "security_opt":
      let words = (value.elements ?? []).compactMap(\.string)
      made.forbidsNewPrivileges = words.contains {
        $0.utf8.starts(with: "no-new-privileges".utf8) && !$0.hasSuffix("false")
      }
      return words.allSatisfy { $0.utf8.starts(with: "no-new-privileges".utf8) }
    case "ipc": return value.string == "private" || value.string == "shareable"
    case "sysctls": readSysctls(service, entry.keyLocation, &made)
    case "mem_limit": made.memory = mebibytes(value)
    // Nodes of Kubernetes have no swap for pods, unless somebody gives them some.
    case "memswap_limit": return value.int == service["mem_limit"]?.int || value.string == service["mem_limit"]?.string
    case "cpus": made.milliCores = value.number.map { Int(($0 * 1000).rounded()) }
    case "scale": made.replicas = value.int.map(Int.init) ?? 1
    case "deploy": return readDeploy(value, &made)
    case "pids_limit", "ulimits":
      lose(entry.key, "it is a setting of nodes, the same for all their pods", entry.keyLocation)
    case "logging":
      if value["driver"]?.string != "json-file" { return false }  // Nodes turn such logs over by themselves.
    case "depends_on":
      for other in value.entries ?? [] where !pod.sidecars.contains(where: { $0.name.isSame(as: other.key) }) {
        lose("depends_on", "pods start in no order", other.keyLocation)
      }
    case "network_mode": return value.string == "none" && isClaw
    default: return false
    }
    return true
  }

  private mutating func readUser(_ value: ComposeValue, _ made: inout PodManifestPlan.Service) {
    let parts = (value.scalarText ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard let user = parts.first.flatMap({ Int($0) }), parts.count <= 2 else {
      return lose("user", "only numbers of users can be checked not to be root's", value.location)
    }
    made.user = user
    guard parts.count == 2 else { return }
    made.group = Int(parts[1])
    if made.group == nil { lose("user", "only numbers of groups are known outside of an image", value.location) }
  }

  private mutating func readDropped(_ value: ComposeValue, _ made: inout PodManifestPlan.Service) -> Bool {
    let words = (value.elements ?? []).compactMap(\.string)
    made.dropsCapabilities = words.contains { $0.uppercased() == "ALL" }
    return made.dropsCapabilities
  }

  private mutating func readSysctls(
    _ service: ComposeService, _ location: Location, _ made: inout PodManifestPlan.Service
  ) {
    for entry in ComposeService.pairs(service["sysctls"]) {
      if Self.safeSysctls.contains(entry.key), let text = entry.value.scalarText {
        made.sysctls.append((entry.key, text))
      } else {
        lose("sysctls", "a node lets pods set few of them, and not \(entry.key)", location)
      }
    }
  }

  /// Those that a node takes unless it is told otherwise, and that 1.33 has.
  private static let safeSysctls: Set = [
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
  ]

  private mutating func readCheck(_ value: ComposeValue, _ made: inout PodManifestPlan.Service) -> Bool {
    if value["disable"]?.bool == true { return true }
    let test = value["test"]
    var words = test?.elements?.compactMap(\.string) ?? []
    switch (test?.string, words.first) {
    case (let text?, _): words = ["/bin/sh", "-c", text]
    case (_, "CMD"?): words.removeFirst()
    case (_, "CMD-SHELL"?): words = ["/bin/sh", "-c"] + words.dropFirst()
    case (_, "NONE"?): return true
    default: return false
    }
    made.check = .init(
      command: words, interval: seconds(value["interval"]) ?? 30, timeout: seconds(value["timeout"]) ?? 30,
      failures: value["retries"]?.int.map { max(1, Int($0)) } ?? 3, delay: seconds(value["start_period"]) ?? 0)
    return true
  }

  private mutating func readDeploy(_ value: ComposeValue, _ made: inout PodManifestPlan.Service) -> Bool {
    var isWhole = true
    for entry in value.entries ?? [] where !entry.value.isNull {
      switch entry.key {
      case "replicas": made.replicas = entry.value.int.map(Int.init) ?? 1
      case "mode": isWhole = isWhole && entry.value.string == "replicated"
      case "resources":
        let limits = entry.value["limits"]
        if let memory = limits?["memory"].flatMap({ mebibytes($0) }) { made.memory = memory }
        if let cores = limits?["cpus"]?.number { made.milliCores = Int((cores * 1000).rounded()) }
        if let pids = limits?.entry("pids") {
          lose("pids_limit", "it is a setting of nodes, the same for all their pods", pids.keyLocation)
        }
        // Limits are what is asked for too.
        isWhole = isWhole && entry.value["reservations"] == nil && limits?["devices"] == nil
      default: isWhole = false
      }
    }
    return isWhole
  }

  // MARK: Values

  /// Whole seconds, at least one.
  func seconds(_ value: ComposeValue?) -> Int? {
    guard let value, let text = value.scalarText, let nanoseconds = ComposeQuantity.nanoseconds(text) else {
      return nil
    }
    return max(1, Int((nanoseconds + 999_999_999) / 1_000_000_000))
  }

  /// Whole MiB, at least one.
  func mebibytes(_ value: ComposeValue) -> Int? {
    guard let text = value.scalarText, let bytes = ComposeQuantity.bytes(text), bytes > 0 else { return nil }
    return max(1, Int((bytes + 1_048_575) >> 20))
  }
}
