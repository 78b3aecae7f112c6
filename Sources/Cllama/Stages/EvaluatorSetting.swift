package import JSON

/// Somebody else who judges for a stage: a service with claw's evaluator contract, or a model.
package struct EvaluatorSetting: Sendable, Equatable {
  /// Who.
  package enum Kind: Sendable, Equatable {
    /// `POST url`, the contract of docs/cllama.md.
    case service(url: String)
    /// A model, told what to look for, that answers `allow` or `deny`; asked again where it answers neither.
    case model(reference: String, instruction: String, turns: Int, dollars: Money)
  }

  package var stage: String
  package var kind: Kind
  /// How long it may take; after that it denies.
  package var timeoutMilliseconds: Int
  package var seesRequests: Bool
  package var seesAnswers: Bool

  /// Reads `evaluator` or `judge` of a stage's settings; nil where it has neither.
  init?(_ stage: String, _ reader: inout MemberReader) throws(ConfigurationFailure) {
    self.stage = stage
    var found: Kind?
    var timeout = 2_000
    var phases = ["request", "answer"]
    try reader.object("evaluator") { reader throws(ConfigurationFailure) in
      let url = try reader.neededText("url")
      guard url.utf8.starts(with: "http://".utf8) || url.utf8.starts(with: "https://".utf8) else {
        throw ConfigurationFailure(reader.at("url"), "must begin with http:// or https://")
      }
      found = .service(url: url)
      timeout = try reader.integer("timeout_ms", 1...60_000) ?? timeout
      phases = reader.value("phases") == nil ? phases : try reader.texts("phases")
    }
    try reader.object("judge") { reader throws(ConfigurationFailure) in
      guard found == nil else {
        throw ConfigurationFailure(reader.path, "a stage has an evaluator or a judge, not both")
      }
      found = .model(
        reference: try reader.neededText("model"), instruction: try reader.neededText("instruction"),
        turns: try reader.integer("max_turns", 1...5) ?? 2,
        dollars: try reader.money("max_usd") ?? Money(nanodollars: 10_000_000))
      timeout = try reader.integer("timeout_ms", 1...120_000) ?? 20_000
      phases = reader.value("phases") == nil ? ["request"] : try reader.texts("phases")
    }
    guard let found else { return nil }
    guard !phases.isEmpty, phases.allSatisfy({ $0 == "request" || $0 == "answer" }) else {
      throw ConfigurationFailure(reader.at("phases"), "must be request, answer or both")
    }
    kind = found
    timeoutMilliseconds = timeout
    seesRequests = phases.contains("request")
    seesAnswers = phases.contains("answer")
  }
}

/// What an evaluator says.
package struct EvaluatorVerdict: Sendable, Equatable {
  package enum Action: String, Sendable, CaseIterable {
    case allow
    case deny
    case amend
  }

  package var action: Action
  package var reason: String
  /// The document as it shall go on; only with `amend`.
  package var body: JSONValue?

  package init(action: Action, reason: String, body: JSONValue? = nil) {
    self.action = action
    self.reason = reason
    self.body = body
  }

  /// Reads an evaluator's answer; nil if it is none, which denies.
  package init?(_ bytes: [UInt8]) {
    guard let value = try? JSONValue.strict(bytes), let word = value["verdict"]?.string,
      let action = Action(rawValue: word), action != .amend || value["body"]?.members != nil
    else { return nil }
    self.action = action
    reason = value["reason"]?.string ?? ""
    body = action == .amend ? value["body"] : nil
  }

  /// Reads a judge model's words: the first of them decides.
  package init?(saying text: String) {
    let word = text.lowercased().split { !$0.isLetter }.first ?? ""
    guard let action = Action(rawValue: String(word)), action != .amend else { return nil }
    self.action = action
    reason = String(text.prefix(200))
    body = nil
  }
}
