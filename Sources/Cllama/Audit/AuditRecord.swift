package import JSON

/// The record of a sidecar, read back.
package struct AuditRecord: Sendable {
  /// A line.
  package struct Line: Sendable {
    /// Milliseconds since 1970.
    package var time: Int
    package var kind: CallRecord.Kind
    package var value: JSONValue

    /// nil for what is no line of a record.
    package init?(_ bytes: some Collection<UInt8>) {
      guard let value = try? JSONValue.strict(Array(bytes)),
        let time = value["ts"]?.string.flatMap({ RecordTime.read($0) }),
        let kind = value["type"]?.string.flatMap({ CallRecord.Kind(rawValue: $0) })
      else { return nil }
      self.time = time
      self.kind = kind
      self.value = value
    }

    /// A member that is a text.
    package func text(_ name: String) -> String? { value[name]?.string }
    /// The claw's instance that it is about.
    package var instance: String? { text("gen_ai.agent.id") }
  }

  package private(set) var lines: [Line] = []
  /// Lines that are none of a record's.
  package private(set) var malformed = 0
  /// The numbers of lines whose hash does not follow from the line before: somebody changed, removed or added something.
  package private(set) var broken: [Int] = []
  /// Whether the first lines are gone, because old files are removed.
  package private(set) var isTrimmed = false

  /// Reads the files of a record, in their order.
  package init(_ files: [[UInt8]]) {
    var chain: [UInt8]?
    for file in files {
      for bytes in file.split(separator: 0x0A) {
        guard let line = Line(bytes) else {
          malformed += 1
          continue
        }
        let number = line.value["seq"]?.integer ?? 0
        if chain == nil {
          isTrimmed = number != 1
          if number == 1 { chain = RecordChain.start }
        }
        if let chain, !RecordChain.follows(bytes, chain) { broken.append(number) }
        chain = RecordChain.stated(bytes)
        lines.append(line)
      }
    }
  }
}

/// Calls of an instance, counted.
package struct AuditSummary: Sendable, Equatable {
  package var requests = 0
  package var responses = 0
  package var errors = 0
  package var refusals = 0
  package var interventions = 0
  package var tokensIn = 0
  package var tokensOut = 0
  package var cost = Money.zero
  /// Answers of models without a price.
  package var unpriced = 0
  package var models: Set<String> = []
  /// What the last lines say of its drift.
  package var level = Drift.Level.free
  package var driftScore: String?

  package init(_ lines: some Sequence<AuditRecord.Line>) {
    for line in lines { add(line) }
  }

  /// Counts a line.
  package mutating func add(_ line: AuditRecord.Line) {
    switch line.kind {
    case .request: requests += 1
    case .response:
      responses += 1
      if line.text("verdict") == "error" || line.text("verdict") == "incomplete" || line.text("verdict") == "lost" {
        errors += 1
      }
      tokensIn += line.value["gen_ai.usage.input_tokens"]?.integer ?? 0
      tokensOut += line.value["gen_ai.usage.output_tokens"]?.integer ?? 0
      if let text = line.text("cost_usd"), let amount = Money(text) {
        cost = cost + amount
      } else if line.value["gen_ai.usage.input_tokens"] != nil {
        unpriced += 1
      }
      if let model = line.text("model_used") { models.insert(model) }
    case .refusal: refusals += 1
    case .intervention: if line.text("verdict") != "observe" { interventions += 1 }
    case .quarantine, .balance:
      level = line.text("level").flatMap { Drift.Level(rawValue: $0) } ?? level
      driftScore = line.text("drift_score") ?? driftScore
    case .start, .stop, .configuration, .egress, .name, .service: break
    }
  }

  /// Counts what came later.
  package mutating func add(_ later: AuditSummary) {
    requests += later.requests
    responses += later.responses
    errors += later.errors
    refusals += later.refusals
    interventions += later.interventions
    tokensIn += later.tokensIn
    tokensOut += later.tokensOut
    cost = cost + later.cost
    unpriced += later.unpriced
    models.formUnion(later.models)
    if later.driftScore != nil { (level, driftScore) = (later.level, later.driftScore) }
  }

  package var json: JSONValue {
    [
      "requests": JSONValue(requests), "responses": JSONValue(responses), "errors": JSONValue(errors),
      "refusals": JSONValue(refusals), "interventions": JSONValue(interventions), "tokens_in": JSONValue(tokensIn),
      "tokens_out": JSONValue(tokensOut), "cost_usd": .string(cost.description), "unpriced": JSONValue(unpriced),
      "models": .array(models.sorted().map { .string($0) }), "drift_level": .string(level.rawValue),
      "drift_score": driftScore.map { .string($0) } ?? .null,
    ]
  }
}

/// A line of a record for a person: what happened, what became of it, and why.
package struct AuditEntry: Sendable, Equatable {
  package var time: Int
  package var what: String
  package var verdict: String
  package var who: String
  package var reason: String

  /// nil for what a person does not look for: that a call began is told by how it ended.
  package init?(_ line: AuditRecord.Line) {
    time = line.time
    let verdict = line.text("verdict") ?? ""
    self.verdict = verdict.uppercased()
    who = "cllama"
    reason = line.text("reason") ?? ""
    switch line.kind {
    case .request, .balance: return nil
    case .response:
      what = "\(line.text("api") ?? "call") \(line.text("model_used") ?? "")"
      var parts: [String] = []
      if let input = line.value["gen_ai.usage.input_tokens"]?.integer,
        let output = line.value["gen_ai.usage.output_tokens"]?.integer
      {
        parts.append("\(input)+\(output) tokens")
      }
      if let cost = line.text("cost_usd") { parts.append("$\(cost)") }
      if let time = line.value["latency_ms"]?.integer { parts.append("\(time) ms") }
      reason = [reason, parts.joined(separator: ", ")].filter { !$0.isEmpty }.joined(separator: "; ")
    case .refusal: what = line.text("api") ?? "call"
    case .intervention:
      what = line.text("subject") ?? line.text("direction") ?? ""
      who = "cllama:\(line.text("stage") ?? "")"
      if let rule = line.text("rule") { reason += reason.isEmpty ? rule : " [\(rule)]" }
    case .egress: what = "connect \(line.text("target") ?? "")"
    case .name: what = "name \(line.text("name") ?? "")"
    case .service:
      what = "service \(line.text("service") ?? "") \(line.text("method") ?? "") \(line.text("path") ?? "")"
    case .quarantine:
      what = "drift \(line.text("drift_score") ?? "")"
      self.verdict = (line.text("level") ?? "").uppercased()
    case .start: what = "sidecar started"
    case .stop: what = "sidecar stopped"
    case .configuration: what = "configuration"
    }
  }
}
