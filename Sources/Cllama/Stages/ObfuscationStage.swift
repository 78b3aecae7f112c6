import Canonical
import IR
import JSON

/// `obfuscation/…`: makes a claw harder to recognize by its timing and its words, within bounds that are stated: a request
/// waits at most five seconds, and a word is only replaced by another one of its own set.
package final class ObfuscationStage: Stage {
  /// What may be set for it.
  package struct Settings: Sendable, Equatable {
    /// From and to how many milliseconds a request waits; at most 5,000.
    package var jitter: ClosedRange<Int> = 0...0
    /// Sets of words that stand for each other.
    package var vocabulary: [[String]] = []

    package init() {}

    init(_ reader: inout MemberReader) throws(ConfigurationFailure) {
      if let value = reader.value("jitter_ms") {
        guard let bounds = value.array, bounds.count == 2, let low = bounds[0].integer, let high = bounds[1].integer,
          0 <= low, low <= high, high <= 5_000
        else {
          throw ConfigurationFailure(reader.at("jitter_ms"), "must be two numbers from 0 to 5000, the lower first")
        }
        jitter = low...high
      }
      for (index, set) in (reader.value("vocabulary")?.array ?? []).enumerated() {
        let words = (set.array ?? []).compactMap(\.string).map { $0.lowercased() }
        let isSound =
          words.count > 1
          && words.allSatisfy { word in
            !word.isEmpty && word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0 == "'" }
          }
        guard isSound, words.count == set.array?.count else {
          throw ConfigurationFailure("\(reader.at("vocabulary")).\(index)", "must be two words or more")
        }
        vocabulary.append(words)
      }
    }
  }

  package let name: String
  private let settings: Settings
  /// By word: which set it is of.
  private let sets: [String: Int]
  /// How often a word of each set was said.
  private var turns: [Int]
  private var random: any RandomNumberGenerator

  package init(
    _ name: String, _ settings: Settings, random: any RandomNumberGenerator = SystemRandomNumberGenerator()
  ) {
    self.name = name
    self.settings = settings
    self.random = random
    var sets: [String: Int] = [:]
    for (index, words) in settings.vocabulary.enumerated() {
      for word in words where sets[word] == nil { sets[word] = index }
    }
    self.sets = sets
    turns = [Int](repeating: 0, count: settings.vocabulary.count)
  }

  package var seesAnswers: Bool { !sets.isEmpty }

  package func delay() -> Int {
    settings.jitter.upperBound == 0 ? 0 : Int.random(in: settings.jitter, using: &random)
  }

  package func makeFlow(_ kind: Passage.Kind) -> (any TextFlow)? {
    guard kind == .text, seesAnswers else { return nil }
    return WordFlow(
      note: { [name] before, after in
        Intervention(
          stage: name, direction: .answer, action: .rewrite, rule: "obfuscation.vocabulary", reason: "words take turns",
          severity: .info, subject: before.lowercased(), before: Digest.sha256Hex(Array(before.utf8)),
          after: Digest.sha256Hex(Array(after.utf8)))
      },
      replace: { [weak self] word in self?.turn(word) })
  }

  /// The word whose turn it is in the set of a word; nil if it is that word's own.
  private func turn(_ word: String) -> String? {
    guard let set = sets[word] else { return nil }
    let words = settings.vocabulary[set]
    let next = words[turns[set] % words.count]
    turns[set] += 1
    return next == word ? nil : next
  }
}
