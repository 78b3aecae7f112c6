import Source

/// The names under which providers' keys are handed to programs.
enum ProviderKeys {
  private static let providers = [
    "OPENAI", "ANTHROPIC", "OPENROUTER", "GEMINI", "GOOGLE", "GOOGLE_AI", "XAI", "MISTRAL", "GROQ", "DEEPSEEK",
    "COHERE",
    "TOGETHER", "FIREWORKS", "PERPLEXITY", "AZURE_OPENAI", "HUGGINGFACE", "HF", "REPLICATE", "MOONSHOT", "MINIMAX",
    "ZAI", "CEREBRAS", "NVIDIA", "OLLAMA", "AI_GATEWAY", "VOYAGE",
  ]
  private static let suffixes = ["_API_KEY", "_AUTH_TOKEN", "_API_TOKEN", "_KEY", "_TOKEN"]

  /// Whether a variable holds a provider's key by its name.
  static func isKey(_ name: String) -> Bool {
    // All of them end in KEY or TOKEN, or start with PROVIDER_API_KEY: most names are done with two bytes.
    guard let first = name.utf8.first, let last = name.utf8.last,
      first & 0xDF == 0x50 || last & 0xDF == 0x59 || last & 0xDF == 0x4E
    else { return false }
    let upper = name.uppercased()
    if upper.utf8.starts(with: "PROVIDER_API_KEY".utf8) { return true }
    return suffixes.contains { suffix in
      upper.hasSuffix(suffix) && providers.contains(String(upper.dropLast(suffix.count)))
    }
  }

  /// The names behind `$` in a text, also those that this compile did not come to: another may.
  static func variables(in text: String) -> [String] {
    guard text.utf8.contains(0x24) else { return [] }
    let bytes = Array(text.utf8)
    var names: [String] = []
    var index = 0
    while index + 1 < bytes.count {
      guard bytes[index] == 0x24 else {
        index += 1
        continue
      }
      if bytes[index + 1] == 0x24 {
        index += 2
        continue
      }
      let start = bytes[index + 1] == 0x7B ? index + 2 : index + 1
      let name = bytes[min(start, bytes.count)...].prefix {
        $0.isASCIIAlphanumeric || $0 == 0x5F
      }
      names.append(String(decoding: name, as: UTF8.self))
      index = max(start + name.count, index + 1)
    }
    return names
  }
}
