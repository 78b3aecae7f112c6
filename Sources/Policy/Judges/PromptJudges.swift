import Canonical
import Guards
import IR
import JSON

/// `prompt_injection`
final class InjectionJudge: Judge {
  private static let name = "prompt_injection"
  private static let levels = ["Safe", "Suspicious", "High", "Critical"]
  private let program: InjectionProgram
  private let finder = SignalFinder(PromptSignal.injection)

  init(_ program: InjectionProgram) { self.program = program }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .custom(let type, let data) = event.action else { return nil }
    let isMeant = type == "untrusted_text" || type == "hushclaw.untrusted_text"
    if isMeant {
      guard let payload = PromptPayload.read(data) else {
        return .deny(Self.name, .error, "Invalid untrusted_text payload: there is no text")
      }
      let plain = judge(payload, program.scanLimit, folds: false, nil)
      guard context.profile == .hardened, plain.isAllowed else { return plain }
      let folded = judge(payload, .max, folds: true, .promptText)
      return folded.isAllowed && !folded.isWarning ? plain : folded
    }
    // In the hardened profile no text goes unseen because of what its host calls it.
    guard context.profile == .hardened, type != "user_input", type != "hushclaw.user_input",
      let payload = PromptPayload.read(data)
    else { return nil }
    return judge(payload, .max, folds: true, .promptText)
  }

  private func judge(
    _ payload: (text: String, source: String?), _ limit: Int, folds: Bool, _ rule: HardeningRule?
  ) -> GuardResult {
    let text = PromptText(payload.text, limit: limit)
    var found = finder.find(text.text)
    if folds {
      let folded = finder.find(LookAlikes.fold(text.scalars))
      for index in found.indices where folded[index] { found[index] = true }
    }
    let signs = zip(PromptSignal.injection, found).filter(\.1).map(\.0)
    let score = signs.reduce(text.strippedCount > 0 ? 1 : 0) { $0 + Int($1.weight) }
    let isCritical = signs.contains { $0.weight >= PromptSignal.criticalWeight }
    let level = isCritical ? 3 : score >= 3 ? 2 : score >= 1 ? 1 : 0
    guard level >= program.blockLevel || level >= program.warnLevel else { return .allow(Self.name) }
    let message = "Untrusted text contains prompt-injection signals (\(Self.levels[level]))"
    let details: @Sendable () -> JSONValue = {
      let signals = (text.strippedCount > 0 ? ["obfuscation_zero_width"] : []) + signs.map(\.name)
      return [
        "canonicalization": text.canonicalization, "fingerprint": .string(Digest.sha256Hex(Array(payload.text.utf8))),
        "level": .string(Guard.levels[level]), "score": JSONValue(score), "signals": .array(signals.map { .string($0) }),
        "source": payload.source.map { .string($0) } ?? .null,
      ]
    }
    if level >= program.blockLevel {
      let severity: PolicySeverity = level == 3 ? .critical : level == 0 ? .info : .error
      return .deny(Self.name, severity, message, details(), hardening: rule)
    }
    var warning = GuardResult.warn(Self.name, message, details())
    warning.hardening = rule
    return warning
  }
}

/// `jailbreak`
final class JailbreakJudge: Judge {
  private static let name = "jailbreak_detection"
  private let program: JailbreakProgram
  private let finder = SignalFinder(PromptSignal.jailbreak)

  init(_ program: JailbreakProgram) { self.program = program }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .custom(let type, let data) = event.action, type == "user_input" || type == "hushclaw.user_input" else {
      return nil
    }
    guard let payload = PromptPayload.read(data) else {
      return .deny(Self.name, .error, "Invalid user_input payload: there is no text")
    }
    let plain = judge(payload.text, program.inputLimit, folds: false, nil)
    guard context.profile == .hardened, plain.isAllowed else { return plain }
    let folded = judge(payload.text, .max, folds: true, .promptText)
    return folded.isAllowed && !folded.isWarning ? plain : folded
  }

  private func judge(_ original: String, _ limit: Int, folds: Bool, _ rule: HardeningRule?) -> GuardResult {
    let text = PromptText(original, limit: limit)
    var found = finder.find(text.text)
    if folds {
      let folded = finder.find(LookAlikes.fold(text.scalars))
      for index in found.indices where folded[index] { found[index] = true }
    }
    let score = JailbreakScore(text, found, program)
    guard score.risk >= program.blockThreshold || score.risk >= program.warnThreshold else { return .allow(Self.name) }
    let severity: PolicySeverity = score.risk >= 85 ? .critical : score.risk >= 60 ? .error : score.risk >= 25 ? .warning : .info
    let details: @Sendable () -> JSONValue = {
      [
        "canonicalization": text.canonicalization, "fingerprint": .string(Digest.sha256Hex(Array(original.utf8))),
        "risk_score": JSONValue(score.risk), "signals": .array(score.signals.map { .string($0) }),
      ]
    }
    if score.risk >= program.blockThreshold {
      return .deny(Self.name, severity, "Jailbreak attempt detected", details(), hardening: rule)
    }
    var warning = GuardResult.warn(Self.name, "Jailbreak attempt suspected", details())
    warning.hardening = rule
    return warning
  }
}
