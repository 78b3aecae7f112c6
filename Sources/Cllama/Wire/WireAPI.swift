/// The APIs that a claw may call.
package enum WireAPI: String, Sendable, CaseIterable {
  /// OpenAI's chat completions.
  case chat = "chat.completions"
  /// OpenAI's responses.
  case responses
  /// OpenAI's embeddings.
  case embeddings
  /// Anthropic's messages.
  case messages
  /// Anthropic's count of what a message would cost.
  case countTokens = "messages.count_tokens"

  /// Which upstreams speak it.
  package var family: SidecarConfiguration.Family {
    switch self {
    case .chat, .responses, .embeddings: .openai
    case .messages, .countTokens: .anthropic
    }
  }

  /// The path behind an upstream's address. OpenAI's address ends in `/v1`, Anthropic's does not.
  package var upstreamPath: String {
    switch self {
    case .chat: "/chat/completions"
    case .responses: "/responses"
    case .embeddings: "/embeddings"
    case .messages: "/v1/messages"
    case .countTokens: "/v1/messages/count_tokens"
    }
  }

  /// What OpenTelemetry's conventions for generative AI call the operation (`gen_ai.operation.name`).
  package var operation: String {
    switch self {
    case .chat, .responses, .messages: "chat"
    case .embeddings: "embeddings"
    case .countTokens: "count_tokens"
    }
  }

  /// Whether answers hold what a model said.
  package var isConversation: Bool { self == .chat || self == .responses || self == .messages }
}

/// What a request asks for, by method and path.
///
/// It is decided on the path as it came: nothing is decoded or simplified first, so that what is decided and what is served
/// are one thing (abuse case 56).
package enum WireRoute: Sendable, Equatable {
  case call(WireAPI)
  case models
  case model(String)
  case health
  case metrics
  /// A service of the pod, and the path behind its name, query included.
  case service(String, path: String)
  case unknown
  /// The path is served, the method is not.
  case wrongMethod

  package init(method: String, target: String) {
    let path = target.utf8.firstIndex(of: 0x3F).map { String(target[..<$0]) } ?? target
    let isGet = method == "GET"
    func when(_ condition: Bool, _ route: WireRoute) -> WireRoute { condition ? route : .wrongMethod }
    switch path {
    case "/v1/chat/completions": self = when(method == "POST", .call(.chat))
    case "/v1/responses": self = when(method == "POST", .call(.responses))
    case "/v1/embeddings": self = when(method == "POST", .call(.embeddings))
    case "/v1/messages": self = when(method == "POST", .call(.messages))
    case "/v1/messages/count_tokens": self = when(method == "POST", .call(.countTokens))
    case "/v1/models": self = when(isGet, .models)
    case "/health": self = when(isGet, .health)
    case "/metrics": self = when(isGet, .metrics)
    default:
      if path.utf8.starts(with: "/v1/models/".utf8) {
        self = when(isGet, .model(String(path.dropFirst(11))))
      } else if target.utf8.starts(with: "/s/".utf8) {
        let rest = target.dropFirst(3)
        let name = rest.prefix { $0 != "/" && $0 != "?" }
        self = name.isEmpty ? .unknown : .service(String(name), path: String(rest.dropFirst(name.count)))
      } else {
        self = .unknown
      }
    }
  }
}
