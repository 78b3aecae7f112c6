import Source

/// A port of EXPOSE: `[[ip:]host:]container[/protocol]`, single or a range. Source: BuildKit's EXPOSE.
struct ExposedPort {
  /// The protocol as written; empty if none is.
  var proto: String
  /// Whether it names an address or a host port, which EXPOSE has no use for.
  var hasHostPart: Bool

  /// Why a text is no port.
  struct Failure: Error {
    var message: String
  }

  /// Reads a port.
  init(_ text: String) throws(Failure) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let container = parts.last ?? ""
    let host = parts.count > 1 ? parts[parts.count - 2] : ""
    let address = parts.count > 2 ? parts.dropLast(2).joined(separator: ":") : ""
    let halves = container.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    proto = halves.count > 1 ? halves[1] : ""
    hasHostPart = !host.isEmpty || !address.isEmpty
    if halves[0].isEmpty { throw Failure(message: "'\(text)' names no port") }
    guard ["", "tcp", "udp", "sctp"].contains(proto.lowercased()) else {
      throw Failure(message: "'\(proto)' is no protocol of ports")
    }
    if !address.isEmpty, !Self.isAddress(address) { throw Failure(message: "'\(address)' is no IP address") }
    guard let ports = Self.range(halves[0]) else {
      throw Failure(message: "'\(halves[0])' is no port or range of ports")
    }
    if !host.isEmpty {
      guard let hosts = Self.range(host) else { throw Failure(message: "'\(host)' is no port or range of ports") }
      guard ports.count == hosts.count || ports.count == 1 else {
        throw Failure(message: "the ranges '\(host)' and '\(halves[0])' are not of one length")
      }
    }
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count) else { return nil }
    var numbers: [Int] = []
    for part in parts {
      guard !part.isEmpty, part.utf8.allSatisfy({ $0.isASCIIDigit }), let number = Int(part), number <= 65_535
      else { return nil }
      numbers.append(number)
    }
    guard let first = numbers.first, let last = numbers.last, first <= last else { return nil }
    return first...last
  }

  private static func isAddress(_ text: String) -> Bool {
    if text.utf8.first == 0x5B { return text.utf8.last == 0x5D && isIPv6(text.dropFirst().dropLast()) }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 4 {
      return parts.allSatisfy { part in
        (1...3).contains(part.utf8.count) && (part.utf8.count == 1 || part.utf8.first != 0x30)
          && part.utf8.allSatisfy { $0.isASCIIDigit } && (Int(part) ?? 256) < 256
      }
    }
    return isIPv6(text[...])
  }

  private static func isIPv6(_ text: Substring) -> Bool {
    let groups = text.split(separator: ":", omittingEmptySubsequences: false)
    guard groups.count >= 3, groups.count <= 9 else { return false }
    return groups.allSatisfy { $0.utf8.count <= 4 && $0.allSatisfy(\.isHexDigit) }
  }
}
