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
    let upper = name.uppercased()
    if upper.utf8.starts(with: "PROVIDER_API_KEY".utf8) { return true }
    return suffixes.contains { suffix in
      upper.hasSuffix(suffix) && providers.contains(String(upper.dropLast(suffix.count)))
    }
  }
}
