import IR

/// How a workload waits, and who gives way to whom.
extension KubernetesWriter {
  /// The class of its priority: a value never changes in Kubernetes, so that it is part of the name.
  var priorityClassName: String {
    Self.name(ofClass: plan.queueing.priorityClass, plan.queueing.priority, preempts: plan.queueing.preempts)
  }

  private static func name(ofClass name: String, _ value: Int, preempts: Bool) -> String {
    "claw-\(name)-\(value)" + (preempts ? "-preempts" : "")
  }

  var priorityClass: KubernetesObject {
    Self.priorityClass(
      plan.queueing.priorityClass, plan.queueing.priority, preempts: plan.queueing.preempts)
  }

  static func priorityClass(_ name: String, _ value: Int, preempts: Bool) -> KubernetesObject {
    KubernetesObject(
      "scheduling.k8s.io/v1", "PriorityClass", Self.name(ofClass: name, value, preempts: preempts),
      [
        .init("value", .integer(value)), .init("globalDefault", .bool(false)),
        // This restrains whoever comes later; what stands already can't be protected.
        .init("preemptionPolicy", .plain(preempts ? "PreemptLowerPriority" : "Never")),
        .init("description", .plain("claw's class \(name), \(value) of 1000")),
      ])
  }

  /// The label that Kueue looks at.
  var queueLabels: [ComposePlan.Entry] {
    plan.queueing.queue.map { [.init("kueue.x-k8s.io/queue-name", .plain($0))] } ?? []
  }

  mutating func checkQueueing() {
    if plan.queueing.queue != nil {
      report.lose("queue", "Kubernetes has no queues; where Kueue is, it reads the label that stands here all the same")
    }
    if plan.queueing.isProtected {
      report.lose(
        "preemption.protected", "Kubernetes can forbid a pod to put others out, not others to put it out")
    }
  }
}
