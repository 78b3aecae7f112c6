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

  /// A path behind an address, with one slash between them.
  package static func join(_ base: String, _ path: String) -> String {
    var base = base
    while base.utf8.last == 0x2F { base.removeLast() }
    return base + (path.isEmpty || path.utf8.first == 0x2F ? path : "/" + path)
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
