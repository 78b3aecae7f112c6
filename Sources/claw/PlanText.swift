import JSON
import Runtime

/// The plan of `up` or `down`, as people read it: one line for each service, and what goes with it.
enum PlanText {
  private static let marks: [UpPlan.Action: String] = [
    .create: "+", .keep: "=", .start: ">", .recreate: "~", .remove: "-",
  ]

  /// The text.
  ///
  /// - Parameter canKeep: whether there is an option that keeps volumes.
  static func text(_ plan: UpPlan, pod: String, canKeep: Bool = true) -> String {
    let width = plan.steps.map(\.service.count).max() ?? 0
    var text = "plan for \(pod)\n"
    for step in plan.steps {
      let reason = step.reason.map { "  (\($0))" } ?? ""
      text += "  \(marks[step.action] ?? " ") \(step.service.padded(to: width))  \(step.action.rawValue)\(reason)\n"
    }
    let hint = canKeep ? " (keep it with --keep-volumes)" : ""
    for volume in plan.volumes { text += "  - volume \(volume)  remove\(hint)\n" }
    let counts = UpPlan.Action.allCases.compactMap { action -> String? in
      let count = plan.steps.count { $0.action == action }
      return count == 0 ? nil : "\(count) to \(action.rawValue)"
    }
    return text + "  \(counts.isEmpty ? "nothing to do" : counts.joined(separator: ", "))\n"
  }

  /// The plan for programs.
  static func document(_ plan: UpPlan, pod: String) -> String {
    let steps: [JSONValue] = plan.steps.map {
      [
        "service": .string($0.service), "action": .string($0.action.rawValue),
        "reason": $0.reason.map(JSONValue.string) ?? .null,
      ]
    }
    let value: JSONValue = [
      "schema": 1, "pod": .string(pod), "steps": .array(steps),
      "removedVolumes": .array(plan.volumes.map(JSONValue.string)),
    ]
    return value.text(indented: true) + "\n"
  }
}
