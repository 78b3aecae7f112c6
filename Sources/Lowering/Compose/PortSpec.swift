import Source

/// A port in its short form, `[[address:]published:]target[/protocol]`.
struct PortSpec {
  /// The host's address, without brackets; "" for all.
  var address: String
  /// The host's port or range of ports; "" for one that Docker chooses.
  var published: String
  /// The container's ports.
  var target: ClosedRange<Int>
  /// `tcp`, `udp` or `sctp`.
  var proto: String

  /// Why a text is no port.
  struct Failure: Error {
    /// What is wrong.
    let message: String
  }

  /// Reads a short form.
  init(_ text: String) throws(Failure) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let container = parts.popLast() ?? ""
    published = parts.popLast() ?? ""
    address = parts.joined(separator: ":")
    let pieces = container.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let port = pieces.first ?? ""
    guard !port.isEmpty else { throw Failure(message: "the container's port is missing") }
    proto = pieces.count > 1 && !pieces[1].isEmpty ? pieces[1].lowercased() : "tcp"
    guard ["tcp", "udp", "sctp"].contains(proto) else {
      throw Failure(message: "'\((pieces.last ?? "").shown)' is no protocol; there are tcp, udp and sctp")
    }
    if address.utf8.first == UInt8(ascii: "["), address.utf8.last == UInt8(ascii: "]") {
      address = String(address.dropFirst().dropLast())
    }
    guard address.isEmpty || IPAddress.isValid(address) else {
      throw Failure(message: "'\(address.shown)' is no IP address")
    }
    guard let target = Self.range(port) else { throw Failure(message: "'\(port.shown)' is no port from 0 to 65535") }
    guard target.lowerBound > 0 else { throw Failure(message: "the container's port can't be 0") }
    self.target = target
    guard !published.isEmpty else { return }
    guard let host = Self.range(published) else {
      throw Failure(message: "'\(published.shown)' is no port from 0 to 65535")
    }
    guard host.count == target.count || target.count == 1 else {
      throw Failure(message: "the ranges '\(published.shown)' and '\(port.shown)' have different lengths")
    }
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first.flatMap(port), let last = parts.last.flatMap(port), first <= last else { return nil }
    return first...last
  }

  private static func port(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0.isASCIIDigit }), let value = Int(text), value <= 65535
    else { return nil }
    return value
  }
}
