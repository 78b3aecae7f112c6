/// A provider of models that claw knows by its name.
struct Provider {
  var name: String
  /// The address in front of the API's own paths.
  var url: String
  var api = UpstreamAPI.openai
  /// The variables that its key is handed to programs by, the usual one first.
  var keys: [String]

  /// All of them.
  static let all: [Provider] = [
    Provider(name: "openai", url: "https://api.openai.com/v1", keys: ["OPENAI_API_KEY"]),
    Provider(name: "anthropic", url: "https://api.anthropic.com/v1", api: .anthropic, keys: ["ANTHROPIC_API_KEY"]),
    Provider(name: "openrouter", url: "https://openrouter.ai/api/v1", keys: ["OPENROUTER_API_KEY"]),
    Provider(
      name: "gemini", url: "https://generativelanguage.googleapis.com/v1beta/openai",
      keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    Provider(name: "groq", url: "https://api.groq.com/openai/v1", keys: ["GROQ_API_KEY"]),
    Provider(name: "mistral", url: "https://api.mistral.ai/v1", keys: ["MISTRAL_API_KEY"]),
    Provider(name: "deepseek", url: "https://api.deepseek.com/v1", keys: ["DEEPSEEK_API_KEY"]),
    Provider(name: "xai", url: "https://api.x.ai/v1", keys: ["XAI_API_KEY"]),
    Provider(name: "together", url: "https://api.together.xyz/v1", keys: ["TOGETHER_API_KEY"]),
    Provider(name: "fireworks", url: "https://api.fireworks.ai/inference/v1", keys: ["FIREWORKS_API_KEY"]),
    Provider(name: "cerebras", url: "https://api.cerebras.ai/v1", keys: ["CEREBRAS_API_KEY"]),
    Provider(name: "perplexity", url: "https://api.perplexity.ai", keys: ["PERPLEXITY_API_KEY"]),
    Provider(name: "moonshot", url: "https://api.moonshot.ai/v1", keys: ["MOONSHOT_API_KEY"]),
    Provider(name: "nvidia", url: "https://integrate.api.nvidia.com/v1", keys: ["NVIDIA_API_KEY"]),
  ]

  /// The provider of a name.
  static func named(_ name: String) -> Provider? { all.first { $0.name.utf8.elementsEqual(name.utf8) } }
}

/// The hosts that the clients of chat platforms talk to: what `channel://PLATFORM` lets out.
enum PlatformHosts {
  private static let hosts: [String: [String]] = [
    "discord": ["discord.com", "*.discord.gg", "cdn.discordapp.com", "media.discordapp.net"],
    "slack": ["slack.com", "*.slack.com"],
    "telegram": ["api.telegram.org"],
  ]

  /// The hosts of a platform; none where claw does not know them.
  static func of(_ platform: String) -> [String] { hosts[platform.lowercased()] ?? [] }
}
