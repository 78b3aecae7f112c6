package import JSON

/// A web address as far as egress rules look at it.
package struct WebAddress: Sendable, Equatable {
  package var text: String
  package var host: String
  package var port: Int

  /// Reads `http://` and `https://` addresses; nil for anything else.
  ///
  /// The authority ends at `/`, `?`, `#` or a backslash, which browsers take for a slash (the WHATWG URL standard); what is
  /// before `@` is no part of the host.
  package init?(_ text: String) {
    let lower = text.prefix(8).lowercased()
    let isSecure = lower.utf8.starts(with: "https://".utf8)
    guard isSecure || lower.utf8.starts(with: "http://".utf8) else { return nil }
    var rest = text.utf8.dropFirst(isSecure ? 8 : 7)
    // More slashes than two are two.
    while rest.first == 0x2F || rest.first == 0x5C { rest = rest.dropFirst() }
    var authority = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 && $0 != 0x5C }
    if let at = authority.lastIndex(of: 0x40) { authority = authority[authority.index(after: at)...] }
    var host = authority
    var port = isSecure ? 443 : 80
    let isBracketed = authority.first == 0x5B
    let colon =
      isBracketed
      ? authority.firstIndex(of: 0x5D).map { authority.index(after: $0) }.flatMap {
        $0 < authority.endIndex && authority[$0] == 0x3A ? $0 : nil
      } : authority.lastIndex(of: 0x3A)
    if let colon {
      host = authority[..<colon]
      let digits = authority[authority.index(after: colon)...]
      if !digits.isEmpty {
        guard let number = Int(String(decoding: digits, as: UTF8.self)), 1...65_535 ~= number else { return nil }
        port = number
      }
    }
    guard !host.isEmpty else { return nil }
    self.text = text
    self.host = String(decoding: host, as: UTF8.self)
    self.port = port
  }

  /// Reads what somebody else is to fetch, who may be more lenient: white space around and line ends within are nothing, other
  /// schemes have hosts too, and a port that is none changes nothing about the host. Nil for what names no host.
  package init?(fetched text: String) {
    let bytes = text.utf8.filter { $0 > 0x20 && $0 != 0x7F }
    let plain = String(decoding: bytes, as: UTF8.self)
    if let address = WebAddress(plain) {
      self = address
      return
    }
    guard let colon = bytes.firstIndex(of: 0x3A), colon > 0,
      bytes[..<colon].allSatisfy({
        0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
      })
    else { return nil }
    // These two need no slashes, and take backslashes for them.
    let isWeb = ["http", "https"].contains(String(decoding: bytes[..<colon], as: UTF8.self).lowercased())
    guard isWeb || bytes[(colon + 1)...].starts(with: "//".utf8) else { return nil }
    let rest = bytes[(colon + 1)...].drop { $0 == 0x2F || $0 == 0x5C }
    var host = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 && $0 != 0x5C }
    if let at = host.lastIndex(of: 0x40) { host = host[(at + 1)...] }
    if host.first != 0x5B, let port = host.lastIndex(of: 0x3A) { host = host[..<port] }
    guard !host.isEmpty else { return nil }
    self.text = text
    self.host = String(decoding: host, as: UTF8.self)
    port = 443
  }

  /// A path behind an address, with one slash between them.
  package static func join(_ base: String, _ path: String) -> String {
    var base = base
    while base.utf8.last == 0x2F { base.removeLast() }
    return base + (path.isEmpty || path.utf8.first == 0x2F ? path : "/" + path)
  }

  /// Every address within a text, wherever it stands: for texts that should have been JSON.
  package static func all(inText text: String) -> [WebAddress] {
    let bytes = Array(text.utf8)
    var found: [WebAddress] = []
    var index = 0
    while index + 2 < bytes.count {
      defer { index += 1 }
      guard bytes[index] == 0x3A, bytes[index + 1] == 0x2F || bytes[index + 1] == 0x5C else { continue }
      var start = index
      while start > 0, 0x61...0x7A ~= bytes[start - 1] | 0x20 { start -= 1 }
      let end =
        bytes[index...].firstIndex { $0 <= 0x20 || $0 == 0x22 || $0 == 0x27 || $0 == 0x60 || $0 == 0x3E } ?? bytes.count
      if let address = WebAddress(String(decoding: bytes[start..<end], as: UTF8.self)) { found.append(address) }
    }
    return found
  }

  /// Every text of a value that is an address.
  package static func all(in value: JSONValue) -> [WebAddress] {
    switch value {
    case .string(let text): WebAddress(text).map { [$0] } ?? []
    case .array(let elements): elements.flatMap { all(in: $0) }
    case .object(let members): members.flatMap { all(in: $0.value) }
    case .null, .bool, .number: []
    }
  }
}
