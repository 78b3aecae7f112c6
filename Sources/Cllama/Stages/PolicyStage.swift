import Automata
import Canonical
package import IR
import JSON
import Policy

/// `policy/…`: a compiled ruleset decides.
///
/// On requests: secrets and personal data are masked (or the request is denied), prompts are judged, addresses that the
/// upstream would fetch are held against the egress rules, tools that may not be used are taken away. On answers: secrets
/// and personal data are masked, and each tool call is judged whole.
package final class PolicyStage: Stage {
  /// What may be set for it.
  package struct Settings: Sendable, Equatable {
    /// What becomes of secrets and personal data.
    package enum OnSecret: String, Sendable, CaseIterable {
      case redact
      case deny
    }

    /// What becomes of a tool or a call that is blocked.
    package enum OnTool: String, Sendable, CaseIterable {
      case drop
      case deny
    }

    package var onSecret = OnSecret.redact
    package var onTool = OnTool.drop

    package init() {}

    init(_ value: JSONValue, _ path: String) throws(ConfigurationFailure) {
      var reader = try MemberReader(value, path)
      onSecret = try reader.choice("on_secret", OnSecret.self) ?? .redact
      onTool = try reader.choice("on_tool", OnTool.self) ?? .drop
      try reader.finish()
    }
  }

  package let name: String
  package let seesAnswers = true
  private let engine: PolicyEngine
  /// Only the rails, for the whole text of an answer; nil if the program has none.
  private let rails: PolicyEngine?
  private let screen: TextScreen?
  private let settings: Settings
  private let judgesPrompts: Bool
  /// Passages of requests that nothing was found in.
  private var clean: Set<Hash256> = []

  /// - Throws: where the program can't be run here; a sidecar then denies everything.
  package init(
    _ name: String, _ program: PolicyProgram, _ settings: Settings = Settings()
  ) throws(ConfigurationFailure) {
    self.name = name
    self.settings = settings
    engine = try Self.engine(name, program)
    do throws(RegexFailure) { screen = try TextScreen(program) } catch {
      throw ConfigurationFailure(name, "a pattern can't be compiled: \(error.message)")
    }
    var railsOnly = program
    railsOnly.guards = program.guards.filter { if case .hardRails = $0 { true } else { false } }
    rails = railsOnly.guards.isEmpty ? nil : try Self.engine(name, railsOnly)
    judgesPrompts = program.guards.contains {
      switch $0 {
      case .promptInjection, .jailbreak, .hardRails: true
      default: false
      }
    }
  }

  private static func engine(_ name: String, _ program: PolicyProgram) throws(ConfigurationFailure) -> PolicyEngine {
    do throws(PolicyEngine.Refusal) { return try PolicyEngine(program) } catch {
      throw ConfigurationFailure(name, error.message)
    }
  }

  // MARK: Requests

  package func judge(_ request: inout ModelRequest, _ notes: inout [Intervention]) throws(Denial) {
    let (passages, labels) = request.passagesAndLabels
    for passage in passages {
      // An agent sends its whole conversation with every call: what was looked at and found clean is known by its digest.
      let mark = Self.mark(passage)
      if clean.contains(mark) { continue }
      let before = notes.count
      if let screen, let masked = screen.masked(passage.text) {
        try note(masked.finds, passage.text, masked.text, .request, &notes)
        request.replace(passage.place, with: masked.text)
      }
      switch passage.kind {
      case .address: try judge(address: passage.text, .request, &notes)
      case .text, .toolResult: if judgesPrompts { try judge(prompt: passage, &notes) }
      case .reasoning, .toolCall, .toolDefinition: break
      }
      // What is denied never comes here.
      if notes.count == before { remember(mark) }
    }
    if let screen {
      // A secret is denied where it can't be masked.
      for label in labels {
        guard let find = screen.finds(Array(label.utf8)).first else { continue }
        throw Denial(
          Intervention(
            stage: name, direction: .request, action: .deny, rule: find.guardName,
            reason: "'\(find.name)' must not pass, and stands where it can't be masked", severity: find.severity,
            subject: find.name))
      }
    }
    try judgeTools(&request, &notes)
  }

  /// A digest of a passage and of what decides how it is judged.
  private static func mark(_ passage: Passage) -> Hash256 {
    let kind = Passage.Kind.allCases.firstIndex(of: passage.kind) ?? 0
    let role = Passage.Role.allCases.firstIndex(of: passage.role) ?? 0
    var text = passage.text
    return text.withUTF8 { Hash256(of: UInt8(kind * 16 + role), UnsafeRawBufferPointer($0)) }
  }

  /// Keeps a passage in mind that nothing was found in. A decision is a function of program and event, so it stays what it is.
  private func remember(_ mark: Hash256) {
    if clean.count >= 8_192 { clean.removeAll(keepingCapacity: true) }
    clean.insert(mark)
  }

  /// What a person or a tool said is no instruction of the claw's own: that is what the prompt guards are for.
  private func judge(prompt passage: Passage, _ notes: inout [Intervention]) throws(Denial) {
    let type: String
    switch (passage.role, passage.kind) {
    case (_, .toolResult), (.tool, _), (.other, _): type = "untrusted_text"
    case (.user, _): type = "user_input"
    default: return
    }
    let data: JSONValue = ["text": .string(passage.text), "source": .string(passage.role.rawValue)]
    let decision = engine.decide(PolicyEvent(id: "prompt", action: .custom(type: type, data: LazyJSON(data))))
    try note(decision, .request, passage.role.rawValue, &notes)
  }

  private func judge(
    address text: String, _ direction: Intervention.Direction, _ notes: inout [Intervention]
  ) throws(Denial) {
    guard let address = WebAddress(fetched: text) else { return }
    let decision = engine.decide(
      PolicyEvent(id: "address", action: .egress(host: address.host, port: address.port, url: text)))
    try note(decision, direction, address.host, &notes)
  }

  private func judgeTools(_ request: inout ModelRequest, _ notes: inout [Intervention]) throws(Denial) {
    var dropped: Set<JSONPlace> = []
    for tool in request.tools {
      guard let decision = tool.names.map({ decide(tool: $0, .object([])) }).first(where: { $0.outcome == .blocked })
      else { continue }
      let action: Intervention.Action = settings.onTool == .deny ? .deny : .drop
      let note = intervention(decision, .request, action, tool.name)
      if action == .deny { throw Denial(note) }
      notes.append(note)
      dropped.insert(tool.place)
    }
    request.removeTools(dropped)
  }

  private func decide(tool: String, _ arguments: JSONValue) -> Decision {
    func decide(_ name: String) -> Decision {
      engine.decide(
        PolicyEvent(
          id: "tool", action: .tool(.init(name: name, isMCP: true, arguments: LazyJSON(arguments)))))
    }
    let plain = decide(tool)
    // A name in letters that look like others is the name that it looks like, where that is worse.
    guard let seen = LookAlikeName.ascii(tool) else { return plain }
    let other = decide(seen)
    return other.outcome.weight > plain.outcome.weight ? other : plain
  }

  package func refusal(host: String, port: Int) -> String? {
    let decision = engine.decide(PolicyEvent(id: "connect", action: .egress(host: host, port: port, url: nil)))
    return decision.outcome == .blocked ? "\(decision.overall.message) [\(decision.overall.guardName)]" : nil
  }

  // MARK: Answers

  package func judge(_ call: ModelAnswer.Call, _ notes: inout [Intervention]) throws(Denial) -> CallVerdict {
    var decision = decide(tool: call.name, call.arguments)
    if decision.outcome != .blocked {
      // Arguments that are no JSON with one meaning are read as whoever gets them may read them.
      let addresses = call.arguments.string.map { WebAddress.all(inText: $0) } ?? WebAddress.all(in: call.arguments)
      for address in addresses {
        let egress = engine.decide(
          PolicyEvent(
            id: "address", action: .egress(host: address.host, port: address.port, url: address.text)))
        if egress.outcome == .blocked { decision = egress }
      }
    }
    let needsPerson = decision.overall.details?["requires_confirmation"]?.bool == true
    switch decision.outcome {
    case .allowed: return .keep
    case .warn where !needsPerson:
      notes.append(intervention(decision, .answer, .observe, call.name))
      return .keep
    case .warn:
      notes.append(intervention(decision, .answer, .ask, call.name))
      return .drop
    case .blocked:
      let action: Intervention.Action = settings.onTool == .deny ? .deny : .drop
      let note = intervention(decision, .answer, action, call.name)
      if action == .deny { throw Denial(note) }
      notes.append(note)
      return .drop
    }
  }

  package func makeFlow(_ kind: Passage.Kind) -> (any TextFlow)? {
    if screen == nil, rails == nil { return nil }
    return PolicyFlow(stage: self)
  }

  /// The text of an answer on its way through the policy.
  private struct PolicyFlow: TextFlow {
    let stage: PolicyStage
    var stream = TextScreen.Stream()
    /// The whole text so far, where rails count what is in it.
    var said = ""

    init(stage: PolicyStage) { self.stage = stage }

    mutating func push(_ piece: String, _ notes: inout [Intervention]) throws(Denial) -> String {
      guard let screen = stage.screen else {
        said += piece
        return piece
      }
      let passed: (text: String, finds: [TextScreen.Find])
      do throws(TextScreen.Stream.TooLong) { passed = try stream.push(piece, screen) } catch {
        throw Denial(
          Intervention(
            stage: stage.name, direction: .answer, action: .deny, rule: "unbounded",
            reason: "something that may be a secret has no end", severity: .critical))
      }
      try stage.note(passed.finds, nil, nil, .answer, &notes)
      if stage.rails != nil { said += passed.text }
      return passed.text
    }

    mutating func finish(_ notes: inout [Intervention]) throws(Denial) -> String {
      var rest = ""
      if let screen = stage.screen {
        let passed = stream.finish(screen)
        try stage.note(passed.finds, nil, nil, .answer, &notes)
        rest = passed.text
      }
      try judge(said + rest, &notes)
      return rest
    }

    mutating func whole(_ text: String, _ notes: inout [Intervention]) throws(Denial) -> String {
      var passed = text
      if let masked = stage.screen?.masked(text) {
        try stage.note(masked.finds, nil, nil, .answer, &notes)
        passed = masked.text
      }
      try judge(passed, &notes)
      return passed
    }

    /// The rails look at a text from its beginning to its end.
    private func judge(_ text: String, _ notes: inout [Intervention]) throws(Denial) {
      guard let rails = stage.rails else { return }
      let data: JSONValue = ["text": .string(text)]
      let decision = rails.decide(PolicyEvent(id: "answer", action: .custom(type: "answer", data: LazyJSON(data))))
      try stage.note(decision, .answer, "text", &notes)
    }
  }

  // MARK: Notes

  private func note(
    _ finds: [TextScreen.Find], _ before: String?, _ after: String?, _ direction: Intervention.Direction,
    _ notes: inout [Intervention]
  ) throws(Denial) {
    for find in finds {
      let note = Intervention(
        stage: name, direction: direction, action: settings.onSecret == .deny ? .deny : .redact, rule: find.guardName,
        reason: "'\(find.name)' must not pass", severity: find.severity, subject: find.name,
        before: before.map { Digest.sha256Hex(Array($0.utf8)) }, after: after.map { Digest.sha256Hex(Array($0.utf8)) })
      if note.action == .deny { throw Denial(note) }
      notes.append(note)
    }
  }

  private func note(
    _ decision: Decision, _ direction: Intervention.Direction, _ subject: String, _ notes: inout [Intervention]
  ) throws(Denial) {
    switch decision.outcome {
    case .allowed: return
    case .warn: notes.append(intervention(decision, direction, .observe, subject))
    case .blocked: throw Denial(intervention(decision, direction, .deny, subject))
    }
  }

  private func intervention(
    _ decision: Decision, _ direction: Intervention.Direction, _ action: Intervention.Action, _ subject: String
  ) -> Intervention {
    Intervention(
      stage: name, direction: direction, action: action, rule: decision.overall.guardName,
      reason: decision.overall.message, severity: decision.overall.severity, subject: subject)
  }
}
