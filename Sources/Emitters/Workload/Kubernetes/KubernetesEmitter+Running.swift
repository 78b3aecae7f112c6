import IR

/// The objects that make pods.
extension KubernetesWriter {
  mutating func job(_ template: ComposePlan.Value) -> KubernetesObject {
    let (workers, retries) = (plan.workers, plan.retries)
    var spec: [ComposePlan.Entry] = [
      .init("parallelism", .integer(workers.parallelism)), .init("completions", .integer(workers.count)),
      .init("completionMode", .plain(workers.isIndexed ? "Indexed" : "NonIndexed")),
      .init("backoffLimit", .integer(retries.limit)),
    ]
    if let limit = retries.perWorker {
      if workers.isIndexed {
        spec.append(.init("backoffLimitPerIndex", .integer(limit)))
      } else {
        report.lose("retries.per_worker", "workers that have no numbers can't be told from one another")
      }
    }
    if let seconds = plan.limits.run {
      spec.append(.init("activeDeadlineSeconds", .integer(seconds)))
      if !plan.placement.gates.isEmpty {
        report.lose("time_limit", "a Job's time runs while its workers wait at their gates")
      }
    }
    if plan.limits.finishBy != nil {
      report.lose("finish_by", "Kubernetes counts seconds from a Job's start, and knows no moment of its end")
    }
    if retries.onInterruption {
      let condition = ComposePlan.Value.map(["type": .plain("DisruptionTarget"), "status": .plain("True")])
      let rule = ComposePlan.Value.map(["action": .plain("Ignore"), "onPodConditions": .list([condition])])
      spec.append(.init("podFailurePolicy", .map(["rules": .list([rule])])))
    }
    spec.append(.init("template", template))
    return KubernetesObject("batch/v1", "Job", jobName, labels: labels + queueLabels, spec: spec)
  }

  /// What keeps the workers of a service: a Deployment, or Argo's Rollout where a new version comes in a way that a
  /// Deployment does not know.
  var controller: (apiVersion: String, kind: String) {
    switch plan.rollout?.strategy {
    case .canary, .blueGreen: ("argoproj.io/v1alpha1", "Rollout")
    case .immediate, .rolling, nil: ("apps/v1", "Deployment")
    }
  }

  mutating func deployment(_ template: ComposePlan.Value) -> KubernetesObject {
    var spec: [ComposePlan.Entry] = []
    // A number here would undo what the autoscaler does, whenever the file is applied.
    if plan.scaling == nil || plan.workers.gang > 1 { spec.append(.init("replicas", .integer(plan.workers.count))) }
    if plan.workers.isIndexed { report.lose("workers.indexed", "the pods of a service have no numbers") }
    if let strategy = strategy() { spec.append(.init("strategy", strategy)) }
    spec += [.init("selector", selector), .init("template", template)]
    let (apiVersion, kind) = controller
    return KubernetesObject(apiVersion, kind, plan.name, labels: labels + queueLabels, spec: spec)
  }

  private mutating func strategy() -> ComposePlan.Value? {
    switch plan.rollout?.strategy {
    case nil: return nil
    case .immediate: return .map(["type": .plain("Recreate")])
    case .rolling(let batch):
      // GPUs are rarely free for more workers than there are, so that the old ones go first.
      return .map([
        "type": .plain("RollingUpdate"),
        "rollingUpdate": .map(["maxUnavailable": .integer(batch), "maxSurge": .integer(0)]),
      ])
    case .canary(let percent, let seconds):
      needRollouts()
      return .map([
        "canary": .map([
          "steps": .list([
            .map(["setWeight": .integer(percent)]),
            .map(["pause": .map(["duration": .plain("\(seconds)s")])]),
          ])
        ])
      ])
    case .blueGreen:
      needRollouts()
      if plan.ports.isEmpty { report.lose("rollout", "without 'ports' there is no address to switch over") }
      return .map(["blueGreen": .map(["activeService": .plain(plan.name)])])
    }
  }

  private mutating func needRollouts() {
    need("Argo Rollouts, whose kind Rollout is; it goes by time and by probes, and measures no errors or latency")
  }

  /// The name under which pods are found: a service's ports, or the numbered workers of a job.
  var portService: KubernetesObject? {
    let ports = plan.ports.map { port -> ComposePlan.Value in
      .map([
        "name": .plain(Self.name(port)), "port": .integer(port.number), "targetPort": .integer(port.number),
        "protocol": .plain(port.isUDP ? "UDP" : "TCP"),
      ])
    }
    if plan.kind == .service {
      guard !ports.isEmpty else { return nil }
      let names: [ComposePlan.Entry] = [.init(Self.nameLabel, .plain(plan.name))]
      return KubernetesObject(
        "v1", "Service", plan.name, labels: labels,
        spec: [.init("type", .plain("ClusterIP")), .init("selector", .mapping(names)), .init("ports", .list(ports))])
    }
    guard hasHostNames else { return nil }
    var spec: [ComposePlan.Entry] = [
      .init("clusterIP", .plain("None")),
      // Workers look for one another before all of them are ready.
      .init("publishNotReadyAddresses", .bool(true)),
      .init("selector", .mapping([.init(Self.idLabel, .plain(plan.id))])),
    ]
    if !ports.isEmpty { spec.append(.init("ports", .list(ports))) }
    return KubernetesObject("v1", "Service", jobName, labels: labels, spec: spec)
  }

  /// Whether workers are found by names of their own: `NAME-0.NAME`.
  var hasHostNames: Bool { plan.kind == .job && plan.workers.isIndexed && plan.workers.count > 1 }

  static func name(_ port: WorkloadPlan.Port) -> String {
    port.name ?? "\(port.isUDP ? "udp" : "tcp")-\(port.number)"
  }
}
