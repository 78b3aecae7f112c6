import JSON

/// Something that is tried from a claw's network, and what has to come of it.
package struct EgressTarget: Sendable, Equatable {
  /// How it is tried; the words are those of `cllama probe`.
  package enum Kind: String, Sendable { case tcp, udp, dns, unix }

  /// What it is, in the order of reports.
  package enum Group: String, Sendable, CaseIterable {
    case sidecar = "its sidecar"
    case services = "its services"
    case siblings = "instances of the same claw"
    case claws = "other claws and sidecars"
    case elsewhere = "its sidecar's other addresses"
    case others = "services that it does not declare"
    case host = "the host"
    case published = "published ports"
    case metadata = "metadata services"
    case internet = "the internet"
    case names = "names outside"
    case six = "IPv6"
  }

  /// What has to come of it.
  package enum Expectation: String, Sendable {
    case reached, blocked
    /// Docs say that it may be either.
    case either
  }

  /// What it is.
  package var group: Group
  /// How it is tried.
  package var kind: Kind
  /// An address, a name or a path.
  package var host: String
  /// The port; 0 where there is none.
  package var port: Int
  /// Who is asked for a name; nil for whoever the claw asks.
  package var server: String?
  /// What has to come of it.
  package var expectation: Expectation
  /// What is behind it, for people.
  package var label: String

  init(
    _ group: Group, _ kind: Kind, _ host: String, _ port: Int, server: String? = nil, _ expectation: Expectation,
    _ label: String
  ) {
    self.group = group
    self.kind = kind
    self.host = host
    self.port = port
    self.server = server
    self.expectation = expectation
    self.label = label
  }

  /// What `cllama probe` reads.
  var request: JSONValue {
    var members: [JSONValue.Member] = [
      .init("kind", .string(kind.rawValue)), .init("host", .string(host)), .init("port", JSONValue(port)),
    ]
    if let server { members.append(.init("server", .string(server))) }
    return .object(members)
  }

  /// Where it is, for people.
  package var place: String {
    switch kind {
    case .tcp: host.utf8.contains(0x3A) ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .udp: "udp \(host):\(port)"
    case .dns: "the name \(host)" + (server.map { " of \($0)" } ?? "")
    case .unix: host
    }
  }
}

/// What came of a target.
package struct EgressResult: Sendable {
  /// The target.
  package var target: EgressTarget
  /// The word of `cllama probe`: open, refused, answered, unknown, unreachable or silent.
  package var outcome: String
  /// More of it, for people.
  package var detail: String?

  /// Whether something was reached: one that refuses has answered.
  package var isReached: Bool { ["open", "refused", "answered"].contains(outcome) }

  /// Whether it is not as it has to be.
  package var isSurprise: Bool {
    switch target.expectation {
    // A sidecar that refuses does not serve.
    case .reached: target.kind == .tcp ? outcome != "open" : !isReached
    case .blocked: isReached
    case .either: false
    }
  }
}
