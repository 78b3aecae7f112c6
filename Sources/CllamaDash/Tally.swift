import Cllama
import JSON

/// What a claw did in the last day, by minutes.
struct Tally: Sendable {
  private var minutes: [Int: AuditSummary] = [:]

  mutating func add(_ line: AuditRecord.Line) { minutes[line.time / 60_000, default: AuditSummary([])].add(line) }

  /// Forgets what is older than a day.
  mutating func forget(now: Int) {
    let oldest = now / 60_000 - 1_440
    if minutes.contains(where: { $0.key <= oldest }) { minutes = minutes.filter { $0.key > oldest } }
  }

  /// All of the last minutes together.
  func sum(minutes count: Int, now: Int) -> AuditSummary {
    var sum = AuditSummary([])
    for (minute, part) in minutes.sorted(by: { $0.key < $1.key }) where minute > now / 60_000 - count {
      sum.add(part)
    }
    return sum
  }

  /// Requests in each of the last minutes, the oldest first.
  func requests(minutes count: Int, now: Int) -> [Int] {
    let last = now / 60_000
    return (0..<count).map { minutes[last - count + 1 + $0]?.requests ?? 0 }
  }

  func document(now: Int) -> [JSONValue.Member] {
    let day = sum(minutes: 1_440, now: now)
    let hour = sum(minutes: 60, now: now)
    return [
      .init("requestsLastHour", JSONValue(hour.requests)), .init("costLastHour", .string(hour.cost.description)),
      .init("requests", JSONValue(day.requests)), .init("responses", JSONValue(day.responses)),
      .init("errors", JSONValue(day.errors)), .init("refusals", JSONValue(day.refusals)),
      .init("interventions", JSONValue(day.interventions)), .init("tokensIn", JSONValue(day.tokensIn)),
      .init("tokensOut", JSONValue(day.tokensOut)), .init("cost", .string(day.cost.description)),
      .init("unpriced", JSONValue(day.unpriced)), .init("models", .array(day.models.sorted().map { .string($0) })),
      .init("minutes", .array(requests(minutes: 60, now: now).map { JSONValue($0) })),
    ]
  }
}
