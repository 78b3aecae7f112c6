import IR
import JSON
import Source

/// The `gateway` block of a pod or a service: what sidecars allow, and how far. A service's values win over the pod's,
/// each for itself.
struct GatewayBlock {
  var topology: (value: SidecarPlan.Topology, location: Location)?
  /// Plain values by section, under the names that the sidecar's configuration has.
  var values: [String: [(name: String, value: JSONValue)]] = [:]
  var models = Models()
  var prices: [(model: PodText, rates: [JSONValue.Member])] = []
  /// Where records go too, as the sidecar reads it; nil if nothing is said.
  var sinks: [JSONValue]?

  /// Which models a claw may ask for.
  struct Models {
    var allow: [PodText]?
    var usual: PodText?
    var fallback: [PodText]?
    var aliases: [(name: String, model: PodText)] = []
  }

  /// What a section may hold: the pod file's spelling has `-` where the configuration's has `_`.
  enum Kind {
    case number(ClosedRange<Int>)
    case amount
    case word([String])
    /// A number from 0 to 1.
    case fraction
  }

  /// The sections of plain values and their fields, in the order of the configuration.
  static let sections: [(name: String, fields: [(name: String, kind: Kind)])] = [
    (
      "limits",
      [
        ("request-bytes", .number(1...1 << 40)), ("response-bytes", .number(1...1 << 40)),
        ("first-byte-seconds", .number(1...86_400)), ("idle-seconds", .number(1...86_400)),
        ("total-seconds", .number(1...86_400)), ("requests-per-minute", .number(0...1 << 40)),
        ("concurrent", .number(1...65_536)),
      ]
    ),
    ("retry", [("attempts", .number(1...10)), ("backoff-ms", .number(0...60_000))]),
    (
      "budget",
      [
        ("tokens", .number(0...1 << 40)), ("usd", .amount), ("requests", .number(0...1 << 40)),
        ("window-seconds", .number(1...31_622_400)),
      ]
    ),
    (
      "log",
      [
        ("bodies", .word(["none", "redacted"])), ("segment-bytes", .number(4096...1 << 40)),
        ("keep-segments", .number(2...100_000)),
      ]
    ),
    ("drift", [("restrict", .fraction), ("quarantine", .fraction), ("calls", .number(1...10_000))]),
  ]

  /// What a service says, over what the pod says.
  func overridden(by other: GatewayBlock) -> GatewayBlock {
    var result = self
    if let topology = other.topology { result.topology = topology }
    for (section, own) in other.values {
      let names = Set(own.map(\.name))
      result.values[section] = (values[section] ?? []).filter { !names.contains($0.name) } + own
    }
    result.models.allow = other.models.allow ?? models.allow
    result.models.usual = other.models.usual ?? models.usual
    result.models.fallback = other.models.fallback ?? models.fallback
    let aliases = Set(other.models.aliases.map(\.name))
    result.models.aliases = models.aliases.filter { !aliases.contains($0.name) } + other.models.aliases
    let priced = Set(other.prices.map(\.model.value))
    result.prices = prices.filter { !priced.contains($0.model.value) } + other.prices
    result.sinks = other.sinks ?? sinks
    return result
  }

  /// A section for the configuration, its members in the order of the table; nil if nothing is set.
  func section(_ name: String) -> JSONValue? {
    guard let own = values[name], let fields = Self.sections.first(where: { $0.name == name })?.fields else {
      return nil
    }
    let members = fields.compactMap { field -> JSONValue.Member? in
      let key = Self.key(field.name)
      return own.first { $0.name == key }.map { .init(key, $0.value) }
    }
    return members.isEmpty ? nil : .object(members)
  }

  /// What the configuration calls a field.
  static func key(_ name: String) -> String { name.replacing("-", with: "_") }
}
