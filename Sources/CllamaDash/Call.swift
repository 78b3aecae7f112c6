import Cllama
import JSON

/// A line of the record, as the page lists it.
struct Call: Sendable, Equatable {
  /// Counted by the page, from 1.
  var number: Int
  var time: Int
  /// The instance; nil where the sidecar does not know whose it was.
  var claw: String?
  var kind: CallRecord.Kind
  var verdict: String
  var what: String
  /// The stage that did it, or what refused.
  var by: String
  var rule: String?
  var reason: String?
  /// The call that it belongs to, as the sidecar names it.
  var call: String?
  var model: String?
  var tokensIn: Int?
  var tokensOut: Int?
  var cost: String?
  /// Milliseconds.
  var latency: Int?
  var subject: String?

  /// nil for a line that a person does not look for.
  init?(_ line: AuditRecord.Line, number: Int) {
    guard let entry = AuditEntry(line) else { return nil }
    self.number = number
    time = line.time
    let instances = line.value["instances"]?.array?.compactMap(\.string) ?? []
    claw = line.instance ?? (instances.count == 1 ? instances[0] : nil)
    kind = line.kind
    verdict = Self.short(line.text(line.kind == .quarantine ? "level" : "verdict") ?? "-")
    what = Self.short(entry.what)
    by =
      switch line.kind {
      case .intervention: Self.short(line.text("stage") ?? "a stage")
      case .name: "names"
      case .egress: "connections"
      case .service: "services"
      case .quarantine: "drift"
      case .start, .stop, .balance, .configuration, .request, .response, .refusal: "sidecar"
      }
    rule = line.text("rule").map(Self.short)
    reason = line.text("reason").map(Self.short)
    call = line.text("call")
    model = line.text("model_used").map(Self.short)
    tokensIn = line.value["gen_ai.usage.input_tokens"]?.integer
    tokensOut = line.value["gen_ai.usage.output_tokens"]?.integer
    cost = line.text("cost_usd")
    latency = line.value["latency_ms"]?.integer
    subject = line.text("subject").map(Self.short)
  }

  /// Texts of a record may be as long as a caller liked.
  private static func short(_ text: String) -> String {
    text.unicodeScalars.count <= 300 ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(300))) + "…"
  }

  /// Whether something was denied, taken away or changed.
  var isIntervention: Bool {
    switch kind {
    case .intervention, .refusal, .egress, .name, .service, .response:
      ["deny", "ask", "drop", "redact", "rewrite", "stop"].contains(verdict)
    case .quarantine: verdict != Drift.Level.free.rawValue
    case .start, .stop, .balance, .configuration, .request: false
    }
  }

  /// - Parameter epoch: tells the numbers of this page from those of one before.
  func document(_ epoch: String) -> JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    func number(_ value: Int?) -> JSONValue { value.map { JSONValue($0) } ?? .null }
    return [
      "id": .string("\(epoch)-\(self.number)"), "time": .string(RecordTime.text(time)), "claw": text(claw),
      "kind": .string(kind.rawValue), "verdict": .string(verdict), "what": .string(what), "by": .string(by),
      "rule": text(rule), "subject": text(subject), "reason": text(reason), "call": text(call), "model": text(model),
      "tokensIn": number(tokensIn), "tokensOut": number(tokensOut), "cost": text(cost), "latency": number(latency),
    ]
  }
}

/// The last lines, newest last, and no more than fit.
struct CallList: Sendable {
  static let limit = 1_000
  private(set) var calls: [Call] = []
  private(set) var last = 0

  /// The number of the oldest one that is kept.
  var oldest: Int { calls.first?.number ?? last + 1 }

  mutating func add(_ lines: some Sequence<AuditRecord.Line>) {
    for line in lines {
      guard let call = Call(line, number: last + 1) else { continue }
      last += 1
      calls.append(call)
    }
    if calls.count > Self.limit { calls.removeFirst(calls.count - Self.limit) }
  }

  /// Those behind a number.
  func behind(_ number: Int) -> ArraySlice<Call> {
    calls.dropFirst(max(0, number - oldest + 1))
  }

  /// The newest that fit, newest first.
  func matching(claw: String?, kind: String?, verdict: String?, limit: Int) -> [Call] {
    var found: [Call] = []
    for call in calls.reversed() where found.count < limit {
      if let claw, call.claw != claw { continue }
      if let kind, call.kind.rawValue != kind { continue }
      if let verdict, call.verdict != verdict { continue }
      found.append(call)
    }
    return found
  }
}
