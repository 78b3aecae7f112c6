import Cllama
import JSON

/// What denied, took away or changed something in the last day, and why: equal ones counted.
struct DenialList: Sendable {
  private struct Key: Hashable {
    var claw: String?
    var by: String
    var rule: String?
    var verdict: String
    var reason: String?
  }

  private static let limit = 1_000
  private static let day = 86_400_000
  private var calls: [Call] = []

  mutating func add(_ fresh: some Sequence<Call>) {
    for call in fresh where call.isIntervention {
      // A refusal, and the verdict at the end, repeat what a stage said already.
      let isRepeated =
        call.kind != .intervention && call.call != nil
        && calls.suffix(50).contains { $0.call == call.call && $0.verdict == "deny" }
      if !isRepeated { calls.append(call) }
    }
    if calls.count > Self.limit { calls.removeFirst(calls.count - Self.limit) }
  }

  /// The groups, most frequent first.
  func document(now: Int) -> JSONValue {
    var groups: [Key: [Call]] = [:]
    for call in calls where call.time >= now - Self.day {
      let key = Key(claw: call.claw, by: call.by, rule: call.rule, verdict: call.verdict, reason: call.reason)
      groups[key, default: []].append(call)
    }
    let rows = groups.values.compactMap { group -> (Call, Call, Int)? in
      guard let first = group.first, let last = group.last else { return nil }
      return (first, last, group.count)
    }
    let sorted = rows.sorted { ($0.2, $0.1.time, $0.1.number) > ($1.2, $1.1.time, $1.1.number) }
    return .array(
      sorted.prefix(200).map { first, last, count in
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
          "claw": text(last.claw), "by": .string(last.by), "rule": text(last.rule), "verdict": .string(last.verdict),
          "reason": text(last.reason), "subject": text(last.subject ?? last.what), "count": JSONValue(count),
          "first": .string(RecordTime.text(first.time)), "last": .string(RecordTime.text(last.time)),
        ]
      })
  }
}
