package import IR

/// Writes a tenancy for Kubernetes: namespaces whose pods are restricted and reach nobody, quotas, roles and who has them.
package enum TenancyEmitter {
  /// The file, and what of the tenancy is lost.
  ///
  /// - Parameter minor: the version is 1.`minor`.
  /// - Parameter waived: the fields that may be lost.
  /// - Parameter classes: the priority classes that workloads may name, which tenants can't make themselves.
  package static func emit(
    _ tenancy: Tenancy, minor: Int, waived: Set<String>, classes: [(name: String, value: Int)]
  ) -> EmittedWorkload {
    var losses: [WorkloadLoss] = []
    var objects = classes.flatMap { name, value in
      [false, true].map { KubernetesWriter.priorityClass(name, value, preempts: $0) }
    }
    for (index, tenant) in tenancy.tenants.enumerated() {
      checkLosses(tenant, "tenants[\(index)]", &losses)
      for namespace in tenant.namespaces { objects += self.objects(namespace, of: tenant, minor) }
    }
    objects += clusterRoles(tenancy)
    let head =
      ["Written by claw from a tenancy; edit that, not this.", "for Kubernetes 1.\(minor)"]
      + losses.filter { waived.contains($0.field) }.map { "waived: \($0.field): \($0.reason)" }
    return EmittedWorkload(
      files: [.init(name: "tenancy.kubernetes.yml", bytes: KubernetesObject.file(objects, head: head))],
      losses: losses)
  }

  // MARK: Losses

  private static func checkLosses(_ tenant: Tenancy.Tenant, _ path: String, _ losses: inout [WorkloadLoss]) {
    for (number, namespace) in tenant.namespaces.enumerated() {
      guard let gpus = tenant.quota(of: namespace).gpus, gpus.count > 0, gpus.maker == nil || gpus.way == nil else {
        continue
      }
      let field = namespace.quota.gpus == nil ? "\(path).quota.gpus" : "\(path).namespaces[\(number)].quota.gpus"
      let loss = WorkloadLoss(
        field,
        "Kubernetes counts each maker's GPUs, and claims and bare numbers, apart: say 'maker' and 'by', or each has that limit"
      )
      if !losses.contains(loss) { losses.append(loss) }
    }
    guard tenant.namespaces.count > 1 else { return }
    let kinds: [(String, (Tenancy.Quota) -> Bool)] = [
      ("gpus", { $0.gpus != nil }), ("cpu", { $0.cores != nil }), ("memory", { $0.memory != nil }),
      ("workloads", { $0.workloads != nil }), ("storage", { $0.storage != nil }),
    ]
    for (key, isLimited) in kinds
    where isLimited(tenant.quota) && !tenant.namespaces.allSatisfy({ isLimited($0.quota) }) {
      losses.append(
        .init(
          "\(path).quota.\(key)",
          "Kubernetes counts in each namespace by itself: share it out among the tenant's namespaces"))
    }
  }

  // MARK: A namespace

  private static let tenantLabel = "claw.tenant/name"

  private static func objects(
    _ namespace: Tenancy.Namespace, of tenant: Tenancy.Tenant, _ minor: Int
  ) -> [KubernetesObject] {
    let label = ComposePlan.Entry(tenantLabel, .plain(tenant.name))
    let security = ["enforce", "warn", "audit"].flatMap { mode -> [ComposePlan.Entry] in
      [
        .init("pod-security.kubernetes.io/\(mode)", .plain("restricted")),
        .init("pod-security.kubernetes.io/\(mode)-version", .plain("v1.\(minor)")),
      ]
    }
    var objects = [
      KubernetesObject("v1", "Namespace", namespace.name, labels: [label] + security, []),
      // What a workload may reach, its own policy says; whatever has none reaches nothing.
      KubernetesObject(
        "networking.k8s.io/v1", "NetworkPolicy", "default-deny", namespace: namespace.name, labels: [label],
        spec: [.init("podSelector", .map([:])), .init("policyTypes", .plains(["Ingress", "Egress"]))]),
    ]
    let hard = hard(tenant.quota(of: namespace))
    if !hard.isEmpty {
      objects.append(
        KubernetesObject(
          "v1", "ResourceQuota", "claw", namespace: namespace.name, labels: [label],
          spec: [.init("hard", .mapping(hard))]))
    }
    for role in Tenancy.Role.allCases {
      guard let groups = tenant.roles[role], !groups.isEmpty else { continue }
      let name = "claw-\(role.rawValue)"
      objects.append(
        KubernetesObject(
          "rbac.authorization.k8s.io/v1", "Role", name, namespace: namespace.name, labels: [label],
          [.init("rules", .list(rules(role)))]))
      objects.append(
        KubernetesObject(
          "rbac.authorization.k8s.io/v1", "RoleBinding", name, namespace: namespace.name, labels: [label],
          [.init("roleRef", reference("Role", name)), .init("subjects", subjects(groups))]))
    }
    return objects
  }

  private static func hard(_ quota: Tenancy.Quota) -> [ComposePlan.Entry] {
    var hard: [(String, String)] = []
    if let cores = quota.cores { hard += [("requests.cpu", "\(cores)"), ("limits.cpu", "\(cores)")] }
    if let memory = quota.memory {
      hard += [("requests.memory", "\(memory)Mi"), ("limits.memory", "\(memory)Mi")]
    }
    if let gpus = quota.gpus {
      for (maker, way, key) in counts {
        let isMeant = gpus.maker ?? maker == maker && gpus.way ?? way == way
        hard.append((key, String(isMeant ? gpus.count : 0)))
      }
    }
    if let workloads = quota.workloads {
      // Every workload has one policy of the network, whatever else it is made of; 'default-deny' is one more.
      hard += [
        ("count/jobs.batch", "\(workloads)"), ("count/deployments.apps", "\(workloads)"),
        ("count/networkpolicies.networking.k8s.io", "\(workloads + 1)"),
      ]
    }
    if let storage = quota.storage { hard.append(("requests.storage", "\(storage)Mi")) }
    return hard.map { .init($0.0, .plain($0.1)) }
  }

  /// What Kubernetes counts of GPUs.
  private static let counts: [(GPUType.Vendor, Tenancy.GPULimit.Way, String)] = [
    (.nvidia, .number, "requests.nvidia.com/gpu"), (.amd, .number, "requests.amd.com/gpu"),
    (.nvidia, .claim, "gpu.nvidia.com.deviceclass.resource.k8s.io/devices"),
    (.amd, .claim, "gpu.amd.com.deviceclass.resource.k8s.io/devices"),
  ]

  // MARK: Roles

  private static let look = ["get", "list", "watch"]
  private static let change = ["get", "list", "watch", "create", "update", "patch", "delete"]

  /// Kinds of which workloads are made, by their group.
  private static let workloads: [(String, [String])] = [
    ("", ["services"]), ("apps", ["deployments"]), ("autoscaling", ["horizontalpodautoscalers"]),
    ("batch", ["jobs"]), ("keda.sh", ["scaledobjects"]), ("networking.k8s.io", ["networkpolicies"]),
    ("resource.k8s.io", ["resourceclaimtemplates"]), ("scheduling.k8s.io", ["podgroups"]),
  ]

  private static func rules(_ role: Tenancy.Role) -> [ComposePlan.Value] {
    let seen: [(String, [String])] = [
      ("", ["pods", "pods/log", "events", "persistentvolumeclaims", "resourcequotas"]),
      ("apps", ["replicasets"]), ("resource.k8s.io", ["resourceclaims"]),
    ]
    var rules = seen.map { rule($0.0, $0.1, look) }
    rules += workloads.map { rule($0.0, $0.1, role == .readonly ? look : change) }
    switch role {
    case .readonly: break
    case .operator: rules.append(rule("", ["pods"], ["delete"]))
    case .admin:
      rules.append(rule("", ["pods"], ["delete"]))
      rules.append(rule("", ["pods/exec", "pods/portforward"], ["create", "get"]))
      rules.append(rule("", ["configmaps", "persistentvolumeclaims", "secrets"], change))
    }
    return rules
  }

  private static func rule(_ group: String, _ resources: [String], _ verbs: [String]) -> ComposePlan.Value {
    .map(["apiGroups": .plains([group]), "resources": .plains(resources), "verbs": .plains(verbs)])
  }

  private static func reference(_ kind: String, _ name: String) -> ComposePlan.Value {
    .map(["apiGroup": .plain("rbac.authorization.k8s.io"), "kind": .plain(kind), "name": .plain(name)])
  }

  private static func subjects(_ groups: [String]) -> ComposePlan.Value {
    .list(
      groups.map {
        .map(["apiGroup": .plain("rbac.authorization.k8s.io"), "kind": .plain("Group"), "name": .plain($0)])
      })
  }

  /// What every tenant may look at beside its namespaces: nodes, and the classes that its workloads name.
  private static func clusterRoles(_ tenancy: Tenancy) -> [KubernetesObject] {
    let name = "claw-tenants"
    let bindings = tenancy.tenants.compactMap { tenant -> KubernetesObject? in
      var groups: [String] = []
      for role in Tenancy.Role.allCases {
        for group in tenant.roles[role] ?? [] where !groups.contains(group) { groups.append(group) }
      }
      guard !groups.isEmpty else { return nil }
      // One for each tenant: another file's tenants keep theirs.
      return KubernetesObject(
        "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "claw-tenant-\(tenant.name)",
        [.init("roleRef", reference("ClusterRole", name)), .init("subjects", subjects(groups))])
    }
    guard !bindings.isEmpty else { return [] }
    return [
      KubernetesObject(
        "rbac.authorization.k8s.io/v1", "ClusterRole", name,
        [
          .init(
            "rules",
            .list([
              rule("", ["nodes"], look), rule("scheduling.k8s.io", ["priorityclasses"], look),
              rule("resource.k8s.io", ["deviceclasses", "resourceslices"], look),
            ]))
        ])
    ] + bindings
  }
}
