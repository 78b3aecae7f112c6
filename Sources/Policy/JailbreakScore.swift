import Automata
import Glibc
import Guards
import IR

/// How much a text looks like an attempt to free the model of its rules: wording, look and a linear model, joined in single
/// precision as the reference does it (section 1.6), because thresholds are met exactly or not at all.
struct JailbreakScore {
  /// 0 to 100.
  private(set) var risk: Int
  /// What in its look speaks for it.
  private var looks: Looks = []

  /// What texts that hide something look like.
  private struct Looks: OptionSet {
    let rawValue: UInt8

    static let punctuation = Looks(rawValue: 1)
    static let entropy = Looks(rawValue: 2)
    static let invisible = Looks(rawValue: 4)
    static let symbols = Looks(rawValue: 8)

    static let names: [(Looks, String)] = [
      (.punctuation, "stat_punctuation_ratio_high"), (.entropy, "stat_char_entropy_high"),
      (.invisible, "stat_zero_width_obfuscation"), (.symbols, "stat_long_symbol_run"),
    ]
  }

  /// - Parameter found: which signs of `PromptSignal.jailbreak` the text has.
  init(_ text: PromptText, _ found: PatternHits, _ program: JailbreakProgram) {
    var wording: Float = 0
    found.forEach { wording += Float(PromptSignal.jailbreak[$0].weight) }
    var signs = SignCount()
    if text.isASCII {
      for byte in text.text { signs.add(Unicode.Scalar(byte)) }
    } else {
      for scalar in text.scalars { signs.add(scalar) }
    }
    let punctuation = signs.ratio
    let hasRun = signs.longestRun >= 12
    if punctuation >= 0.35 { looks.insert(.punctuation) }
    if Self.entropy(text.text) >= 4.8 { looks.insert(.entropy) }
    if text.strippedCount > 0 { looks.insert(.invisible) }
    if hasRun { looks.insert(.symbols) }
    var score: Float = 0
    if program.usesHeuristics { score += Self.clamp(wording / 3) * 0.55 }
    if program.usesStatistics { score += Self.clamp(Float(looks.rawValue.nonzeroBitCount) * 0.2) * 0.20 }
    if program.usesModel {
      let weights = program.weights
      // Signs come as policy, DAN, extraction, role, encoding; weights as policy, DAN, role, extraction, encoding.
      var sum = weights[0]
      sum += weights[1] * (found.contains(0) ? 1 : 0)
      sum += weights[2] * (found.contains(1) ? 1 : 0)
      sum += weights[3] * (found.contains(3) ? 1 : 0)
      sum += weights[4] * (found.contains(2) ? 1 : 0)
      sum += weights[5] * (found.contains(4) ? 1 : 0)
      sum += weights[6] * Self.clamp(punctuation * 2)
      sum += weights[7] * (hasRun ? 1 : 0)
      score += Self.clamp(1 / (1 + expf(-sum))) * 0.25
    }
    risk = Int(min(100, max(0, (score * 100).rounded(.toNearestOrAwayFromZero))))
  }

  /// What speaks for it, by name.
  func signals(_ found: PatternHits) -> [String] {
    var names: [String] = []
    found.forEach { names.append(PromptSignal.jailbreak[$0].name) }
    for (look, name) in Looks.names where looks.contains(look) { names.append(name) }
    return names
  }

  private static func clamp(_ value: Float) -> Float { min(1, max(0, value)) }

  /// Counts what is neither letter, digit nor white space.
  private struct SignCount {
    private var all = 0
    private var signs = 0
    private var run = 0
    private(set) var longestRun = 0

    var ratio: Float { all == 0 ? 0 : Float(signs) / Float(all) }

    @inline(__always)
    mutating func add(_ scalar: Unicode.Scalar) {
      if scalar.isSpace {
        run = 0
        return
      }
      all += 1
      if JailbreakScore.isAlphanumeric(scalar) {
        run = 0
      } else {
        signs += 1
        run += 1
        longestRun = max(longestRun, run)
      }
    }
  }

  private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return "a"..."z" ~= scalar || "0"..."9" ~= scalar || "A"..."Z" ~= scalar }
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: return true
    default: return scalar.properties.isAlphabetic
    }
  }

  /// Bits for each ASCII character that is no white space.
  private static func entropy(_ text: [UInt8]) -> Double {
    // Fewer than 28 different characters can't have so many bits as the threshold.
    var (low, high): (UInt64, UInt64) = (0, 0)
    for byte in text {
      if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte & 63) }
    }
    if low.nonzeroBitCount + high.nonzeroBitCount < 28 { return 0 }
    var counts = [Int](repeating: 0, count: 128)
    var total = 0
    for byte in text where byte < 128 && byte != 0x20 && !(0x09...0x0D ~= byte && byte != 0x0B) {
      counts[Int(byte)] += 1
      total += 1
    }
    var entropy = 0.0
    for count in counts where count > 0 {
      let share = Double(count) / Double(total)
      entropy -= share * log2(share)
    }
    return entropy
  }
}
