import Canonical
import NIOHTTP1

/// Who may ask: whoever has the token, from this machine, and from no other page.
///
/// The page of another origin can make a browser send requests here, and a name that it owns can be made to mean
/// 127.0.0.1. The first is told by `Origin` and `Sec-Fetch-Site`, the second by `Host`.
struct Gate: Sendable {
  /// What a request gets.
  enum Verdict: Sendable, Equatable {
    case welcome
    /// 401: it shows no token.
    case unknown
    /// 403: it comes from somewhere else.
    case foreign(String)
  }

  /// What the link has, and programs send as `Authorization: Bearer`.
  let token: String
  /// What the browser keeps; another secret, so that a link that is found later does not say it.
  private let session: String
  private let port: Int

  init(port: Int) {
    token = Digest.hexadecimal(RandomBytes.make(32))
    session = Digest.hexadecimal(RandomBytes.make(32))
    self.port = port
  }

  /// Cookies don't know ports: two pages of this machine need two names.
  private var cookieName: String { "claw-dash-\(port)" }

  /// The header that makes a browser keep the session.
  var cookie: String { "\(cookieName)=\(session); HttpOnly; SameSite=Strict; Path=/" }

  /// The hosts that are us.
  var hosts: [String] { ["127.0.0.1:\(port)", "localhost:\(port)"] }

  /// Whether a token is the right one. Digests are compared, so that the time tells nothing.
  func isToken(_ text: some StringProtocol) -> Bool { Self.isSame(text, token) }

  private static func isSame(_ text: some StringProtocol, _ secret: String) -> Bool {
    Hash256(of: Array(text.utf8)) == Hash256(of: Array(secret.utf8))
  }

  /// Whether a request comes from this machine's own page, or from no page.
  ///
  /// - Parameter isNavigation: whether it is for a page that a person opens, perhaps from a link elsewhere.
  func origin(_ headers: HTTPHeaders, isNavigation: Bool) -> Verdict {
    let host = headers["host"]
    guard host.count == 1, hosts.contains(host[0]) else { return .foreign("the host is not this page's") }
    let origins = headers["origin"]
    guard origins.isEmpty || origins == ["http://\(host[0])"] else { return .foreign("the origin is another") }
    let site = headers["sec-fetch-site"].first
    guard isNavigation || site == nil || site == "same-origin" || site == "none" else {
      return .foreign("the request comes from another page")
    }
    return .welcome
  }

  /// Whether a request may be answered.
  ///
  /// - Parameter needsOrigin: whether a browser has to say where it comes from, as it does for WebSockets.
  func verdict(_ headers: HTTPHeaders, isNavigation: Bool = false, needsOrigin: Bool = false) -> Verdict {
    let origin = origin(headers, isNavigation: isNavigation)
    guard origin == .welcome else { return origin }
    if let words = headers["authorization"].first {
      let parts = words.split(separator: " ")
      return parts.count == 2 && parts[0].lowercased() == "bearer" && isToken(parts[1]) ? .welcome : .unknown
    }
    let isKnown = headers["cookie"].joined(separator: ";").split(separator: ";").contains { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      return parts.count == 2 && parts[0].drop { $0 == " " } == cookieName && Self.isSame(parts[1], session)
    }
    guard isKnown else { return .unknown }
    return needsOrigin && headers["origin"].isEmpty ? .foreign("a browser names its origin") : .welcome
  }
}
