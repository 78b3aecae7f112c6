import Canonical
import IR
import JSON
import Policy

/// `tone/…`: how a claw speaks. Words are replaced in what the model says, and phrases that must not be said end the answer.
package final class ToneStage: Stage {
  /// What may be set for it.
  package struct Settings: Sendable, Equatable {
    /// Words and what is said for them.
    package var replace: [String: String] = [:]
    /// Phrases that must not be said.
    package var refuse: [String] = []

    package init() {}

    init(_ reader: inout MemberReader) throws(ConfigurationFailure) {
      for member in reader.value("replace")?.members ?? [] {
        guard let text = member.value.string else {
          throw ConfigurationFailure("\(reader.at("replace")).\(member.name)", "must be a text")
        }
        replace[member.name.lowercased()] = text
      }
      refuse = try reader.texts("refuse")
    }
  }

  package let name: String
  private let settings: Settings
  private let refused: TextScreen?

  package init(_ name: String, _ settings: Settings) throws(ConfigurationFailure) {
    self.name = name
    self.settings = settings
    refused = try PurposeStage.screen(settings.refuse, name, "refuse")
  }

  package var seesAnswers: Bool { !settings.replace.isEmpty || refused != nil }

  package func makeFlow(_ kind: Passage.Kind) -> (any TextFlow)? {
    guard kind == .text, seesAnswers else { return nil }
    let words = WordFlow(
      note: { [name] before, after in
        Intervention(
          stage: name, direction: .answer, action: .rewrite, rule: "tone.replace", reason: "this is not how it speaks",
          severity: .info, subject: before.lowercased(), before: Digest.sha256Hex(Array(before.utf8)),
          after: Digest.sha256Hex(Array(after.utf8)))
      }, replace: { [settings] in settings.replace[$0] })
    guard let refused else { return words }
    let phrases = PhraseFlow(screen: refused) { [name] phrase in
      Intervention(
        stage: name, direction: .answer, action: .deny, rule: "tone.refuse", reason: "'\(phrase)' is not said here",
        severity: .error, subject: phrase)
    }
    return JoinedFlow(first: words, second: phrases)
  }
}

/// Two flows as one.
struct JoinedFlow<First: TextFlow, Second: TextFlow>: TextFlow {
  var first: First
  var second: Second

  mutating func push(_ piece: String, _ notes: inout [Intervention]) throws(Denial) -> String {
    try second.push(try first.push(piece, &notes), &notes)
  }

  mutating func finish(_ notes: inout [Intervention]) throws(Denial) -> String {
    let rest = try first.finish(&notes)
    return try second.push(rest, &notes) + (try second.finish(&notes))
  }
}
