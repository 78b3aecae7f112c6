/// Where requests go: a scheme, a host, a port, and the path that a request's own path is put behind.
struct PeerAddress: Sendable, Hashable {
  /// What connections are shared by.
  struct Peer: Sendable, Hashable {
    var isSecure: Bool
    var host: String
    var port: Int
  }

  var peer: Peer
  /// What the header `host` says.
  var authority: String
  /// As it was written, with its query; empty for none.
  var path: String
  /// What a further path is put behind: the same without a slash at its end.
  private var base: String

  /// Reads `http://…` and `https://…`; nil for anything else, and for what has a user or a fragment.
  init?(_ text: String) {
    let bytes = text.utf8
    let isSecure = bytes.starts(with: "https://".utf8)
    guard isSecure || bytes.starts(with: "http://".utf8), Self.isVisible(text) else { return nil }
    let rest = bytes.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
    let path = rest[authority.endIndex...]
    guard !authority.contains(0x40), path.isEmpty || path.first == 0x2F, !path.contains(0x23) else { return nil }
    var host = authority
    var port: Int?
    let colon =
      authority.first == 0x5B
      ? authority.firstIndex(of: 0x5D).map { authority.index(after: $0) }.flatMap { $0 < authority.endIndex ? $0 : nil }
      : authority.lastIndex(of: 0x3A)
    if let colon {
      guard authority[colon] == 0x3A, let number = Int(String(authority[authority.index(after: colon)...]) ?? ""),
        1...65_535 ~= number
      else { return nil }
      port = number
      host = authority[..<colon]
    }
    if host.first == 0x5B {
      guard host.last == 0x5D else { return nil }
      host = host.dropFirst().dropLast()
    }
    guard !host.isEmpty else { return nil }
    let usual = isSecure ? 443 : 80
    peer = Peer(isSecure: isSecure, host: String(Substring(host)), port: port ?? usual)
    self.authority = String(Substring(authority))
    self.path = String(Substring(path))
    var base = path
    while base.last == 0x2F { base = base.dropLast() }
    self.base = String(Substring(base))
  }

  /// Whether a text may stand in the first line of a request.
  static func isVisible(_ text: String) -> Bool { text.utf8.allSatisfy { 0x21...0x7E ~= $0 } }

  /// The target of a request for a path below the address.
  func target(_ path: String) -> String {
    if path.isEmpty { return self.path.isEmpty ? "/" : self.path }
    return path.utf8.first == 0x2F ? base + path : "\(base)/\(path)"
  }
}
