import ArgumentParser
import Cllama
import Glibc
import JSON

/// `cllama probe`
///
/// What `claw verify-egress` runs in the network of a claw: it tries to reach what it is told to, all at once.
struct Probe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tries to reach the targets that it reads as JSON, and says as JSON what came of each.",
    shouldDisplay: false)

  func run() throws {
    guard let value = try? JSONParser.parse(Self.input()), let targets = value["targets"]?.array else {
      Output.say("cllama: the input is no JSON with targets")
      throw ExitCode(2)
    }
    let patience = value["timeout_ms"]?.integer ?? 2000
    let attempts = targets.map(Attempt.init)
    let outcomes = Probing.run(attempts, milliseconds: patience)
    let results = outcomes.map { outcome -> JSONValue in
      ["outcome": .string(outcome.word), "detail": outcome.detail.map { .string($0) } ?? .null]
    }
    Output.write(JSONValue.object([.init("results", .array(results))]).text() + "\n")
  }

  private static func input() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < 16 << 20 {
      let count = read(0, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}

/// Something to try.
struct Attempt {
  enum Kind: String {
    /// A connection.
    case tcp
    /// A datagram, and whether anything answers.
    case udp
    /// A question for the address of a name.
    case dns
    /// A connection by a socket in the file system.
    case unix
  }

  var kind: Kind
  /// An address or a name; for `unix` a path.
  var host: String
  var port: UInt16
  /// Who is asked for a name; nil for whoever `/etc/resolv.conf` names.
  var server: String?

  init(_ value: JSONValue) {
    kind = value["kind"]?.string.flatMap(Kind.init) ?? .tcp
    host = value["host"]?.string ?? ""
    port = UInt16(exactly: value["port"]?.integer ?? 0) ?? 0
    server = value["server"]?.string
  }
}

/// What came of an attempt.
enum ProbeOutcome: Equatable {
  /// Somebody took the connection.
  case open
  /// Somebody refused it: the host was reached.
  case refused
  /// Somebody answered.
  case answered(String)
  /// There is no such name, or the one who was asked did not say.
  case unknown(String)
  /// There is no way.
  case unreachable(String)
  /// Nobody said anything.
  case silent

  var word: String {
    switch self {
    case .open: "open"
    case .refused: "refused"
    case .answered: "answered"
    case .unknown: "unknown"
    case .unreachable: "unreachable"
    case .silent: "silent"
    }
  }

  var detail: String? {
    switch self {
    case .answered(let text), .unknown(let text), .unreachable(let text): text
    case .open, .refused, .silent: nil
    }
  }

  static func failure(_ code: Int32) -> ProbeOutcome {
    code == ECONNREFUSED || code == ECONNRESET ? .refused : .unreachable(String(cString: strerror(code)))
  }
}
