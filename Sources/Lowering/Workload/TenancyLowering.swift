import AST
package import Diagnostics
package import IR
import Parser
package import Source

/// Checks a tenancy, and counts workloads against it.
package struct TenancyLowering {
  private var bag = DiagnosticBag()
  private var tenancy = Tenancy()

  /// The tenancy of a file; nil where there are errors.
  package static func lower(_ file: SourceFile, into bag: inout DiagnosticBag) -> Tenancy? {
    var found = DiagnosticBag()
    let declaration = TenancyParser.parse(file, into: &found)
    var lowering = TenancyLowering()
    if let declaration { lowering.read(declaration.fields) }
    found.add(contentsOf: lowering.bag)
    bag.add(contentsOf: found)
    return found.hasErrors || declaration == nil ? nil : lowering.tenancy
  }

  private mutating func read(_ fields: RulesetRecord) {
    var tenants: [String: Location] = [:]
    var namespaces: [String: Location] = [:]
    for (index, record) in (fields["tenants"]?.records ?? []).enumerated() {
      guard let name = record["name"], let text = name.text, check(name, "tenant", &tenants) else { continue }
      let path = "tenants[\(index)]"
      var tenant = Tenancy.Tenant(name: text, namespaces: [], quota: quota(record["quota"], "\(path).quota"))
      tenancy.origins[path] = name.location
      for (number, part) in (record["namespaces"]?.records ?? []).enumerated() {
        guard let name = part["name"], let text = name.text, check(name, "namespace", &namespaces) else { continue }
        tenant.namespaces.append(
          .init(name: text, quota: quota(part["quota"], "\(path).namespaces[\(number)].quota")))
      }
      if record["namespaces"] == nil, check(name, "namespace", &namespaces) {
        tenant.namespaces = [.init(name: text)]
      }
      tenant.roles = roles(record["roles"]?.record)
      if let place = record["quota"]?.location { checkSum(tenant, place) }
      tenancy.tenants.append(tenant)
    }
  }

  private mutating func check(_ name: RulesetValue, _ what: String, _ seen: inout [String: Location]) -> Bool {
    let text = name.text ?? ""
    if let problem = WorkloadLowering.problem(ofName: text) {
      bag.report(TenancyRules.name, at: name.location, "the \(what)'s name '\(text)' \(problem)")
      return false
    }
    if text.utf8.starts(with: "kube-".utf8) || text.utf8.elementsEqual("default".utf8) {
      bag.report(TenancyRules.name, at: name.location, "'\(text)' is Kubernetes' own", help: "use another name")
      return false
    }
    if let first = seen[text] {
      bag.report(
        TenancyRules.twice, at: name.location, "the \(what) '\(text)' is there already",
        labels: [.init(first, "first given here")])
      return false
    }
    seen[text] = name.location
    return true
  }

  private mutating func quota(_ value: RulesetValue?, _ path: String) -> Tenancy.Quota {
    var quota = Tenancy.Quota()
    guard let value, let record = value.record else { return quota }
    tenancy.origins[path] = value.location
    for field in record.fields { tenancy.origins["\(path).\(field.key)"] = field.location }
    if let gpus = record["gpus"]?.record {
      quota.gpus = .init(
        count: gpus["count"]?.integer ?? 0, maker: gpus["maker"]?.text.flatMap { GPUType.Vendor(rawValue: $0) },
        way: gpus["by"]?.text.flatMap { Tenancy.GPULimit.Way(rawValue: $0) })
    }
    quota.cores = record["cpu"]?.integer
    quota.workloads = record["workloads"]?.integer
    quota.memory = size(record["memory"])
    quota.storage = size(record["storage"])
    return quota
  }

  private mutating func size(_ value: RulesetValue?) -> Int? {
    guard let value, let text = value.text else { return nil }
    guard let size = WorkloadQuantity.mebibytes(text), 1...1_099_511_627_776 ~= size else {
      bag.report(
        TenancyRules.quantity, at: value.location, "'\(text)' is no size", help: "write 512GiB or 2TiB")
      return nil
    }
    return size
  }

  private mutating func roles(_ record: RulesetRecord?) -> [Tenancy.Role: [String]] {
    var roles: [Tenancy.Role: [String]] = [:]
    var seen: [String: Location] = [:]
    for role in Tenancy.Role.allCases {
      for group in record?.texts(role.rawValue) ?? [] {
        let bytes = Array(group.value.utf8)
        let isName = !bytes.isEmpty && bytes.count <= 253 && bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        if !isName || group.value.utf8.starts(with: "system:".utf8) {
          bag.report(
            TenancyRules.name, at: group.location,
            isName ? "the group '\(group.value)' is Kubernetes' own" : "'\(group.value)' is no group's name",
            help: "name a group of the cluster's identity provider")
        } else if let first = seen[group.value] {
          bag.report(
            TenancyRules.twice, at: group.location, "the group '\(group.value)' has a role here already",
            help: "give it the stronger one alone", labels: [.init(first, "first given here")])
        } else {
          seen[group.value] = group.location
          roles[role, default: []].append(group.value)
        }
      }
    }
    return roles
  }

  /// Reports limits of namespaces that make more together than their tenant's.
  private mutating func checkSum(_ tenant: Tenancy.Tenant, _ place: Location) {
    let kinds: [(String, (Tenancy.Quota) -> Int?)] = [
      ("GPUs", { $0.gpus?.count }), ("cores", { $0.cores }), ("MiB of memory", { $0.memory }),
      ("workloads", { $0.workloads }), ("MiB of storage", { $0.storage }),
    ]
    for (what, limit) in kinds {
      guard let most = limit(tenant.quota) else { continue }
      let sum = tenant.namespaces.compactMap { limit($0.quota) }.reduce(0, +)
      if sum > most {
        bag.report(
          TenancyRules.quota, at: place, "the namespaces of '\(tenant.name)' may have \(sum) \(what), and it \(most)",
          help: "lower theirs, or raise its own")
      }
    }
  }
}

extension TenancyLowering {
  /// Reports what workloads want beyond a limit, at the first that is too much.
  package static func count(
    _ plans: [WorkloadPlan], against quota: Tenancy.Quota, of owner: String, into bag: inout DiagnosticBag
  ) {
    let kinds: [(field: String, what: String, limit: Int?, use: (Tenancy.Usage) -> Int)] = [
      ("gpus", "GPUs", quota.gpus?.count, { $0.gpus }), ("cpu", "cores", quota.cores, { $0.cores }),
      ("memory", "MiB of memory", quota.memory, { $0.memory }),
      ("name", "workloads", quota.workloads, { $0.workloads }),
    ]
    var usage = Tenancy.Usage()
    var isOver: Set<String> = []
    for plan in plans {
      usage.add(plan)
      if let wanted = quota.gpus?.way, let way = Tenancy.way(of: plan), way != wanted,
        let place = plan.origins["gpus"] ?? plan.origins["name"]
      {
        bag.report(
          TenancyRules.overQuota, at: place,
          wanted == .claim
            ? "'\(owner)' may have GPUs by claims, and a bare number is none"
            : "'\(owner)' may have GPUs by their number, and these are asked for by a claim",
          help: wanted == .claim ? "say their 'type'" : "write the number alone")
      }
      for kind in kinds where !isOver.contains(kind.field) {
        guard let limit = kind.limit, kind.use(usage) > limit else { continue }
        isOver.insert(kind.field)
        guard
          let place = plan.origins[kind.field] ?? plan.origins["name"]
            ?? plan.origins.values.min(by: { $0.range < $1.range })
        else { continue }
        let all = plans.reduce(into: Tenancy.Usage()) { $0.add($1) }
        bag.report(
          TenancyRules.overQuota, at: place,
          "'\(owner)' may have \(limit) \(kind.what), and these workloads want \(kind.use(all))",
          help: "with '\(plan.name)' it is \(kind.use(usage))")
      }
    }
  }
}
