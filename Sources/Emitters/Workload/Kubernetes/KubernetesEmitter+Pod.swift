import IR

/// What a worker is.
extension KubernetesWriter {
  mutating func podTemplate(_ claim: GPUClaim) -> ComposePlan.Value {
    var metadata: [ComposePlan.Entry] = [.init("labels", .mapping(labels))]
    if let note = gateNote { metadata.append(.init("annotations", .mapping([.init("claw.workload/gates", note)]))) }
    return .mapping([.init("metadata", .mapping(metadata)), .init("spec", .mapping(podSpec(claim)))])
  }

  private mutating func podSpec(_ claim: GPUClaim) -> [ComposePlan.Entry] {
    var spec: [ComposePlan.Entry] = [
      .init("restartPolicy", .plain(plan.kind == .job ? "Never" : "Always")),
      .init("terminationGracePeriodSeconds", .integer(plan.queueing.grace)),
      .init("priorityClassName", .plain(priorityClassName)),
      // Workers talk to nobody who would ask who they are, and services of others are none of their business.
      .init("automountServiceAccountToken", .bool(false)), .init("enableServiceLinks", .bool(false)),
    ]
    if hasHostNames { spec.append(.init("subdomain", .plain(jobName))) }
    if let group = schedulingGroup { spec.append(.init("schedulingGroup", group)) }
    let gates = plan.placement.gates.map { ComposePlan.Value.map(["name": .plain($0.name)]) }
    if !gates.isEmpty { spec.append(.init("schedulingGates", .list(gates))) }
    spec += placement()
    var security: [ComposePlan.Entry] = [.init("runAsNonRoot", .bool(true))]
    if let user = plan.user {
      security.append(.init("runAsUser", .integer(user)))
    } else {
      need("an image whose user is a number other than 0, since the workload says no 'user'")
    }
    security.append(.init("seccompProfile", .map(["type": .plain("RuntimeDefault")])))
    spec.append(.init("securityContext", .mapping(security)))
    let folders = folders()
    spec.append(.init("containers", .list([.mapping(container(claim, folders))])))
    if let name = claim.template?.name {
      let use = ComposePlan.Value.map(["name": .plain(Self.claimName), "resourceClaimTemplateName": .plain(name)])
      spec.append(.init("resourceClaims", .list([use])))
    }
    if !folders.volumes.isEmpty { spec.append(.init("volumes", .list(folders.volumes))) }
    return spec
  }

  /// What the claim of a pod is called in it.
  static let claimName = "gpus"

  private func container(_ claim: GPUClaim, _ folders: Folders) -> [ComposePlan.Entry] {
    var entries: [ComposePlan.Entry] = [.init("name", .plain("worker")), .init("image", .plain(plan.image))]
    // As for compose, the words follow the image's entrypoint.
    if !plan.command.isEmpty { entries.append(.init("args", .plains(plan.command.map(KubernetesText.escaped)))) }
    let variables = variables
    if !variables.isEmpty { entries.append(.init("env", .list(variables))) }
    if !plan.ports.isEmpty {
      entries.append(
        .init(
          "ports",
          .list(
            plan.ports.map {
              .map([
                "name": .plain(Self.name($0)), "containerPort": .integer($0.number),
                "protocol": .plain($0.isUDP ? "UDP" : "TCP"),
              ])
            })))
    }
    entries.append(.init("resources", resources(claim, folders)))
    entries.append(
      .init(
        "securityContext",
        .map([
          "allowPrivilegeEscalation": .bool(false), "capabilities": .map(["drop": .plains(["ALL"])]),
        ])))
    for probe in plan.probes { entries.append(.init("\(probe.purpose.rawValue)Probe", Self.probe(probe))) }
    if !folders.mounts.isEmpty { entries.append(.init("volumeMounts", .list(folders.mounts))) }
    return entries
  }

  private var variables: [ComposePlan.Value] {
    var result: [ComposePlan.Value] = plan.environment.map {
      .map(["name": .plain($0.name), "value": .plain(KubernetesText.escaped($0.value))])
    }
    for use in plan.secrets {
      guard case .variable(let name) = use.target else { continue }
      let reference = ComposePlan.Value.map(["name": .plain(use.secret), "key": .plain(use.key)])
      result.append(.map(["name": .plain(name), "valueFrom": .map(["secretKeyRef": reference])]))
    }
    if plan.kind == .job, plan.workers.isIndexed {
      let path = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
      result.append(
        .map([
          "name": .plain("WORKLOAD_COMPLETION_INDEX"),
          "valueFrom": .map(["fieldRef": .map(["fieldPath": .plain(path)])]),
        ]))
      result.append(
        .map(["name": .plain("WORKLOAD_COMPLETIONS"), "value": .plain(String(plan.workers.count))]))
      if hasHostNames {
        result.append(.map(["name": .plain("WORKLOAD_LEADER"), "value": .plain("\(jobName)-0.\(jobName)")]))
      }
    }
    return result
  }

  private func resources(_ claim: GPUClaim, _ folders: Folders) -> ComposePlan.Value {
    var limits: [ComposePlan.Entry] = [
      .init("cpu", .plain(String(plan.cores))), .init("memory", .plain("\(plan.memory)Mi")),
    ]
    if case .extended(let name, let count) = claim { limits.append(.init(name, .plain(String(count)))) }
    var requests = limits
    // Each folder has its own limit; this keeps room for them.
    if folders.scratch > 0 { requests.append(.init("ephemeral-storage", .plain("\(folders.scratch)Mi"))) }
    var entries: [ComposePlan.Entry] = [
      .init("requests", .mapping(requests)), .init("limits", .mapping(limits)),
    ]
    if claim.template != nil { entries.append(.init("claims", .list([.map(["name": .plain(Self.claimName)])]))) }
    return .mapping(entries)
  }

  private static func probe(_ probe: WorkloadPlan.Probe) -> ComposePlan.Value {
    let check: ComposePlan.Entry =
      switch probe.check {
      case .http(let path, let port):
        .init("httpGet", .map(["path": .plain(path), "port": .integer(port)]))
      case .tcp(let port): .init("tcpSocket", .map(["port": .integer(port)]))
      // No '$' has a meaning in a probe's command.
      case .command(let words): .init("exec", .map(["command": .plains(words)]))
      }
    return .mapping([
      check, .init("periodSeconds", .integer(probe.interval)), .init("timeoutSeconds", .integer(probe.timeout)),
      .init("failureThreshold", .integer(probe.failures)), .init("initialDelaySeconds", .integer(probe.delay)),
    ])
  }

  /// Who takes which gate away, and why it is there; nil where nothing is said of it.
  private var gateNote: ComposePlan.Value? {
    let notes = plan.placement.gates.compactMap { gate -> String? in
      guard gate.reason != nil || gate.controller != nil else { return nil }
      return gate.name + (gate.controller.map { " (\($0))" } ?? "") + (gate.reason.map { ": \($0)" } ?? "")
    }
    return notes.isEmpty ? nil : .plain(notes.joined(separator: "\n"))
  }
}
