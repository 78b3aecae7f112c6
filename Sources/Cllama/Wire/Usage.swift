package import JSON

/// The tokens of a call, as the upstream counted them.
package struct Usage: Sendable, Equatable {
  /// All that went in, what was cached included.
  package var input = 0
  package var output = 0
  /// Of what went in, what the upstream had in its cache.
  package var cached = 0
  /// Whether the sidecar counted, because the upstream did not.
  package var isEstimated = false

  package init(input: Int = 0, output: Int = 0, cached: Int = 0, isEstimated: Bool = false) {
    self.input = input
    self.output = output
    self.cached = cached
    self.isEstimated = isEstimated
  }

  package var total: Int { input + output }

  /// What an answer, or an event of one, says of its usage; nil if nothing.
  ///
  /// Anthropic counts what was read from the cache apart from `input_tokens`, OpenAI within `prompt_tokens`.
  package init?(_ body: JSONValue) {
    guard let usage = body["usage"] ?? body["response"]?["usage"] ?? body["message"]?["usage"], usage.members != nil
    else { return nil }
    func count(_ value: JSONValue?) -> Int { min(max(value?.integer ?? 0, 0), 1 << 40) }
    if usage["prompt_tokens"] != nil || usage["completion_tokens"] != nil {
      input = count(usage["prompt_tokens"])
      output = count(usage["completion_tokens"])
      cached = min(input, count(usage["prompt_tokens_details"]?["cached_tokens"]))
    } else if usage["input_tokens"] != nil || usage["output_tokens"] != nil {
      if let details = usage["input_tokens_details"] {
        input = count(usage["input_tokens"])
        cached = min(input, count(details["cached_tokens"]))
      } else {
        cached = count(usage["cache_read_input_tokens"])
        input = count(usage["input_tokens"]) + cached + count(usage["cache_creation_input_tokens"])
      }
      output = count(usage["output_tokens"])
    } else if let total = usage["total_tokens"] {
      input = count(total)
    } else {
      return nil
    }
  }

  /// Takes what a later event of the same stream says: counts only grow.
  package mutating func merge(_ later: Usage) {
    input = max(input, later.input)
    output = max(output, later.output)
    cached = max(cached, later.cached)
  }

  /// What it costs; nil where nobody said what the model costs.
  package func cost(_ price: SidecarConfiguration.Price?) -> Money? {
    guard let price else { return nil }
    return price.input.forTokens(input - cached) + (price.cached ?? price.input).forTokens(cached)
      + price.output.forTokens(output)
  }

  /// About how many tokens some bytes are; a rule of thumb for English text and code.
  package static func estimate(bytes: Int) -> Int { (bytes + 3) / 4 }
}
