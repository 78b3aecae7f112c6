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
  /// The envelope as JSON on one line.
  package var text: [UInt8]

  /// The envelope as a value.
  package var envelope: JSONValue { (try? JSONValue.strict(text)) ?? .null }

  /// Puts a line of the record into the envelope; nil if it is none.
  ///
  /// Its values are copied as they stand: a busy sidecar writes tens of thousands of lines a second.
  ///
  /// - Parameters:
  ///   - policy: the policy that was in force, as JSON.
  ///   - agent: the instance where the line names none, as JSON.
  package init?(_ line: [UInt8], policy: [UInt8]?, agent: [UInt8]?) {
    guard let members = RecordMembers(line) else { return nil }
    self.init(line, members, policy: policy, agent: agent)
  }

  init?(_ line: [UInt8], _ members: RecordMembers, policy: [UInt8]?, agent: [UInt8]?) {
    guard let digits = members[.sequence], let stamp = members[.time],
      let chain = members[.chain], let type = members[.type],
      let sequence = Int(String(decoding: line[digits], as: UTF8.self)),
      let time = RecordTime.read(String(decoding: line[stamp].dropFirst().dropLast(), as: UTF8.self))
    else { return nil }
    self.sequence = sequence
    self.time = time
    id = String(decoding: line[chain].dropFirst().dropLast(), as: UTF8.self)
    var text = Array("{\"schema\":\(Self.schema)".utf8)
    text.reserveCapacity(line.count + 400)
    func add(_ name: StaticString, _ value: ArraySlice<UInt8>?) {
      guard let value else { return }
      text += ",\"".utf8
      name.withUTF8Buffer { text += $0 }
      text += "\":".utf8
      text += value
    }
    add("id", line[chain])
    add("seq", line[digits])
    add("time", line[stamp])
    add("pod", members[.pod].map { line[$0] })
    add("agent", members[.agent].map { line[$0] } ?? agent?[...])
    add("session", members[.session].map { line[$0] })
    add("run", members[.run].map { line[$0] })
    add("call", members[.call].map { line[$0] })
    add("type", line[type])
    add("policy", policy?[...])
    Self.add("decision", members.decision, line, to: &text)
    Self.add("evidence", members.evidence, line, to: &text)
    text.append(0x7D)
    self.text = text
  }

  private static func add(_ name: String, _ members: [RecordMembers.Span], _ line: [UInt8], to text: inout [UInt8]) {
    if members.isEmpty { return }
    text += ",\"\(name)\":{".utf8
    for (index, member) in members.enumerated() {
      if index > 0 { text.append(0x2C) }
      text.append(0x22)
      text += line[member.name]
      text += "\":".utf8
      if isFlat(line[member.value]) {
        text += line[member.value]
      } else {
        JSONValue.write(string: String(decoding: line[member.value], as: UTF8.self), to: &text)
      }
    }
    text.append(0x7D)
  }

  /// Whether a value is a scalar or a list of such. What has more structure becomes a text.
  ///
  /// Bodies are a claw's to choose: as trees, their depth, their names and their numbers would make a server refuse them, and
  /// the records beside them.
  private static func isFlat(_ value: ArraySlice<UInt8>) -> Bool {
    switch value.first {
    case 0x7B: return false
    case 0x5B:
      guard let elements = try? JSONValue.strict(Array(value)).array else { return false }
      return elements.allSatisfy { $0.array == nil && $0.members == nil }
    default: return true
    }
  }

  /// Whether a line of the kind `configuration` is about what is in force: a skill map that changed is not.
  package static func changesPolicy(_ line: JSONValue) -> Bool {
    line["verdict"] == "serving" || line["verdict"] == "deny"
  }

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
