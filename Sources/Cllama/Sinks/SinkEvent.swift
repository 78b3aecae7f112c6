package import JSON

/// A line of the record in the envelope that all sinks get.
///
/// What is not known is left out. `id` is the line's own hash of the chain: no two lines of any record have the same.
package struct SinkEvent: Sendable, Equatable {
  /// The version of the envelope.
  package static let schema = 1

  /// The line's number in the record.
  package var sequence: Int
  /// Milliseconds since 1970.
  package var time: Int
  package var id: String
  package var envelope: JSONValue
  /// The envelope as JSON on one line.
  package var text: [UInt8]

  /// - Parameters:
  ///   - line: as it stands in the record.
  ///   - policy: the policy that was in force.
  ///   - agent: the instance, where the line names none.
  package init?(_ line: JSONValue, policy: JSONValue?, agent: String?) {
    guard let members = line.members, let sequence = line["seq"]?.integer, let stamp = line["ts"]?.string,
      let time = RecordTime.read(stamp), let id = line["chain"]?.string, let type = line["type"]?.string
    else { return nil }
    self.sequence = sequence
    self.time = time
    self.id = id
    var envelope: [JSONValue.Member] = [
      .init("schema", JSONValue(Self.schema)), .init("id", .string(id)), .init("seq", JSONValue(sequence)),
      .init("time", .string(stamp)), .init("pod", line["pod"] ?? ""),
    ]
    func add(_ name: String, _ value: JSONValue?) { if let value { envelope.append(.init(name, value)) } }
    add("agent", line["gen_ai.agent.id"] ?? agent.map { .string($0) })
    add("session", line["gen_ai.conversation.id"])
    add("run", line["run"])
    add("call", line["call"])
    envelope.append(.init("type", .string(type)))
    add("policy", policy)
    let decision = members.filter { Self.decision.contains($0.name) }
    if !decision.isEmpty { envelope.append(.init("decision", .object(decision))) }
    let evidence = members.filter { !Self.decision.contains($0.name) && !Self.identity.contains($0.name) }
    if !evidence.isEmpty { envelope.append(.init("evidence", .object(evidence))) }
    self.envelope = .object(envelope)
    text = Array(self.envelope.text().utf8)
  }

  private static let decision: Set<String> = ["verdict", "stage", "rule", "severity", "reason"]
  private static let identity: Set<String> = [
    "seq", "ts", "pod", "type", "call", "run", "chain", "gen_ai.agent.id", "gen_ai.conversation.id",
  ]

  /// The policy that a line of the kind `configuration` put in force; nil if there is none from then on.
  package static func policy(_ line: JSONValue) -> JSONValue? {
    if let policies = line["policies"] { return policies }
    guard let name = line["policy"] else { return nil }
    var policy: [JSONValue.Member] = [.init("name", name)]
    for (member, short) in [
      ("policy_sha256", "sha256"), ("policy_semantic_sha256", "semantic_sha256"), ("policy_sequence", "sequence"),
    ] {
      if let value = line[member] { policy.append(.init(short, value)) }
    }
    return .object(policy)
  }
}
