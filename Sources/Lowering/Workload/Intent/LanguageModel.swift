/// A language model by its size, and what is known of how it is built.
///
/// Sizes are those that their makers publish; layers, heads and widths are from the models' published configurations.
package struct LanguageModel: Sendable, Hashable {
  /// The family, in small letters.
  package var family: String
  /// The size as people say it: `70b`, `8x7b`.
  package var size: String
  /// Parameters, in millions.
  package var parameters: Int
  /// What its cache of keys and values is made of; nil where nobody said.
  package var cache: Cache?

  /// What the cache of keys and values is made of.
  package struct Cache: Sendable, Hashable {
    package var layers: Int
    package var heads: Int
    package var width: Int
  }

  /// The families that claw knows, with other spellings.
  package static let families: [String: String] = [
    "llama": "llama", "mistral": "mistral", "mixtral": "mixtral", "qwen": "qwen", "gemma": "gemma", "phi": "phi",
    "deepseek": "deepseek", "falcon": "falcon", "yi": "yi", "gpt-oss": "gpt-oss",
  ]

  private static let known: [(family: String, size: String, millions: Int, layers: Int, heads: Int, width: Int)] = [
    ("llama", "7b", 6738, 32, 32, 128), ("llama", "8b", 8030, 32, 8, 128), ("llama", "13b", 13_016, 40, 40, 128),
    ("llama", "70b", 70_554, 80, 8, 128), ("llama", "405b", 405_853, 126, 8, 128),
    ("mistral", "7b", 7248, 32, 8, 128), ("mixtral", "8x7b", 46_703, 32, 8, 128),
    ("mixtral", "8x22b", 140_621, 56, 8, 128), ("qwen", "7b", 7616, 28, 4, 128), ("qwen", "14b", 14_770, 48, 8, 128),
    ("qwen", "32b", 32_764, 64, 8, 128), ("qwen", "72b", 72_706, 80, 8, 128), ("gemma", "9b", 9242, 42, 8, 256),
    ("gemma", "27b", 27_227, 46, 16, 128), ("phi", "14b", 14_660, 40, 10, 128),
  ]

  /// The model of a family and a size; nil where the size is none.
  package init?(family: String, size: String) {
    self.family = family
    self.size = size
    if let found = Self.known.first(where: { $0.family == family && $0.size == size }) {
      parameters = found.millions
      cache = Cache(layers: found.layers, heads: found.heads, width: found.width)
      return
    }
    guard let millions = Self.millions(size) else { return nil }
    parameters = millions
  }

  /// `70b`, `1.5b`, `500m` or `8x7b`, in millions; nil for anything else.
  static func millions(_ size: String) -> Int? {
    let parts = size.utf8.split(separator: 0x78, omittingEmptySubsequences: false).map { String(Substring($0)) }
    guard 1...2 ~= parts.count, let unit = parts[parts.count - 1].utf8.last, unit == 0x62 || unit == 0x6D,
      let number = thousandths(String(parts[parts.count - 1].dropLast())), number > 0
    else { return nil }
    let one = unit == 0x62 ? number : number / 1000
    guard parts.count == 2 else { return one > 0 && one <= 10_000_000 ? one : nil }
    guard let count = Int(parts[0]), 2...256 ~= count, one > 0, one <= 1_000_000 else { return nil }
    return count * one
  }

  /// A number with at most three digits behind its point, in thousandths.
  private static func thousandths(_ text: String) -> Int? {
    let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).map { String(Substring($0)) }
    guard 1...2 ~= parts.count,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 6 && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
      let whole = Int(parts[0])
    else { return nil }
    guard parts.count == 2 else { return whole * 1000 }
    guard parts[1].utf8.count <= 3, let rest = Int(parts[1] + String(repeating: "0", count: 3 - parts[1].utf8.count))
    else { return nil }
    return whole * 1000 + rest
  }
}

/// How numbers of a model are kept.
package enum Precision: String, Sendable, CaseIterable {
  case fp32
  case bf16
  case fp16
  case fp8
  case int8
  case int4

  /// The bits of a number.
  package var bits: Int {
    switch self {
    case .fp32: 32
    case .bf16, .fp16: 16
    case .fp8, .int8: 8
    case .int4: 4
    }
  }
}

/// How much memory a model takes when it answers, and how many GPUs that is.
///
/// Weights and a fifth more for what the runner itself needs, a rule of thumb that is in use everywhere; and where the
/// model's build is known, the keys and values of its context.
package struct ModelMemory: Sendable, Hashable {
  /// In MiB.
  package var weights: Int
  /// A fifth of them, in MiB.
  package var overhead: Int
  /// Keys and values, in MiB; 0 where nobody knows.
  package var cache: Int

  /// What a model takes.
  ///
  /// - Parameter context: the tokens of a conversation.
  /// - Parameter conversations: how many at a time.
  package init(_ model: LanguageModel, precision: Precision, context: Int, conversations: Int = 1) {
    weights = (model.parameters * 1_000_000 / 8 * precision.bits) >> 20
    overhead = weights / 5
    guard let build = model.cache else {
      cache = 0
      return
    }
    // A key and a value for each layer, head and token; they are kept in 16 bits unless the weights have more.
    let bytes = 2 * build.layers * build.heads * build.width * max(2, precision.bits / 8)
    cache = (bytes * context * conversations) >> 20
  }

  /// All of it, in MiB.
  package var total: Int { weights + overhead + cache }

  /// The fewest GPUs of a size that hold it.
  package func gpus(of memory: Int) -> Int { Self.gpus(of: memory, holding: total) }

  /// The fewest GPUs of a size that hold so much, in MiB: runners split a model over powers of two.
  static func gpus(of memory: Int, holding need: Int) -> Int {
    var count = 1
    while count * memory < need, count < 1 << 20 { count *= 2 }
    return count
  }
}
