/// Where a connection through the sidecar is to lead, and whether it may.
package struct ConnectTarget: Sendable, Equatable {
  package var host: String
  package var port: Int

  /// Reads the target of CONNECT: a host and a port, nothing else (RFC 9110, 9.3.6).
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let colon = bytes.lastIndex(of: 0x3A), colon > 0 else { return nil }
    let digits = bytes[(colon + 1)...]
    guard 1...5 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
      let port = Int(String(decoding: digits, as: UTF8.self)), 1...65_535 ~= port
    else { return nil }
    var host = bytes[..<colon]
    // A dot at the end makes the same name.
    if host.last == 0x2E { host = host.dropLast() }
    guard !host.isEmpty, host.count <= 253,
      host.allSatisfy({
        0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      })
    else { return nil }
    self.host = String(decoding: host.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
    self.port = port
  }

  /// Whether a claw declared it.
  package func isDeclared(_ hosts: [SidecarConfiguration.EgressHost]) -> Bool {
    hosts.contains { declared in
      guard declared.port == port else { return false }
      let name = declared.host.lowercased()
      if name.hasPrefix("*.") { return host.utf8.count > name.utf8.count - 1 && host.hasSuffix(name.dropFirst()) }
      return name == host
    }
  }
}

/// Addresses that are nobody's in the world: a name that leads there leads back inside.
package enum InsideAddress {
  /// Whether an IPv4 address is one.
  package static func isInside(_ address: UInt32) -> Bool {
    let ranges: [(UInt32, UInt32)] = [
      (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12),
      (0xC000_0000, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xE000_0000, 3),
    ]
    return ranges.contains { base, bits in (address ^ base) >> (32 - bits) == 0 }
  }

  /// Whether an IPv6 address is one: 16 bytes.
  package static func isInside(_ address: [UInt8]) -> Bool {
    guard address.count == 16 else { return true }
    // An IPv4 address in other clothes (RFC 4291, RFC 6052) is what it is.
    func inner(_ start: Int) -> Bool { isInside(address[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) }
    if address[..<10].allSatisfy({ $0 == 0 }) { return address[10] != 0xFF || inner(12) }
    if address.starts(with: [0x00, 0x64, 0xFF, 0x9B]) { return inner(12) }
    if address.starts(with: [0x20, 0x02]) { return inner(2) }
    // Only global unicast is outside.
    return address[0] & 0xE0 != 0x20 || address.starts(with: [0x20, 0x01, 0x0D, 0xB8])
  }
}
