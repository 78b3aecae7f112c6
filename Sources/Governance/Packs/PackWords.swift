import IR

/// Checks in words.
enum PackWords {
  static func of(_ moment: PackExpression.Moment) -> String { "the \(moment.isLast ? "last" : "first") \(moment.type)" }

  static func of(_ expression: PackExpression) -> String {
    switch expression {
    case .all(let parts): parts.map(of).joined(separator: " and ")
    case .any(let parts): parts.map(of).joined(separator: " or ")
    case .not(let part): "not (\(of(part)))"
    case .event(let events): "there is an event of type \(events.type)"
    case .count(let events, let range): "there are events of type \(events.type), \(wanted(range))"
    case .order(let earlier, let later): "\(of(earlier)) is before \(of(later))"
    case .artifacts(_, _, let range): "there are artifacts, \(wanted(range))"
    case .rehash: "all artifacts have the recorded bytes"
    case .verified(let wanted): "the record is \(wanted.rawValue)"
    case .document(let file, _): "the document '\(file)' is as said"
    }
  }

  static func count(_ found: Int) -> String { "\(found) event\(found == 1 ? "" : "s")" }

  static func wanted(_ range: ClosedRange<Int>) -> String {
    if range.upperBound == .max { return "at least \(range.lowerBound) wanted" }
    if range.lowerBound == range.upperBound { return "exactly \(range.lowerBound) wanted" }
    return range.lowerBound == 0
      ? "at most \(range.upperBound) wanted" : "\(range.lowerBound) to \(range.upperBound) wanted"
  }
}
