import JSON

/// A text of a request or an answer, with who says it and where it stands.
package struct Passage: Sendable, Equatable {
  /// Who says it.
  package enum Role: String, Sendable, CaseIterable {
    case system
    case developer
    case user
    case assistant
    case tool
    /// A role that no API has, or a text outside of the conversation.
    case other

    init(_ text: String?) {
      // A role's name is not looked at more kindly than by the upstream: another spelling is another role.
      self = text == "function" ? .tool : text.flatMap { Role(rawValue: $0) } ?? .other
    }
  }

  /// What it is.
  package enum Kind: String, Sendable, CaseIterable {
    case text
    /// What the model thought to itself.
    case reasoning
    /// Arguments of a tool call.
    case toolCall
    /// What a tool answered.
    case toolResult
    /// The description of a tool.
    case toolDefinition
    /// The address of something that the upstream is to fetch.
    case address
  }

  package var role: Role
  package var kind: Kind
  package var text: String
  package var place: JSONPlace
  /// The name of the member that it is the value of, or stands in a list of; empty where there is none.
  package var member = ""
}

/// Finds the texts of documents of all APIs.
///
/// It goes by what is there and not by what an API should have: a text in a member that no documentation knows is one too,
/// so that nothing passes because of where it stands.
struct PassageFinder {
  private(set) var passages: [Passage] = []
  /// Names of members, and texts that name and connect things: long ones, which can hold something that may not pass.
  private(set) var labels: [String] = []
  private static let shortestLabel = 16
  /// Where it is.
  private var place: JSONPlace
  private var member = ""

  /// - Parameter place: where what is looked at stands.
  init(at place: JSONPlace = []) { self.place = place }

  /// Members that name and connect things and are no texts.
  private static let structural: Set<String> = [
    "type", "id", "role", "call_id", "tool_call_id", "tool_use_id", "item_id", "status", "object", "model",
    "finish_reason",
    "stop_reason", "signature", "encrypted_content", "media_type", "detail", "effort", "cache_control",
    "reasoning_effort", "service_tier", "tool_choice", "response_format", "include", "truncation", "encoding_format",
    "system_fingerprint", "previous_response_id",
  ]
  private static let addresses: Set<String> = ["url", "image_url", "file_url", "server_url"]

  mutating func find(_ value: JSONValue, role: Passage.Role = .other, kind: Passage.Kind = .text) {
    switch value {
    case .string(let text):
      if !text.isEmpty { passages.append(Passage(role: role, kind: kind, text: text, place: place, member: member)) }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        place.append(index)
        find(element, role: role, kind: kind)
        place.removeLast()
      }
    case .object(let members): object(value, members, role, kind)
    case .null, .bool, .number: return
    }
  }

  private mutating func object(
    _ value: JSONValue, _ members: [JSONValue.Member], _ outer: Passage.Role, _ outerKind: Passage.Kind
  ) {
    let role = value["role"]?.string.map { Passage.Role($0) } ?? outer
    var kind = outerKind
    if kind == .text, let type = value["type"]?.string { kind = Self.kind(ofType: type) ?? kind }
    for (index, member) in members.enumerated() {
      if member.name.utf8.count >= Self.shortestLabel { labels.append(member.name) }
      // What holds no text needs no second look.
      switch member.value {
      case .null, .bool, .number: continue
      case .string(let text):
        if Self.structural.contains(member.name) {
          if text.utf8.count >= Self.shortestLabel { labels.append(text) }
          continue
        }
      case .array, .object: break
      }
      var own = kind
      var ownRole = role
      switch member.name {
      case "reasoning", "reasoning_content", "thinking", "reasoning_details": own = .reasoning
      case "tool_calls", "function_call": own = .toolCall
      case "tools", "functions": own = .toolDefinition
      case "output" where value["call_id"] != nil: own = .toolResult
      case "system", "instructions": ownRole = .system
      case "input" where outer == .other && kind == .text: ownRole = .user
      case "arguments" where kind == .text: own = .toolCall
      default:
        if kind == .text || kind == .toolResult, Self.addresses.contains(member.name) { own = .address }
        // Tools may lie elsewhere.
        if kind == .toolDefinition, member.name == "server_url" { own = .address }
        if kind == .text, role == .tool { own = .toolResult }
      }
      place.append(index)
      let outerMember = self.member
      self.member = member.name
      find(member.value, role: own == .toolResult ? .tool : ownRole, kind: own)
      self.member = outerMember
      place.removeLast()
    }
  }

  private static func kind(ofType type: String) -> Passage.Kind? {
    switch type {
    case "thinking", "redacted_thinking", "reasoning", "summary_text", "reasoning_text": .reasoning
    case "tool_use", "function_call", "server_tool_use", "mcp_call", "custom_tool_call": .toolCall
    case "tool_result", "function_call_output", "custom_tool_call_output": .toolResult
    default: nil
    }
  }
}
