import IR
import JSON

/// Log probabilities say an answer's text once more, token by token, so that nothing in it can be found. Where a stage looks
/// at texts they are left out.
enum LogProbabilities {
  /// Takes them out of a document; whether there were any.
  static func remove(from value: inout JSONValue) -> Bool {
    guard isIn(value) else { return false }
    value = without(value)
    return true
  }

  private static func isIn(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): elements.contains(where: isIn)
    case .object(let members): members.contains { isMeant($0) || isIn($0.value) }
    case .null, .bool, .number, .string: false
    }
  }

  private static func isMeant(_ member: JSONValue.Member) -> Bool {
    (member.name == "logprobs" || member.name == "top_logprobs") && !member.value.isBlank
  }

  private static func without(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): return .array(elements.map(without))
    case .object(let members):
      return .object(
        members.map { member in
          guard isMeant(member) else { return .init(member.name, without(member.value)) }
          // One API has a list there, the other an object or null.
          return .init(member.name, member.value.array == nil ? .null : [])
        })
    case .null, .bool, .number, .string: return value
    }
  }

  /// What is noted of it, once for an answer.
  static let note = Intervention(
    stage: "stream", direction: .answer, action: .rewrite, rule: "logprobs",
    reason: "log probabilities say the text once more in pieces that can't be judged; they are left out",
    severity: .info)
}
