import Automata
import IR
import JSON
import Policy

/// `purpose/…`: whether a call serves what the claw is for. It gates who may speak, what the model thinks to itself, which
/// tools there are, and what a conversation is about.
package final class PurposeStage: Stage {
  /// What may be set for it.
  package struct Settings: Sendable, Equatable {
    /// What becomes of reasoning, on both ways.
    package enum Reasoning: String, Sendable, CaseIterable {
      case pass
      case drop
      case deny
    }

    /// What becomes of a request that is not about the purpose.
    package enum OnMiss: String, Sendable, CaseIterable {
      case record
      case deny
    }

    /// Roles that may speak in a request; empty for all.
    package var roles: [String] = []
    package var reasoning = Reasoning.pass
    /// Tools that may be offered and called, `*` at the end stands for any rest; nil for all.
    package var tools: [String]?
    /// Words of which a request's last text must have one; empty for any.
    package var topics: [String] = []
    /// Phrases that neither a request nor an answer may have.
    package var refuse: [String] = []
    package var onMiss = OnMiss.record

    package init() {}

    init(_ reader: inout MemberReader) throws(ConfigurationFailure) {
      roles = try reader.texts("roles")
      reasoning = try reader.choice("reasoning", Reasoning.self) ?? .pass
      if reader.value("tools") != nil { tools = try reader.texts("tools") }
      topics = try reader.texts("topics")
      refuse = try reader.texts("refuse")
      onMiss = try reader.choice("on_miss", OnMiss.self) ?? .record
    }
  }

  package let name: String
  private let settings: Settings
  private let refused: TextScreen?
  private let topics: TextScreen?

  package init(_ name: String, _ settings: Settings) throws(ConfigurationFailure) {
    self.name = name
    self.settings = settings
    refused = try Self.screen(settings.refuse, name, "refuse")
    topics = try Self.screen(settings.topics, name, "topics")
  }

  static func screen(_ phrases: [String], _ name: String, _ member: String) throws(ConfigurationFailure) -> TextScreen?
  {
    if phrases.isEmpty { return nil }
    do throws(RegexFailure) { return try TextScreen(phrases: phrases, guardName: member) } catch {
      throw ConfigurationFailure("\(name).\(member)", "can't be searched for: \(error.message)")
    }
  }

  package var seesAnswers: Bool { settings.reasoning != .pass || settings.tools != nil || refused != nil }

  package func judge(_ request: inout ModelRequest, _ notes: inout [Intervention]) throws(Denial) {
    let passages = request.passages
    if !settings.roles.isEmpty {
      for role in Self.roles(request.body) where !settings.roles.contains(role) {
        throw Denial(note(.request, .deny, "role", "the role '\(role)' may not speak here", role))
      }
    }
    for passage in passages where passage.kind == .reasoning { try gate(passage, &request, &notes) }
    for passage in passages where passage.kind == .text || passage.kind == .toolResult {
      if let refused, let find = refused.finds(Array(passage.text.utf8)).first {
        throw Denial(note(.request, .deny, "refuse", "'\(find.name)' is not to be talked of", find.name))
      }
    }
    if let topics, let last = passages.last(where: { $0.role == .user && $0.kind == .text }),
      topics.finds(Array(last.text.utf8)).isEmpty
    {
      let miss = note(
        .request, settings.onMiss == .deny ? .deny : .observe, "topic", "the request is about none of its topics",
        "topic")
      if miss.action == .deny { throw Denial(miss) }
      notes.append(miss)
    }
    var dropped: Set<JSONPlace> = []
    for tool in request.tools where !tool.names.allSatisfy(isAllowed) {
      notes.append(note(.request, .drop, "tools", "the tool '\(tool.name)' serves no purpose here", tool.name))
      dropped.insert(tool.place)
    }
    request.removeTools(dropped)
  }

  /// The roles as they are written, so that no other spelling slips through.
  private static func roles(_ body: JSONValue) -> [String] {
    let list = (body["messages"]?.array ?? []) + (body["input"]?.array ?? [])
    // A message without a role, or with one that is no text, has none that may speak.
    var roles = list.compactMap { entry -> String? in
      entry["role"].map { $0.string ?? "" }
        ?? (entry["content"] != nil && entry["type"]?.string ?? "message" == "message" ? "" : nil)
    }
    if body["system"] != nil || body["instructions"] != nil { roles.append("system") }
    return roles
  }

  private func gate(
    _ passage: Passage, _ request: inout ModelRequest, _ notes: inout [Intervention]
  ) throws(Denial) {
    switch settings.reasoning {
    case .pass: return
    case .deny: throw Denial(note(.request, .deny, "reasoning", "thoughts may not leave", "reasoning"))
    case .drop:
      notes.append(note(.request, .drop, "reasoning", "thoughts may not leave", "reasoning"))
      request.replace(passage.place, with: "")
    }
  }

  private func isAllowed(_ tool: String) -> Bool {
    settings.tools.map { ToolNames.contains($0, tool) } ?? true
  }

  package func judge(_ call: ModelAnswer.Call, _ notes: inout [Intervention]) throws(Denial) -> CallVerdict {
    if isAllowed(call.name) { return .keep }
    notes.append(note(.answer, .drop, "tools", "the tool '\(call.name)' serves no purpose here", call.name))
    return .drop
  }

  package func makeFlow(_ kind: Passage.Kind) -> (any TextFlow)? {
    if kind == .reasoning, settings.reasoning != .pass {
      return ReasoningFlow(isDenied: settings.reasoning == .deny) { [self] action in
        note(.answer, action, "reasoning", "thoughts stay with the model", "reasoning")
      }
    }
    guard let refused else { return nil }
    return PhraseFlow(screen: refused) { [self] phrase in
      note(.answer, .deny, "refuse", "'\(phrase)' is not to be talked of", phrase)
    }
  }

  private func note(
    _ direction: Intervention.Direction, _ action: Intervention.Action, _ rule: String, _ reason: String,
    _ subject: String
  ) -> Intervention {
    Intervention(
      stage: name, direction: direction, action: action, rule: "purpose.\(rule)", reason: reason,
      severity: action == .observe ? .warning : .error, subject: subject)
  }
}

/// Takes what a model thought away, or refuses an answer that has it.
struct ReasoningFlow: TextFlow {
  let isDenied: Bool
  let note: (Intervention.Action) -> Intervention
  private var isNoted = false

  init(isDenied: Bool, note: @escaping (Intervention.Action) -> Intervention) {
    self.isDenied = isDenied
    self.note = note
  }

  mutating func push(_ piece: String, _ notes: inout [Intervention]) throws(Denial) -> String {
    if piece.isEmpty { return "" }
    if isDenied { throw Denial(note(.deny)) }
    if !isNoted { notes.append(note(.drop)) }
    isNoted = true
    return ""
  }

  mutating func finish(_ notes: inout [Intervention]) throws(Denial) -> String { "" }
}

/// Refuses an answer that has one of some phrases, before any of the phrase is delivered.
struct PhraseFlow: TextFlow {
  let screen: TextScreen
  let note: (String) -> Intervention
  private var stream = TextScreen.Stream()

  init(screen: TextScreen, note: @escaping (String) -> Intervention) {
    self.screen = screen
    self.note = note
  }

  mutating func push(_ piece: String, _ notes: inout [Intervention]) throws(Denial) -> String {
    let passed: (text: String, finds: [TextScreen.Find])
    do throws(TextScreen.Stream.TooLong) { passed = try stream.push(piece, screen) } catch { throw Denial(note("…")) }
    if let find = passed.finds.first { throw Denial(note(find.name)) }
    return passed.text
  }

  mutating func finish(_ notes: inout [Intervention]) throws(Denial) -> String {
    let passed = stream.finish(screen)
    if let find = passed.finds.first { throw Denial(note(find.name)) }
    return passed.text
  }
}
