import Cllama

/// What the page asks claw: a command whose output is JSON.
package enum Question: Sendable, Hashable {
  /// Containers, their state and contracts.
  case pod
  /// Boxes and arrows.
  case graph
  /// The configurations that sidecars took over, at any time.
  case configurations
  /// The levels of drift that claws reached, at any time.
  case levels
  /// What the record says of the last time.
  case last(Span)
  /// What the record says from a time on, in milliseconds since 1970.
  case since(Int)
  /// The last lines that a service wrote.
  case logs(String)

  /// How far back the record is read at first: less where more is too much.
  package enum Span: String, Sendable, CaseIterable {
    case day = "24h"
    case hour = "1h"
    case minutes = "15m"

    /// The next one that is shorter; nil behind the last.
    var shorter: Span? { Self.allCases.drop { $0 != self }.dropFirst().first }
  }

  /// Which of the page's sources it belongs to.
  var origin: Origin {
    switch self {
    case .pod: .pod
    case .graph: .graph
    case .configurations, .levels, .last, .since: .record
    case .logs: .logs
    }
  }

  /// The words behind `claw`.
  func arguments(file: String) -> [String] {
    switch self {
    case .pod: ["ps", "--json", "--file", file]
    case .graph: ["graph", "--json", "--file", file]
    case .configurations: ["audit", "--json", "--type", CallRecord.Kind.configuration.rawValue, "--file", file]
    case .levels: ["audit", "--json", "--type", CallRecord.Kind.quarantine.rawValue, "--file", file]
    case .last(let span): ["audit", "--json", "--last", span.rawValue, "--file", file]
    case .since(let time): ["audit", "--json", "--since", RecordTime.text(time), "--file", file]
    case .logs(let service): ["logs", "--json", "--tail", "200", "--file", file, service]
    }
  }
}

/// Where what the page shows comes from.
enum Origin: String, Sendable, CaseIterable {
  case pod
  case graph
  case record
  case logs
}

/// What claw said.
package struct Answer: Sendable {
  /// claw's exit status.
  package var status: Int32
  package var output: [UInt8]
  /// What it said on standard error, for a person.
  package var complaint: String
  /// Whether it said more than the page takes.
  package var isTooMuch = false

  package init(status: Int32, output: [UInt8], complaint: String) {
    self.status = status
    self.output = output
    self.complaint = complaint
  }

  /// Whether the output is what was asked for. A record that somebody changed is shown with a warning.
  var isUsable: Bool { status == 0 || status == 4 && !output.isEmpty }
}
