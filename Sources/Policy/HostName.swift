/// Names and addresses of hosts.
package enum HostName {
  /// A host in the one form that patterns are compared with: small letters, no dot at the end, addresses as they are usually
  /// written. Nil for what is none: a name has letters, digits, hyphens and underscores in parts of at most 63 (RFC 1123);
  /// other scripts come as `xn--…`, because what they look like depends on the reader.
  package static func canonical(_ text: String) -> String? {
    if isPlain(text) { return text }
    var host = text.lowercased()
    if host.utf8.first == 0x5B, host.utf8.last == 0x5D { host = String(host.dropFirst().dropLast()) }
    if host.utf8.contains(0x3A) { return IPv6.canonical(host) }
    if host.utf8.last == 0x2E { host.removeLast() }
    guard !host.isEmpty, host.utf8.count <= 253 else { return nil }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    for label in labels {
      guard 1...63 ~= label.utf8.count, label.utf8.first != 0x2D, label.utf8.last != 0x2D,
        label.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x5F })
      else { return nil }
    }
    // What ends in a number is an address and must be one (WHATWG URL): no octal, no hexadecimal, four parts.
    if let last = labels.last, last.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) || last.hasPrefix("0x") {
      return isIPv4(labels) ? host : nil
    }
    return host
  }

  /// Whether a text is a name in canonical form, as most are; false says nothing.
  private static func isPlain(_ text: String) -> Bool {
    var length = 0
    var last: UInt8 = 0x2E
    for byte in text.utf8 {
      switch byte {
      case 0x61...0x7A, 0x30...0x39, 0x5F: length += 1
      case 0x2D where last != 0x2E: length += 1
      case 0x2E where last != 0x2E && last != 0x2D: length = 0
      default: return false
      }
      if length > 63 { return false }
      last = byte
    }
    // What ends in a letter is no address.
    return 0x61...0x7A ~= last && text.utf8.count <= 253 && !text.utf8.contains(0x78)
  }

  private static func isIPv4(_ parts: [Substring]) -> Bool {
    parts.count == 4
      && parts.allSatisfy { part in
        guard part.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), part.utf8.count <= 3, let value = Int(part) else {
          return false
        }
        return value <= 255 && (part.utf8.count == 1 || part.utf8.first != 0x30)
      }
  }

  /// What stands behind the first `://`.
  private static func authorityStart(_ url: String.UTF8View) -> String.Index? {
    var place = url.startIndex
    while let colon = url[place...].firstIndex(of: 0x3A) {
      place = url.index(after: colon)
      if url[place...].starts(with: [0x2F, 0x2F]) { return url.index(place, offsetBy: 2) }
    }
    return nil
  }

  /// The host that a URL names, in canonical form; nil if it names none, and the text itself if that is no host.
  package static func ofURL(_ url: String) -> String? {
    guard let start = authorityStart(url.utf8) else { return nil }
    let authority = url[start...].utf8.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 && $0 != 0x5C }
    var text = String(Substring(authority))
    if let at = text.utf8.lastIndex(of: 0x40) { text = String(text[text.utf8.index(after: at)...]) }
    if text.utf8.first != 0x5B, let colon = text.utf8.lastIndex(of: 0x3A) {
      text = String(text[..<colon])
    } else if let bracket = text.utf8.lastIndex(of: 0x5D) {
      text = String(text[...bracket])
    }
    return canonical(text) ?? text
  }
}

/// Addresses of version 6.
enum IPv6 {
  /// The address in its canonical text (RFC 5952); nil if it is none.
  static func canonical(_ text: String) -> String? {
    guard let groups = groups(text) else { return nil }
    // An address of version 4 in the clothes of version 6 is judged as what it is.
    if groups[..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xFFFF {
      return [groups[6] >> 8, groups[6] & 255, groups[7] >> 8, groups[7] & 255].map(String.init).joined(separator: ".")
    }
    var best = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index > max(1, best.count) { best = index..<end }
      index = max(end, index + 1)
    }
    func hexadecimal(_ part: ArraySlice<Int>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    return best.isEmpty
      ? hexadecimal(groups[...])
      : hexadecimal(groups[..<best.lowerBound]) + "::" + hexadecimal(groups[best.upperBound...])
  }

  private static func groups(_ text: String) -> [Int]? {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return nil }
    func parse(_ half: Substring) -> [Int]? {
      if half.isEmpty { return [] }
      var result: [Int] = []
      let parts = half.split(separator: ":", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index == parts.count - 1, part.utf8.contains(0x2E) {
          let numbers = part.split(separator: ".", omittingEmptySubsequences: false).compactMap { Int($0) }
          guard numbers.count == 4, numbers.allSatisfy({ 0...255 ~= $0 }) else { return nil }
          result += [numbers[0] << 8 | numbers[1], numbers[2] << 8 | numbers[3]]
        } else {
          guard 1...4 ~= part.utf8.count, part.utf8.first != 0x2B, let value = Int(part, radix: 16) else { return nil }
          result.append(value)
        }
      }
      return result
    }
    guard let first = parse(halves[0]) else { return nil }
    if halves.count == 1 { return first.count == 8 ? first : nil }
    guard let second = parse(halves[1]), first.count + second.count < 8 else { return nil }
    return first + [Int](repeating: 0, count: 8 - first.count - second.count) + second
  }
}
