import Automata
import Canonical
import Guards
import IR
import JSON

/// `prompt_injection`
final class InjectionJudge: Judge {
  private static let name = "prompt_injection"
  private static let messages = ["Safe", "Suspicious", "High", "Critical"].map {
    "Untrusted text contains prompt-injection signals (\($0))"
  }
  private let program: InjectionProgram
  private let finder = SignalFinder(PromptSignal.injection)

  init(_ program: InjectionProgram) { self.program = program }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .custom(let type, let data) = event.action else { return nil }
    let isMeant = type == "untrusted_text" || type == "hushclaw.untrusted_text"
    if isMeant {
      guard let said = PromptPayload.text(data) else {
        return .deny(Self.name, .error, "Invalid untrusted_text payload: there is no text")
      }
      let plain = judge(said, data, program.scanLimit, folds: false, nil, context)
      guard context.profile == .hardened, plain.isAllowed else { return plain }
      let folded = judge(said, data, .max, folds: true, .promptText, context)
      return folded.isAllowed && !folded.isWarning ? plain : folded
    }
    // In the hardened profile no text goes unseen because of what its host calls it.
    guard context.profile == .hardened, type != "user_input", type != "hushclaw.user_input",
      let said = PromptPayload.text(data)
    else { return nil }
    return judge(said, data, .max, folds: true, .promptText, context)
  }

  private func judge(
    _ said: String, _ data: LazyJSON, _ limit: Int, folds: Bool, _ rule: HardeningRule?, _ context: EventContext
  ) -> GuardResult {
    let text = PromptText(said, limit: limit)
    var found = finder.find(text.text)
    if folds { found.formUnion(finder.find(LookAlikes.fold(text.scalars))) }
    var score = text.strippedCount > 0 ? 1 : 0
    var isCritical = false
    found.forEach { index in
      let weight = PromptSignal.injection[index].weight
      score += Int(weight)
      if weight >= PromptSignal.criticalWeight { isCritical = true }
    }
    let level = isCritical ? 3 : score >= 3 ? 2 : score >= 1 ? 1 : 0
    guard level >= program.blockLevel || level >= program.warnLevel else { return .allow(Self.name) }
    if !context.wantsWords {
      let isBlocked = level >= program.blockLevel
      return .silent(Self.name, isBlocked ? .error : .warning, isAllowed: !isBlocked)
    }
    let message = Self.messages[level]
    let details: @Sendable () -> JSONValue = { [found, score] in
      var signals = text.strippedCount > 0 ? ["obfuscation_zero_width"] : []
      found.forEach { signals.append(PromptSignal.injection[$0].name) }
      return [
        "canonicalization": text.canonicalization, "fingerprint": .string(Digest.sha256Hex(Array(said.utf8))),
        "level": .string(Guard.levels[level]), "score": JSONValue(score),
        "signals": .array(signals.map { .string($0) }),
        "source": data.string("source").map { .string($0) } ?? .null,
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
    guard let said = PromptPayload.text(data) else {
      return .deny(Self.name, .error, "Invalid user_input payload: there is no text")
    }
    let plain = judge(said, program.inputLimit, folds: false, nil, context)
    guard context.profile == .hardened, plain.isAllowed else { return plain }
    let folded = judge(said, .max, folds: true, .promptText, context)
    return folded.isAllowed && !folded.isWarning ? plain : folded
  }

  private func judge(
    _ original: String, _ limit: Int, folds: Bool, _ rule: HardeningRule?, _ context: EventContext
  ) -> GuardResult {
    let text = PromptText(original, limit: limit)
    var found = finder.find(text.text)
    if folds { found.formUnion(finder.find(LookAlikes.fold(text.scalars))) }
    let score = JailbreakScore(text, found, program)
    guard score.risk >= program.blockThreshold || score.risk >= program.warnThreshold else { return .allow(Self.name) }
    if !context.wantsWords {
      let isBlocked = score.risk >= program.blockThreshold
      return .silent(Self.name, isBlocked ? .error : .warning, isAllowed: !isBlocked)
    }
    let severity: PolicySeverity =
      score.risk >= 85 ? .critical : score.risk >= 60 ? .error : score.risk >= 25 ? .warning : .info
    let details: @Sendable () -> JSONValue = { [found] in
      [
        "canonicalization": text.canonicalization, "fingerprint": .string(Digest.sha256Hex(Array(original.utf8))),
        "risk_score": JSONValue(score.risk), "signals": .array(score.signals(found).map { .string($0) }),
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
