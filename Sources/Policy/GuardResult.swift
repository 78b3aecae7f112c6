package import IR
package import JSON

/// What one guard says of an event.
package struct GuardResult: Sendable {
  /// Whether the event may go on as far as this guard is concerned.
  package var isAllowed: Bool
  /// The guard.
  package var guardName: String
  /// How bad it is; `info` where nothing is.
  package var severity: PolicySeverity
  /// What is the matter, for people.
  package var message: String
  /// The same for programs, made when it is asked for.
  package var details: JSONValue? { makeDetails?() }
  private var makeDetails: (@Sendable () -> JSONValue)?
  /// What the hardened profile saw that the reference engine passes over, by name.
  package var hardening: HardeningRule?

  private init(
    isAllowed: Bool, guardName: String, severity: PolicySeverity, message: String, hardening: HardeningRule? = nil,
    makeDetails: (@Sendable () -> JSONValue)? = nil
  ) {
    self.isAllowed = isAllowed
    self.guardName = guardName
    self.severity = severity
    self.message = message
    self.hardening = hardening
    self.makeDetails = makeDetails
  }

  package static func allow(_ guardName: String) -> GuardResult {
    GuardResult(isAllowed: true, guardName: guardName, severity: .info, message: "Allowed")
  }

  package static func warn(
    _ guardName: String, _ message: String, _ details: @escaping @autoclosure @Sendable () -> JSONValue = .null
  ) -> GuardResult {
    GuardResult(isAllowed: true, guardName: guardName, severity: .warning, message: message, makeDetails: details)
  }

  package static func deny(
    _ guardName: String, _ severity: PolicySeverity, _ message: String,
    _ details: @escaping @autoclosure @Sendable () -> JSONValue = .null, hardening: HardeningRule? = nil
  ) -> GuardResult {
    GuardResult(
      isAllowed: false, guardName: guardName, severity: severity, message: message, hardening: hardening,
      makeDetails: details)
  }

  /// The same without a word, where nobody reads it.
  static func silent(_ guardName: String, _ severity: PolicySeverity, isAllowed: Bool = false) -> GuardResult {
    GuardResult(isAllowed: isAllowed, guardName: guardName, severity: severity, message: "")
  }

  /// Whether it is allowed and still worth a warning.
  package var isWarning: Bool { isAllowed && severity == .warning }
}

/// What became of an event.
package struct Decision: Sendable {
  /// What weighs most of all that guards said.
  package var overall: GuardResult
  /// What each guard said that judged the event, in order.
  package var results: [GuardResult]
  /// Something about the event itself that a reader of the decision should know.
  package var reason: String?

  /// The three outcomes.
  package enum Outcome: String, Sendable, CaseIterable {
    case allowed
    case warn
    case blocked

    /// How much it holds back.
    package var weight: Int {
      switch self {
      case .allowed: 0
      case .warn: 1
      case .blocked: 2
      }
    }
  }

  /// Which one it is.
  package var outcome: Outcome { !overall.isAllowed ? .blocked : overall.isWarning ? .warn : .allowed }

  /// The decision as JSON, in the reference's form.
  package var json: JSONValue {
    let isPlain = overall.isAllowed && overall.severity == .info
    return [
      "allowed": .bool(overall.isAllowed), "denied": .bool(!overall.isAllowed), "warn": .bool(outcome == .warn),
      "guard": isPlain ? .null : .string(overall.guardName),
      "severity": isPlain ? .null : .string(overall.severity.decisionWord), "message": .string(overall.message),
      "reason": reason.map { .string($0) } ?? .null,
    ]
  }

  /// What all guards said, as JSON in the reference's form.
  package var report: JSONValue {
    ["overall": Self.json(overall), "per_guard": .array(results.map(Self.json))]
  }

  private static func json(_ result: GuardResult) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("allowed", .bool(result.isAllowed)), .init("guard", .string(result.guardName)),
      .init("severity", .string(result.severity.word)), .init("message", .string(result.message)),
    ]
    if let details = result.details, details != .null { members.append(.init("details", details)) }
    if let rule = result.hardening { members.append(.init("hardening", .string(rule.name))) }
    return .object(members)
  }
}
