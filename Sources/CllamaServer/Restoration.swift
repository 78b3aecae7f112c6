import Cllama
import JSON

/// What the record tells a sidecar that starts again. Each of its files is read once.
struct Restoration {
  /// What each instance spent in its window, and at least in the last day, in order.
  private(set) var calls: [String: [RestoredCall]] = [:]
  /// How far each instance had drifted: what the last lines about that say.
  private(set) var drift: [String: DriftKeeper] = [:]
  /// Calls that were begun since the last start and never came to their end: the sidecar was killed under them.
  private var open: [(call: String, agent: String?, tokens: Int)] = []

  init(_ configuration: SidecarConfiguration) {
    // What a person asks for is the last day, whatever the budget's window is.
    let since = RecordTime.now - max(configuration.budget.windowSeconds, 86_400) * 1_000
    let folder = configuration.log.folder
    for segment in RecordFile.files(folder) {
      guard let bytes = try? RecordFile.contents("\(folder)/\(RecordFile.name(segment))") else { continue }
      for line in bytes.split(separator: 0x0A) where Self.tells(line) {
        guard let line = AuditRecord.Line(line) else { continue }
        read(line, since: since)
      }
    }
    let now = RecordTime.now
    for one in open {
      if let agent = one.agent { calls[agent, default: []].append(.init(tokens: one.tokens, cost: .zero, time: now)) }
    }
    for name in calls.keys { calls[name]?.sort { $0.time < $1.time } }
  }

  private static func tells(_ line: ArraySlice<UInt8>) -> Bool {
    ByteFinder.has(line, "\"type\":\"request\"") || ByteFinder.has(line, "\"type\":\"response\"")
      || ByteFinder.has(line, "\"type\":\"quarantine\"") || ByteFinder.has(line, "\"type\":\"start\"")
      || ByteFinder.has(line, "\"type\":\"balance\"")
  }

  private mutating func read(_ line: AuditRecord.Line, since: Int) {
    switch line.kind {
    case .start: open = []
    case .request:
      if let call = line.text("call") {
        open.append((call, line.instance, Usage.estimate(bytes: line.value["request_bytes"]?.integer ?? 0)))
      }
    case .response:
      open.removeAll { $0.call == line.text("call") }
      guard line.time > since, let name = line.instance else { return }
      let tokens =
        (line.value["gen_ai.usage.input_tokens"]?.integer ?? 0)
        + (line.value["gen_ai.usage.output_tokens"]?.integer ?? 0)
      calls[name, default: []].append(
        RestoredCall(tokens: tokens, cost: line.text("cost_usd").flatMap { Money($0) } ?? .zero, time: line.time))
    case .balance:
      // It has all that was before it.
      guard let name = line.instance else { return }
      drift[name, default: DriftKeeper(name)].restore(line.value)
      calls[name] =
        line.time <= since
        ? []
        : [
          RestoredCall(
            tokens: line.value["tokens"]?.integer ?? 0, cost: line.text("cost_usd").flatMap { Money($0) } ?? .zero,
            time: line.time, requests: line.value["requests"]?.integer ?? 0)
        ]
    case .quarantine:
      guard let name = line.instance else { return }
      drift[name, default: DriftKeeper(name)].restore(line.value)
    default: return
    }
  }

  /// A line for each call that was lost.
  var lost: [CallRecord] {
    open.map { one in
      var record = CallRecord(.response)
      record.set("call", one.call)
      record.set("gen_ai.agent.id", one.agent)
      record.set("verdict", "lost")
      record.set("reason", "the sidecar ended under the call")
      // What became of it nobody knows; what was sent was paid for.
      record.set(Usage(input: one.tokens, isEstimated: true), cost: nil)
      return record
    }
  }
}

/// A call that the record tells of.
struct RestoredCall: Sendable {
  var tokens: Int
  var cost: Money
  var time: Int
  /// How many calls it stands for.
  var requests = 1
}
