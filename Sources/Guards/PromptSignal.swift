/// A sign that a text wants to instruct the model: words of several lists, near each other and in order.
package struct PromptSignal: Sendable {
  /// What reports call it.
  package let name: String
  /// How much it counts.
  package let weight: Double
  /// The ways in which it shows: each a row of word lists, with the most characters that lie between one and the next.
  package let forms: [Form]

  /// One way.
  package struct Form: Sendable {
    /// Whole words or phrases; one of each list must be there.
    package let words: [[String]]
    /// Most characters between two of them.
    package let distance: Int
  }

  private init(_ name: String, _ weight: Double, within distance: Int = 0, _ words: [String]...) {
    self.init(name, weight, forms: [Form(words: words, distance: distance)])
  }

  private init(_ name: String, _ weight: Double, forms: [Form]) {
    self.name = name
    self.weight = weight
    self.forms = forms
  }

  private static func plural(_ words: String...) -> [String] { words.flatMap { [$0, $0 + "s"] } }

  private static let hiddenPrompts =
    ["system prompt", "system instructions"] + ["message", "instructions", "prompt"].map { "developer " + $0 }
    + ["instructions", "prompt"].map { "hidden " + $0 }

  private static let credentials = ["api key", "secret", "secrets", "token", "password", "private key"]
  private static let exfiltration =
    ["send", "post", "upload", "leak", "reveal", "print", "dump", "exfiltrat"]
    + ["e", "ion", "ing", "ed"].map { "exfiltrat" + $0 }

  /// The signs that `prompt_injection` adds up (reference section 1.6).
  package static let injection: [PromptSignal] = [
    PromptSignal(
      "ignore_previous_instructions", 3, within: 64, ["ignore", "disregard"],
      ["previous", "prior", "above", "earlier"],
      plural("instruction", "direction") + ["rules"]),
    PromptSignal("system_prompt_mentions", 2, hiddenPrompts + ["jailbreak"]),
    PromptSignal(
      "prompt_extraction_request", 4, within: 64,
      ["what's", "what is", "reveal", "show", "tell me", "repeat", "print", "output", "display", "copy"],
      hiddenPrompts + ["system message"]),
    PromptSignal(
      "tool_invocation_language", 1, within: 32, ["call", "invoke", "run", "execute"], ["tool", "function"]),
    PromptSignal(
      "security_bypass_language", 3, within: 48, ["ignore", "disregard", "bypass", "override", "disable", "skip"],
      ["guard", "policy", "security", "safety"] + plural("guardrail", "filter", "protection")),
    PromptSignal(
      "credential_exfiltration", 6,
      forms: [
        Form(words: [credentials, exfiltration], distance: 96), Form(words: [exfiltration, credentials], distance: 96),
      ]),
  ]

  /// From which weight on one sign alone is critical.
  package static let criticalWeight = 6.0

  /// The signs of the guard `jailbreak`, in the order of the linear model's weights but for the last (reference section 1.6).
  package static let jailbreak: [PromptSignal] = [
    PromptSignal(
      "jb_ignore_policy", 0.9, within: 64, ["ignore", "disregard", "bypass", "override", "disable"],
      ["policy", "policies", "rules", "safety"] + plural("guardrail")),
    PromptSignal("jb_dan_unfiltered", 0.9, ["dan", "jailbreak", "unfiltered", "unrestricted"]),
    PromptSignal(
      "jb_system_prompt_extraction", 0.95, within: 64, ["reveal", "show", "tell me", "repeat", "print", "output"],
      hiddenPrompts),
    PromptSignal("jb_role_change", 0.7, ["you are now", "act as", "pretend to be", "roleplay"]),
    PromptSignal(
      "jb_encoded_payload", 0.6, ["base64", "rot13", "decode", "urlencode"] + ["-", "_", " "].map { "url\($0)encode" }),
  ]
}
