import IR

/// Workers that run together, and where they stand.
extension KubernetesWriter {
  /// The version of the API of groups of pods; nil where there is none that these manifests are made for.
  private var groupVersion: String? {
    switch minor {
    case ...35: nil
    case 36: "v1alpha2"
    default: "v1beta1"
    }
  }

  private var isGang: Bool { plan.workers.gang > 1 }

  private var hasGroup: Bool { isGang && groupVersion != nil }

  mutating func podGroup() -> KubernetesObject? {
    guard isGang else { return nil }
    guard let version = groupVersion else {
      report.lose(
        "workers.gang", "Kubernetes 1.\(minor) starts each pod as soon as it fits; groups of pods came with 1.36")
      return nil
    }
    need("the API scheduling.k8s.io/\(version) and its feature gate GenericWorkload")
    var spec: [ComposePlan.Entry] = [
      .init("schedulingPolicy", .map(["gang": .map(["minCount": .integer(plan.workers.gang)])])),
      .init("priorityClassName", .plain(priorityClassName)),
      // A gang of which one is put out is of no use.
      .init("disruptionMode", minor == 36 ? .plain("PodGroup") : .map(["all": .map([:])])),
    ]
    if let key = strictKey {
      need("the feature gate TopologyAwareWorkloadScheduling")
      spec.append(
        .init("schedulingConstraints", .map(["topology": .list([.map(["key": .plain(key)])])])))
    }
    return KubernetesObject("scheduling.k8s.io/\(version)", "PodGroup", jobName, labels: labels, spec: spec)
  }

  var schedulingGroup: ComposePlan.Value? { hasGroup ? .map(["podGroupName": .plain(jobName)]) : nil }

  /// The label of nodes for the level that workers must share.
  private var strictKey: String? {
    plan.placement.isStrict ? plan.placement.within.flatMap { Self.levels[$0] } : nil
  }

  private static let levels = [
    "region": "topology.kubernetes.io/region", "zone": "topology.kubernetes.io/zone",
    "rack": "topology.kubernetes.io/rack", "node": "kubernetes.io/hostname",
  ]

  /// Where pods may stand.
  mutating func placement() -> [ComposePlan.Entry] {
    var entries: [ComposePlan.Entry] = []
    let labels = plan.placement.nodeLabels.map { ComposePlan.Entry($0.key, .plain($0.value)) }
    if !labels.isEmpty { entries.append(.init("nodeSelector", .mapping(labels))) }
    for condition in plan.placement.conditions where !Self.isImplied(condition) {
      report.lose(
        "placement.conditions", "pods can't look at conditions of nodes, but for those that close a node to all")
    }
    if let affinity = affinity() { entries.append(.init("affinity", affinity)) }
    if let most = plan.placement.workersPerNode, most < plan.workers.count || plan.scaling != nil {
      let spread = ComposePlan.Value.map([
        "maxSkew": .integer(most),
        // While there are fewer nodes than this, the fewest on a node counts as none, and the skew is the number itself.
        "minDomains": .integer(2_147_483_647), "topologyKey": .plain("kubernetes.io/hostname"),
        "whenUnsatisfiable": .plain("DoNotSchedule"), "labelSelector": versionSelector,
      ])
      entries.append(.init("topologySpreadConstraints", .list([spread])))
    }
    return entries
  }

  /// Conditions that a node must be in for it to take any pod of a kind that has limits: others have taints.
  private static func isImplied(_ condition: WorkloadPlan.Condition) -> Bool {
    switch condition.type {
    case "Ready": condition.status == .true
    case "DiskPressure", "PIDPressure", "NetworkUnavailable": condition.status == .false
    default: false
    }
  }

  private mutating func affinity() -> ComposePlan.Value? {
    guard let within = plan.placement.within, plan.workers.count > 1 || plan.scaling != nil else { return nil }
    guard let key = Self.levels[within] else {
      report.lose("placement.within", "nodes of Kubernetes have labels for region, zone, rack and node")
      return nil
    }
    // A group has it in its own constraint.
    if plan.placement.isStrict, hasGroup { return nil }
    let term = ComposePlan.Value.map(["labelSelector": versionSelector, "topologyKey": .plain(key)])
    let rules: ComposePlan.Value
    if plan.placement.isStrict {
      // The first pod finds none, and may stand anywhere, since it is one of those that it asks for.
      rules = .map(["requiredDuringSchedulingIgnoredDuringExecution": .list([term])])
    } else {
      let wish = ComposePlan.Value.map(["weight": .integer(100), "podAffinityTerm": term])
      rules = .map(["preferredDuringSchedulingIgnoredDuringExecution": .list([wish])])
    }
    return .map(["podAffinity": rules])
  }
}
