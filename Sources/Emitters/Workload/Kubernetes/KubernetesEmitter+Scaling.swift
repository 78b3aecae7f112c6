import IR

/// How many workers a service has by its load.
extension KubernetesWriter {
  mutating func scaler() -> KubernetesObject? {
    guard plan.kind == .service, let scaling = plan.scaling else { return nil }
    if plan.workers.gang > 1 {
      report.lose("scaling", "a gang runs as a whole, so that the number of its workers is fixed")
      return nil
    }
    let behavior = ComposePlan.Value.map([
      "scaleUp": .map(["stabilizationWindowSeconds": .integer(scaling.upAfter)]),
      "scaleDown": .map(["stabilizationWindowSeconds": .integer(scaling.downAfter)]),
    ])
    let metric: ComposePlan.Value
    switch scaling.measure {
    case .cpu(let percent): metric = Self.resource("cpu", percent)
    case .memory(let percent): metric = Self.resource("memory", percent)
    case .metric(let name, let value):
      need("a server of the API custom.metrics.k8s.io that has '\(name)' of each pod")
      metric = .map([
        "type": .plain("Pods"),
        "pods": .map([
          "metric": .map(["name": .plain(name)]),
          "target": .map(["type": .plain("AverageValue"), "averageValue": .plain(String(value))]),
        ]),
      ])
    case .query(let expression, let value, let server):
      need("KEDA, whose kind ScaledObject is")
      return query(scaling, expression, value, server, behavior)
    }
    return KubernetesObject(
      "autoscaling/v2", "HorizontalPodAutoscaler", plan.name, labels: labels,
      spec: [
        .init("scaleTargetRef", target),
        .init("minReplicas", .integer(scaling.minimum)), .init("maxReplicas", .integer(scaling.maximum)),
        .init("metrics", .list([metric])), .init("behavior", behavior),
      ])
  }

  /// What gets the number of workers.
  private var target: ComposePlan.Value {
    .map(["apiVersion": .plain(controller.apiVersion), "kind": .plain(controller.kind), "name": .plain(plan.name)])
  }

  private static func resource(_ name: String, _ percent: Int) -> ComposePlan.Value {
    .map([
      "type": .plain("Resource"),
      "resource": .map([
        "name": .plain(name), "target": .map(["type": .plain("Utilization"), "averageUtilization": .integer(percent)]),
      ]),
    ])
  }

  /// KEDA asks Prometheus; Kubernetes' own autoscaler can't.
  private func query(
    _ scaling: Scaling, _ expression: String, _ value: Int, _ server: String, _ behavior: ComposePlan.Value
  ) -> KubernetesObject {
    let trigger = ComposePlan.Value.map([
      "type": .plain("prometheus"), "metricType": .plain("AverageValue"),
      "metadata": .map([
        "serverAddress": .plain(server), "query": .plain(expression), "threshold": .plain(String(value)),
      ]),
    ])
    return KubernetesObject(
      "keda.sh/v1alpha1", "ScaledObject", plan.name, labels: labels,
      spec: [
        .init("scaleTargetRef", target),
        .init("minReplicaCount", .integer(scaling.minimum)), .init("maxReplicaCount", .integer(scaling.maximum)),
        .init("advanced", .map(["horizontalPodAutoscalerConfig": .map(["behavior": behavior])])),
        .init("triggers", .list([trigger])),
      ])
  }
}
