import IR
import JSON

/// A pack as JSON, with everything said that a file may leave out.
enum PackJSON {
  static func value(_ plan: PackPlan) -> JSONValue {
    var head: [JSONValue.Member] = [.init("id", .string(plan.id)), .init("version", .string(plan.version))]
    if !plan.description.isEmpty { head.append(.init("description", .string(plan.description))) }
    var members: [JSONValue.Member] = [
      .init("pack", .object(head)), .init("applies_to", subjects(plan.subjects)),
      .init("expectations", .array(plan.expectations.map(expectation))),
    ]
    if let condition = plan.condition { members.append(.init("when", expression(condition))) }
    return .object(members)
  }

  private static func subjects(_ kinds: Set<PackSubjectKind>) -> JSONValue {
    .array(PackSubjectKind.allCases.filter(kinds.contains).map { .string($0.rawValue) })
  }

  private static func expectation(_ expectation: PackPlan.Expectation) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .string(expectation.id)), .init("severity", .string(expectation.severity.rawValue)),
      .init("applies_to", subjects(expectation.subjects)), .init("expect", expression(expectation.expression)),
    ]
    if !expectation.description.isEmpty { members.append(.init("description", .string(expectation.description))) }
    return .object(members)
  }

  private static func expression(_ expression: PackExpression) -> JSONValue {
    switch expression {
    case .all(let parts): return ["all": .array(parts.map(self.expression))]
    case .any(let parts): return ["any": .array(parts.map(self.expression))]
    case .not(let part): return ["not": self.expression(part)]
    case .event(let events):
      return [
        "event": .object(
          [.init("type", .string(events.type)), .init("which", .string(events.which.rawValue))]
            + conditions(events.conditions))
      ]
    case .count(let events, let range):
      return ["count": .object([.init("event", .string(events.type))] + conditions(events.conditions) + bounds(range))]
    case .order(let earlier, let later): return ["order": ["earlier": moment(earlier), "later": moment(later)]]
    case .artifacts(let labels, let types, let range):
      var members = bounds(range)
      if !labels.isEmpty { members.append(.init("label_contains", .array(labels.map { .string($0) }))) }
      if !types.isEmpty { members.append(.init("mime", .array(types.map { .string($0) }))) }
      return ["artifacts": .object(members)]
    case .rehash(let least): return ["rehash": ["at_least": JSONValue(least)]]
    case .verified(let verification): return ["verified": .string(verification.rawValue)]
    case .document(let file, let list): return ["document": .object([.init("file", .string(file))] + conditions(list))]
    }
  }

  private static func moment(_ moment: PackExpression.Moment) -> JSONValue {
    .object([.init(moment.isLast ? "last" : "first", .string(moment.type))])
  }

  private static func bounds(_ range: ClosedRange<Int>) -> [JSONValue.Member] {
    var members = [JSONValue.Member("at_least", JSONValue(range.lowerBound))]
    if range.upperBound != .max { members.append(.init("at_most", JSONValue(range.upperBound))) }
    return members
  }

  private static func conditions(_ list: [PackExpression.FieldCondition]) -> [JSONValue.Member] {
    guard !list.isEmpty else { return [] }
    let values = list.map { condition -> JSONValue in
      let demand: JSONValue.Member
      switch condition.demand {
      case .nonEmpty: demand = .init("is", "non-empty")
      case .present: demand = .init("is", "present")
      case .absent: demand = .init("is", "absent")
      case .oneOf(let texts): demand = .init("one_of", .array(texts.map { .string($0) }))
      }
      return .object([.init("field", .string(condition.pointer)), demand])
    }
    return [.init("where", .array(values))]
  }
}
