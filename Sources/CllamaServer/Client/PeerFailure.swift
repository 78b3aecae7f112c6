import Cllama

/// Why a request has no answer, or only half of one.
enum PeerFailure: Error, Equatable, CustomStringConvertible {
  case unreachable(String)
  /// The connection ended in the middle.
  case closed
  /// What came is no HTTP.
  case malformed(String)
  case timeout
  case tooLarge
  case badAddress

  var description: String {
    switch self {
    case .unreachable(let reason): "can't be reached: \(reason)"
    case .closed: "closed the connection"
    case .malformed(let reason): "failed: \(reason)"
    case .timeout: "took too long"
    case .tooLarge: "said too much"
    case .badAddress: "has an address that can't be used"
    }
  }
}

extension WireError {
  /// What a caller is told of an upstream that failed.
  init(upstream failure: any Error) {
    let failure = failure as? PeerFailure ?? .unreachable("\(type(of: failure))")
    self.init(failure == .timeout ? .upstreamTimeout : .upstream, "the upstream \(failure)")
  }
}
