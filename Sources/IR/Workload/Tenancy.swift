package import Source

/// Who shares a cluster, how much each may have, and who may do what.
package struct Tenancy: Sendable {
  package var tenants: [Tenant]
  /// Where each part stands, by its path (`tenants[0].quota.gpus`), for findings of emitters.
  package var origins: [String: Location] = [:]

  /// Joins the parts.
  package init(tenants: [Tenant] = []) { self.tenants = tenants }

  /// One of those.
  package struct Tenant: Sendable, Hashable {
    package var name: String
    package var namespaces: [Namespace]
    /// The most that it may have in all its namespaces.
    package var quota: Quota
    /// Groups, by role.
    package var roles: [Role: [String]]

    /// Joins the parts.
    package init(name: String, namespaces: [Namespace], quota: Quota = Quota(), roles: [Role: [String]] = [:]) {
      self.name = name
      self.namespaces = namespaces
      self.quota = quota
      self.roles = roles
    }

    /// The most that it may have in a namespace: the smaller of the two limits of each kind.
    package func quota(of namespace: Namespace) -> Quota { quota.minimum(namespace.quota) }
  }

  /// A part of a cluster.
  package struct Namespace: Sendable, Hashable {
    package var name: String
    package var quota: Quota

    /// Joins the two.
    package init(name: String, quota: Quota = Quota()) {
      self.name = name
      self.quota = quota
    }
  }

  /// What people may do.
  package enum Role: String, Sendable, CaseIterable {
    case admin
    case `operator`
    case readonly
  }

  /// Limits; nil for none.
  package struct Quota: Sendable, Hashable {
    package var gpus: GPULimit?
    /// Cores.
    package var cores: Int?
    /// In MiB.
    package var memory: Int?
    package var workloads: Int?
    /// Of volumes, in MiB.
    package var storage: Int?

    /// No limits.
    package init() {}

    /// Whether nothing is limited.
    package var isEmpty: Bool { self == Quota() }

    func minimum(_ other: Quota) -> Quota {
      func smaller(_ one: Int?, _ two: Int?) -> Int? { [one, two].compactMap { $0 }.min() }
      var result = Quota()
      result.cores = smaller(cores, other.cores)
      result.memory = smaller(memory, other.memory)
      result.workloads = smaller(workloads, other.workloads)
      result.storage = smaller(storage, other.storage)
      switch (gpus, other.gpus) {
      case (let one?, let two?):
        // GPUs that are one maker's and another's are none.
        let isNone =
          (one.maker.map { $0 != two.maker ?? $0 } ?? false) || (one.way.map { $0 != two.way ?? $0 } ?? false)
        result.gpus = GPULimit(
          count: isNone ? 0 : min(one.count, two.count), maker: two.maker ?? one.maker, way: two.way ?? one.way)
      case (let one, let two): result.gpus = two ?? one
      }
      return result
    }
  }

  /// The most GPUs.
  package struct GPULimit: Sendable, Hashable {
    package var count: Int
    /// Whose they are; nil for any.
    package var maker: GPUType.Vendor?
    /// How they are asked for; nil for any way.
    package var way: Way?

    /// Joins the parts.
    package init(count: Int, maker: GPUType.Vendor? = nil, way: Way? = nil) {
      self.count = count
      self.maker = maker
      self.way = way
    }

    /// How GPUs are asked for.
    package enum Way: String, Sendable {
      case number
      case claim
    }
  }

  /// What a namespace's quota takes a workload's GPUs for; nil for a workload without any.
  package static func way(of plan: WorkloadPlan) -> GPULimit.Way? {
    guard let first = plan.gpus.first else { return nil }
    let isBare = first.type == nil && first.memory == nil && first.model == nil && first.selector == nil
    return plan.gpus.count == 1 && isBare ? .number : .claim
  }

  /// What workloads have at the most, all at the same moment.
  package struct Usage: Sendable, Hashable {
    package var gpus = 0
    package var cores = 0
    package var memory = 0
    package var workloads = 0

    /// Nothing.
    package init() {}

    /// Adds a workload.
    package mutating func add(_ plan: WorkloadPlan) {
      let workers = max(plan.workers.parallelism, plan.scaling?.maximum ?? 0)
      gpus += workers * (plan.gpus.map(\.count).max() ?? 0)
      cores += workers * plan.cores
      memory += workers * plan.memory
      workloads += 1
    }
  }
}
