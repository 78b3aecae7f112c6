import Glibc
import Guards
import IR

/// How much a text looks like an attempt to free the model of its rules: wording, look and a linear model, joined in single
/// precision as the reference does it (section 1.6), because thresholds are met exactly or not at all.
struct JailbreakScore {
  /// 0 to 100.
  private(set) var risk: Int
  /// What speaks for it.
  private(set) var signals: [String]

  /// - Parameter found: which signs of `PromptSignal.jailbreak` the text has.
  init(_ text: PromptText, _ found: [Bool], _ program: JailbreakProgram) {
    var wording: Float = 0
    var signals: [String] = []
    for (index, signal) in PromptSignal.jailbreak.enumerated() where found[index] {
      wording += Float(signal.weight)
      signals.append(signal.name)
    }
    let scalars = text.scalars
    let punctuation = Self.punctuationRatio(scalars)
    let hasRun = Self.hasSymbolRun(scalars)
    var looks: [String] = []
    if punctuation >= 0.35 { looks.append("stat_punctuation_ratio_high") }
    if Self.entropy(text.text) >= 4.8 { looks.append("stat_char_entropy_high") }
    if text.strippedCount > 0 { looks.append("stat_zero_width_obfuscation") }
    if hasRun { looks.append("stat_long_symbol_run") }
    var score: Float = 0
    if program.usesHeuristics { score += Self.clamp(wording / 3) * 0.55 }
    if program.usesStatistics { score += Self.clamp(Float(looks.count) * 0.2) * 0.20 }
    if program.usesModel {
      let weights = program.weights
      // Signs come as policy, DAN, extraction, role, encoding; weights as policy, DAN, role, extraction, encoding.
      let inputs: [Float] = [found[0], found[1], found[3], found[2], found[4]].map { $0 ? 1 : 0 }
      var sum = weights[0]
      for (index, input) in inputs.enumerated() { sum += weights[index + 1] * input }
      sum += weights[6] * Self.clamp(punctuation * 2)
      sum += weights[7] * (hasRun ? 1 : 0)
      score += Self.clamp(1 / (1 + expf(-sum))) * 0.25
    }
    risk = Int(min(100, max(0, (score * 100).rounded(.toNearestOrAwayFromZero))))
    self.signals = signals + looks
  }

  private static func clamp(_ value: Float) -> Float { min(1, max(0, value)) }

  private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return "a"..."z" ~= scalar || "0"..."9" ~= scalar || "A"..."Z" ~= scalar }
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: return true
    default: return scalar.properties.isAlphabetic
    }
  }

  private static func punctuationRatio(_ scalars: [Unicode.Scalar]) -> Float {
    var (all, signs) = (0, 0)
    for scalar in scalars where !scalar.isSpace {
      all += 1
      if !isAlphanumeric(scalar) { signs += 1 }
    }
    return all == 0 ? 0 : Float(signs) / Float(all)
  }

  private static func hasSymbolRun(_ scalars: [Unicode.Scalar]) -> Bool {
    var run = 0
    for scalar in scalars {
      run = isAlphanumeric(scalar) || scalar.isSpace ? 0 : run + 1
      if run >= 12 { return true }
    }
    return false
  }

  /// Bits for each ASCII character that is no white space.
  private static func entropy(_ text: [UInt8]) -> Double {
    var counts = [Int](repeating: 0, count: 128)
    var total = 0
    for byte in text where byte < 128 && byte != 0x20 && !(0x09...0x0D ~= byte && byte != 0x0B) {
      counts[Int(byte)] += 1
      total += 1
    }
    // Fewer than 28 different characters can't have so many bits as the threshold.
    if counts.count(where: { $0 > 0 }) < 28 { return 0 }
    var entropy = 0.0
    for count in counts where count > 0 {
      let share = Double(count) / Double(total)
      entropy -= share * log2(share)
    }
    return entropy
  }
}
