import IR
import JSON

/// `secret_access`
final class SecretAccessJudge: Judge {
  private static let name = "secret_access"
  private let allowed: NameSet
  private let otherwise: DefaultAction

  init(_ program: SecretAccessProgram) {
    allowed = NameSet(program.allow)
    otherwise = program.otherwise
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .secret(let secret, let scope) = event.action else { return nil }
    if allowed.contains(secret) || otherwise == .allow { return .allow(Self.name) }
    let details: JSONValue = ["scope": .string(scope), "secret": .string(secret)]
    if otherwise == .log { return .warn(Self.name, "Secret '\(secret)' is not on the list", details) }
    return .deny(Self.name, .error, "Secret '\(secret)' is not allowed", details, hardening: .secretAccess)
  }
}
