import Automata
import IR
import JSON

/// `secret_leak`
final class SecretJudge: Judge {
  private static let name = "secret_leak"
  private let program: SecretProgram
  private let skipped: PatternSet
  private lazy var scanner: PatternScanner? = try? PatternScanner(program.secrets.map(\.term.node))

  init(_ program: SecretProgram) {
    self.program = program
    skipped = PatternSet(program.skipped)
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    switch event.action {
    case .fileWrite(let target, let content): return file(target, content ?? [], context)
    case .patch(let target, let content): return file(target, content, context)
    case .command(let program, let arguments, _) where context.profile == .hardened:
      return other(Array(([program] + arguments).joined(separator: " ").utf8), "command", context)
    case .tool(let call) where context.profile == .hardened:
      var bytes: [UInt8] = []
      ToolText.append(call.arguments.value, to: &bytes)
      return other(bytes, "tool arguments", context)
    default: return nil
    }
  }

  private func file(_ target: PolicyAction.FileTarget, _ content: [UInt8], _ context: EventContext) -> GuardResult {
    if context.profile == .compat {
      // As the reference has it, the path is compared as it was said, and text that is not UTF-8 has no secrets.
      if skipped.matches(target.path) || !UTF8Check.isValid(content) { return .allow(Self.name) }
      return result(scan(content, context), target.path, nil)
    }
    let isSkipped =
      context.paths.contains { $0.isReal } && context.paths.allSatisfy { !$0.isReal || skipped.matches($0.path) }
    if isSkipped { return .allow(Self.name) }
    var rule: HardeningRule? = skipped.matches(target.path) ? .secretSkip : nil
    if rule == nil, !UTF8Check.isValid(content) { rule = .secretBytes }
    return hardened(content, target.path, rule, context)
  }

  private func other(_ text: [UInt8], _ what: String, _ context: EventContext) -> GuardResult {
    hardened(text, what, .secretEverywhere, context)
  }

  private func hardened(
    _ content: [UInt8], _ place: String, _ rule: HardeningRule?, _ context: EventContext
  ) -> GuardResult {
    let found = scan(content, context)
    if !found.isEmpty { return result(found, place, rule) }
    if let visible = VisibleText.withoutInvisible(content) {
      return result(scan(visible, context), place, .secretBytes)
    }
    return .allow(Self.name)
  }

  /// One find.
  private struct Found: Sendable {
    /// Its place among the program's secrets.
    var index: Int
    var text: [UInt8]
  }

  private func scan(_ content: [UInt8], _ context: EventContext) -> [Found] {
    guard let scanner else {
      // A scanner that can't be made must not let anything pass.
      return program.secrets.isEmpty ? [] : [Found(index: 0, text: [])]
    }
    return content.withUnsafeBufferPointer { bytes in
      let matching = scanner.matching(bytes)
      guard !matching.isEmpty else { return [] }
      var result: [Found] = []
      matching.forEach { index in
        // Which ones are there is known already; where they are is for whoever reads of it.
        if !context.wantsWords, !program.secrets[index].checksLuhn {
          result.append(Found(index: index, text: []))
          return
        }
        for match in scanner.matches(of: index, bytes) {
          let text = Array(bytes[match.range])
          if program.secrets[index].checksLuhn, !Luhn.isValid(text, digits: 13...19) { continue }
          result.append(Found(index: index, text: text))
        }
      }
      return result
    }
  }

  private func result(_ found: [Found], _ place: String, _ rule: HardeningRule?) -> GuardResult {
    guard let first = found.first else { return .allow(Self.name) }
    var worst = program.secrets[first.index].severity
    var names = program.secrets[first.index].name
    for find in found.dropFirst() {
      worst = max(worst, program.secrets[find.index].severity)
      names += ", " + program.secrets[find.index].name
    }
    let program = program
    let details: @Sendable () -> JSONValue = {
      let matches = found.map { find -> JSONValue in
        let secret = program.secrets[find.index]
        return [
          "description": secret.description.map { .string($0) } ?? .null, "pattern": .string(secret.name),
          "redacted": .string(
            program.redacts ? Self.mask(find.text, secret) : String(decoding: find.text, as: UTF8.self)),
          "severity": .string(secret.severity.word),
        ]
      }
      return ["matches": .array(matches), "path": .string(place)]
    }
    let message =
      "Potential secrets detected: " + names
    guard worst >= program.threshold else {
      var warning = GuardResult.warn(Self.name, message, details())
      warning.hardening = rule
      return warning
    }
    return .deny(Self.name, worst, message, details(), hardening: rule)
  }

  private static func mask(_ text: [UInt8], _ secret: SecretTerm) -> String {
    let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
    let (first, last) = (secret.maskFirst, secret.maskLast)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      let isShown = first + last < scalars.count && (index < first || index >= scalars.count - last)
      result.unicodeScalars.append(isShown ? scalar : "*")
    }
    return result
  }
}
