import IR
import JSON

/// `egress_allowlist`
final class EgressJudge: Judge {
  private static let name = "egress_allowlist"
  private let allow: PatternSet
  private let block: PatternSet
  private let program: EgressProgram
  private lazy var single = (program.block + program.allow).map { ($0.text, PatternSet([$0])) }

  init(_ program: EgressProgram) {
    self.program = program
    allow = PatternSet(program.allow)
    block = PatternSet(program.block)
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .egress(let host, let port, let url) = event.action else { return nil }
    return context.profile == .compat
      ? judge(host, said: host, port, nil, context) : hardened(host, port, url, context)
  }

  private func judge(
    _ host: String, said: String, _ port: Int, _ rule: HardeningRule?, _ context: EventContext
  ) -> GuardResult {
    let isBlocked = block.matches(host)
    if !isBlocked, allow.matches(host) { return .allow(Self.name) }
    switch isBlocked ? .block : program.otherwise {
    case .allow: return .allow(Self.name)
    case .block:
      guard context.wantsWords else { return .silent(Self.name, .error) }
      return blocked(host, said, port, isDefault: !isBlocked, rule)
    case .log:
      let details = details(host, said, port, isDefault: true)
      return .warn(Self.name, "Egress to " + said + " is not on any list", details())
    }
  }

  private func blocked(_ host: String, _ said: String, _ port: Int, isDefault: Bool, _ rule: HardeningRule?)
    -> GuardResult
  {
    let details = details(host, said, port, isDefault: isDefault)
    return .deny(Self.name, .error, "Egress to " + said + " blocked by policy", details(), hardening: rule)
  }

  private func details(
    _ host: String, _ said: String, _ port: Int, isDefault: Bool
  ) -> @Sendable () -> JSONValue {
    let matched = isDefault ? nil : single.first { $0.1.matches(host) }?.0
    return {
      [
        "host": .string(said), "is_default": .bool(isDefault), "matched_pattern": matched.map { .string($0) } ?? .null,
        "port": JSONValue(port),
      ]
    }
  }

  private func hardened(_ said: String, _ port: Int, _ url: String?, _ context: EventContext) -> GuardResult {
    if PathForm.hasControls(said) {
      return .deny(
        Self.name, .error, "The host has a control character", ["port": JSONValue(port)], hardening: .controlCharacters)
    }
    guard let host = HostName.canonical(said) else {
      return .deny(
        Self.name, .error, "'\(said)' is no host name or address", ["host": .string(said), "port": JSONValue(port)],
        hardening: .invalidHost)
    }
    if let url, let named = HostName.ofURL(url), named != host {
      return .deny(
        Self.name, .error, "The URL names the host '\(named)', and the connection goes to '\(host)'",
        ["host": .string(said), "port": JSONValue(port)], hardening: .urlHost)
    }
    let isChanged = !host.utf8.elementsEqual(said.lowercased().utf8)
    return judge(host, said: said, port, isChanged ? .hostDot : nil, context)
  }
}
