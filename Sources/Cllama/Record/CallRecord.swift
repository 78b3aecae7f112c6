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
    /// At the beginning of a file: what an instance spent in its window, and how far it drifted. The files before may go.
    case balance
  }

  package let kind: Kind
  /// What it says, as JSON members without braces: written at once, because every call has two lines and more.
  package private(set) var line: [UInt8] = []

  package init(_ kind: Kind) {
    self.kind = kind
    line.reserveCapacity(640)
    line += "\"type\":\"".utf8
    line += kind.rawValue.utf8
    line.append(0x22)
  }

  /// Begins a member. Names are the sidecar's own and need no escape.
  private mutating func begin(_ name: StaticString) {
    line.append(0x2C)
    line.append(0x22)
    line.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    line.append(0x22)
    line.append(0x3A)
  }

  package mutating func set(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    begin(name)
    JSONValue.write(string: value, to: &line)
  }

  package mutating func set(_ name: StaticString, _ value: Int?) {
    guard let value else { return }
    begin(name)
    line += String(value).utf8
  }

  package mutating func set(_ name: StaticString, _ value: Bool) {
    begin(name)
    line += (value ? "true" : "false").utf8
  }

  package mutating func set(_ name: StaticString, value: JSONValue) {
    begin(name)
    line += value.text().utf8
  }

  /// Appends members that are JSON already.
  package mutating func append(members: [UInt8]) { line += members }

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
