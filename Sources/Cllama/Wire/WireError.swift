package import JSON

/// An answer that the sidecar gives itself, in the shape of the API that was asked.
package struct WireError: Error, Sendable, Equatable {
  /// What went wrong, as both families of APIs name it.
  package enum Kind: String, Sendable, CaseIterable {
    case invalidRequest
    case unauthorized
    case denied
    case notFound
    case wrongMethod
    case timeout
    case tooLarge
    case rateLimited
    case budgetExceeded
    case unavailable
    case upstream
    case upstreamTimeout

    /// The status, RFC 9110.
    package var status: Int {
      switch self {
      case .invalidRequest: 400
      case .unauthorized: 401
      case .denied: 403
      case .notFound: 404
      case .wrongMethod: 405
      case .timeout: 408
      case .tooLarge: 413
      case .rateLimited, .budgetExceeded: 429
      case .upstream: 502
      case .unavailable: 503
      case .upstreamTimeout: 504
      }
    }

    /// `error.code` for OpenAI's family.
    package var code: String {
      switch self {
      case .invalidRequest: "invalid_request"
      case .unauthorized: "invalid_api_key"
      case .denied: "policy_denied"
      case .notFound: "not_found"
      case .wrongMethod: "method_not_allowed"
      case .timeout: "request_timeout"
      case .tooLarge: "request_too_large"
      case .rateLimited: "rate_limit_exceeded"
      case .budgetExceeded: "budget_exceeded"
      case .unavailable: "sidecar_unavailable"
      case .upstream: "upstream_error"
      case .upstreamTimeout: "upstream_timeout"
      }
    }

    /// `error.type` for OpenAI's family.
    private var openAIType: String {
      switch self {
      case .invalidRequest, .notFound, .wrongMethod, .timeout, .tooLarge: "invalid_request_error"
      case .unauthorized: "authentication_error"
      case .denied: "permission_error"
      case .rateLimited: "rate_limit_error"
      case .budgetExceeded: "insufficient_quota"
      case .unavailable, .upstream, .upstreamTimeout: "server_error"
      }
    }

    /// `error.type` for Anthropic's family.
    private var anthropicType: String {
      switch self {
      case .invalidRequest, .wrongMethod, .timeout: "invalid_request_error"
      case .unauthorized: "authentication_error"
      case .denied: "permission_error"
      case .notFound: "not_found_error"
      case .tooLarge: "request_too_large"
      case .rateLimited, .budgetExceeded: "rate_limit_error"
      case .unavailable, .upstream, .upstreamTimeout: "api_error"
      }
    }

    fileprivate func type(_ family: SidecarConfiguration.Family) -> String {
      family == .anthropic ? anthropicType : openAIType
    }
  }

  package var kind: Kind
  package var message: String
  /// The member that is wrong, where one is.
  package var parameter: String?
  /// When to come back, in seconds.
  package var retryAfter: Int?

  package init(_ kind: Kind, _ message: String, parameter: String? = nil, retryAfter: Int? = nil) {
    self.kind = kind
    self.message = message
    self.parameter = parameter
    self.retryAfter = retryAfter
  }

  /// The body of an answer.
  package func body(_ family: SidecarConfiguration.Family) -> JSONValue {
    switch family {
    case .openai:
      [
        "error": [
          "message": .string(message), "type": .string(kind.type(family)),
          "param": parameter.map { .string($0) } ?? .null, "code": .string(kind.code),
        ]
      ]
    case .anthropic:
      ["type": "error", "error": ["type": .string(kind.type(family)), "message": .string(message)]]
    }
  }

  /// The event that ends a stream which can't go on.
  package func event(_ api: WireAPI) -> [UInt8] {
    var bytes: [UInt8] = []
    switch api.family {
    case .openai where api == .responses:
      let value: JSONValue = [
        "type": "error", "code": .string(kind.code), "message": .string(message), "param": .null,
      ]
      bytes += "event: error\ndata: ".utf8
      bytes += value.text().utf8
    case .openai:
      bytes += "data: ".utf8
      bytes += body(.openai).text().utf8
    case .anthropic:
      bytes += "event: error\ndata: ".utf8
      bytes += body(.anthropic).text().utf8
    }
    return bytes + "\n\n".utf8
  }
}
