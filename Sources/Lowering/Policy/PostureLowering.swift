import AST
import IR

/// Makes a plan of a posture that was checked.
enum PostureLowering {
  static func lower(_ record: RulesetRecord) -> PosturePlan {
    let states = (record["states"]?.record?.fields ?? []).map { field in
      let state = field.value.record
      return PosturePlan.State(
        name: field.key, capabilities: Set((state?.texts("capabilities") ?? []).map(\.value)).sorted(),
        budgets: (state?["budgets"]?.record?.fields ?? []).map { .init(name: $0.key, limit: $0.value.integer ?? 0) }
          .sorted { $0.name < $1.name })
    }
    let transitions = (record["transitions"]?.records ?? []).map { transition in
      let from = transition["from"]?.text
      return PosturePlan.Transition(
        from: from == "*" ? nil : from, to: transition["to"]?.text ?? "", trigger: transition["on"]?.text ?? "",
        after: transition["after"]?.text.flatMap(PostureCheck.seconds))
    }
    return PosturePlan(
      initial: record["initial"]?.text ?? "", states: states.sorted { $0.name < $1.name }, transitions: transitions)
  }
}
