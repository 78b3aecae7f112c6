import IR
import Runtime

/// The plan of `up`, as people read it: one line for each service, and what goes with it.
enum PlanText {
  private static let marks: [UpPlan.Action: String] = [
    .create: "+", .keep: "=", .start: ">", .recreate: "~", .remove: "-",
  ]

  /// The text.
  static func text(_ plan: UpPlan, pod: PodPlan) -> String {
    let width = plan.steps.map(\.service.count).max() ?? 0
    var text = "plan for \(pod.name)\n"
    for step in plan.steps {
      let reason = step.reason.map { "  (\($0))" } ?? ""
      text += "  \(marks[step.action] ?? " ") \(step.service.padded(to: width))  \(step.action.rawValue)\(reason)\n"
    }
    for volume in plan.volumes { text += "  - volume \(volume)  remove (keep it with --keep-volumes)\n" }
    let counts = UpPlan.Action.allCases.compactMap { action -> String? in
      let count = plan.steps.count { $0.action == action }
      return count == 0 ? nil : "\(count) to \(action.rawValue)"
    }
    return text + "  \(counts.isEmpty ? "nothing to do" : counts.joined(separator: ", "))\n"
  }
}
