import IR
package import JSON

/// A line of a sidecar's record.
package struct CallRecord: Sendable {
  /// What it tells of.
  package enum Kind: String, Sendable, CaseIterable {
    /// The sidecar began to serve.
    case start
    /// It ended.
    case stop
    /// A configuration was taken over, or could not be.
    case configuration
    /// A request is about to be forwarded: nothing is forwarded before this is on the disk.
    case request
    /// What became of it: its last byte is not delivered before this is on the disk.
    case response
    /// A request was refused before it was forwarded.
    case refusal
    /// A stage did something.
    case intervention
    /// A connection through the sidecar, let out or refused.
    case egress
    /// A name was asked for that the sidecar does not resolve.
    case name
    /// A call of a service of the pod.
    case service
    /// A claw was put under quarantine, or let out of it.
    case quarantine
  }

  package let kind: Kind
  /// What it says, in order.
  package private(set) var members: [JSONValue.Member] = []

  package init(_ kind: Kind) { self.kind = kind }

  package mutating func set(_ name: String, _ value: String?) {
    if let value { members.append(.init(name, .string(value))) }
  }

  package mutating func set(_ name: String, _ value: Int?) {
    if let value { members.append(.init(name, JSONValue(value))) }
  }

  package mutating func set(_ name: String, _ value: Bool) {
    members.append(.init(name, .bool(value)))
  }

  package mutating func set(_ name: String, value: JSONValue) {
    members.append(.init(name, value))
  }

  /// Tells of what a stage did.
  package init(_ intervention: Intervention) {
    self.init(.intervention)
    set("stage", intervention.stage)
    set("direction", intervention.direction.rawValue)
    set("verdict", intervention.action.rawValue)
    set("rule", intervention.rule)
    set("severity", intervention.severity.decisionWord)
    set("reason", intervention.reason)
    set("subject", intervention.subject.isEmpty ? nil : intervention.subject)
    set("before_sha256", intervention.before)
    set("after_sha256", intervention.after)
  }

  /// The usage, by the names of OpenTelemetry's conventions for generative AI.
  package mutating func set(_ usage: Usage?, cost: Money?) {
    guard let usage else { return }
    set("gen_ai.usage.input_tokens", usage.input)
    set("gen_ai.usage.output_tokens", usage.output)
    if usage.cached > 0 { set("gen_ai.usage.cached_input_tokens", usage.cached) }
    if usage.isEstimated { set("usage_estimated", true) }
    if let cost { set("cost_usd", cost.description) } else { set("cost_usd", value: .null) }
  }
}
