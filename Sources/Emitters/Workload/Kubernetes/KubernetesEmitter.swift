package import IR

/// Writes a workload for Kubernetes, with the kinds that its version has by itself.
///
/// A job becomes a Job, whose name is the workload's id, since Jobs don't change; a service a Deployment, whose name is the
/// workload's, so that a new version takes the old one's place. Every object carries the workload's id as a label.
enum KubernetesEmitter {
  static func emit(_ plan: WorkloadPlan, minor: Int, waived: Set<String>) -> EmittedWorkload {
    var writer = KubernetesWriter(plan, minor: minor)
    let objects = writer.objects()
    let bytes = KubernetesObject.file(
      objects,
      head: writer.report.head(waived: waived) + ["for Kubernetes 1.\(minor)"] + writer.needs.map { "needs: \($0)" })
    return EmittedWorkload(
      files: [.init(name: "\(plan.name).kubernetes.yml", bytes: bytes)], losses: writer.report.losses)
  }
}

extension WorkloadEmitter {
  /// The kinds of objects that belong to a workload alone, as kubectl's words for them: what goes when it is cancelled.
  package static func kubernetesKinds(_ plan: WorkloadPlan, minor: Int) -> [String] {
    var writer = KubernetesWriter(plan, minor: minor)
    var kinds: [String] = []
    for object in writer.objects() where object.kind != "PriorityClass" {
      let group = object.apiVersion.utf8.split(separator: 0x2F)
      let word = object.kind.lowercased()
      let name = group.count == 2 ? "\(word).\(Substring(group[1])).\(Substring(group[0]))" : word
      if !kinds.contains(name) { kinds.append(name) }
    }
    return kinds
  }
}

/// Collects what a workload becomes, and what of it is lost.
struct KubernetesWriter {
  let plan: WorkloadPlan
  /// The version is 1.`minor`.
  let minor: Int
  var report: LossReport
  /// What a cluster must have beside the version, for the head of the file.
  private(set) var needs: [String] = []

  init(_ plan: WorkloadPlan, minor: Int) {
    self.plan = plan
    self.minor = minor
    report = LossReport(plan)
  }

  /// Says what a cluster must have.
  mutating func need(_ text: String) { if !needs.contains(text) { needs.append(text) } }

  /// The objects, in the order in which they are applied.
  mutating func objects() -> [KubernetesObject] {
    checkQueueing()
    var objects = [priorityClass, networkPolicy]
    let claim = gpuClaim()
    if let template = claim.template { objects.append(template) }
    if let group = podGroup() { objects.append(group) }
    if let service = portService { objects.append(service) }
    let pod = podTemplate(claim)
    objects.append(plan.kind == .job ? job(pod) : deployment(pod))
    if let scaler = scaler() { objects.append(scaler) }
    return objects
  }

  // MARK: Names and labels

  static let idLabel = "claw.workload/id"
  static let nameLabel = "claw.workload/name"

  var labels: [ComposePlan.Entry] {
    [.init(Self.idLabel, .plain(plan.id)), .init(Self.nameLabel, .plain(plan.name))]
  }

  /// The label that finds the pods, in whatever version of a service.
  var selector: ComposePlan.Value {
    .map([
      "matchLabels": plan.kind == .job
        ? .map([Self.idLabel: .plain(plan.id)]) : .map([Self.nameLabel: .plain(plan.name)])
    ])
  }

  /// The label that finds the pods of this version.
  var versionSelector: ComposePlan.Value { .map(["matchLabels": .map([Self.idLabel: .plain(plan.id)])]) }

  /// The name of what there is once for a workload, in whatever version of a service.
  var objectName: String { plan.kind == .job ? jobName : plan.name }

  /// The name of what can't be changed, and so is another for every version: the id, if the host names of numbered
  /// workers that are made of it still fit.
  var jobName: String {
    guard plan.kind == .job, plan.workers.isIndexed else { return plan.id }
    let room = 63 - 1 - String(plan.workers.count - 1).utf8.count
    guard plan.id.utf8.count > room, let hyphen = plan.id.utf8.lastIndex(of: 0x2D) else { return plan.id }
    let digest = plan.id[hyphen...]
    var name = String(plan.id[..<hyphen].prefix(room - digest.utf8.count))
    while name.utf8.last == 0x2D { name.removeLast() }
    return name + digest
  }
}
