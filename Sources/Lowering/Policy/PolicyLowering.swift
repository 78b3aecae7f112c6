package import AST
import Automata
package import Diagnostics
import Guards
package import IR
package import Source

/// A ruleset that was read with all that it builds on.
package struct LoweredPolicy: Sendable {
  /// The ruleset with everything joined.
  package var ruleset: Ruleset
  /// What an evaluator needs of it.
  package var program: PolicyProgram
  /// Every ruleset that had a part, the one that was asked for first.
  package var chain: [RulesetResolver.Source]
}

/// Makes a program of a ruleset.
package struct PolicyLowering {
  private var patterns: PolicyPatterns
  private var bag = DiagnosticBag()
  private let ruleset: Ruleset
  private let profile: PolicyProfile

  /// Reads, resolves, checks and lowers a ruleset; nil where there are errors.
  package static func lower(
    _ file: SourceFile, _ profile: PolicyProfile, sources: RulesetSources, into bag: inout DiagnosticBag
  ) -> LoweredPolicy? {
    var resolver = RulesetResolver(sources: sources, profile: profile)
    let resolved = resolver.resolve(file)
    bag.add(contentsOf: resolver.bag)
    guard let ruleset = resolved, !resolver.bag.hasErrors else { return nil }
    var lowering = PolicyLowering(patterns: resolver.patterns, ruleset: ruleset, profile: profile)
    let program = lowering.program()
    bag.add(contentsOf: lowering.bag)
    return lowering.bag.hasErrors ? nil : LoweredPolicy(ruleset: ruleset, program: program, chain: resolver.chain)
  }

  private init(patterns: PolicyPatterns, ruleset: Ruleset, profile: PolicyProfile) {
    self.patterns = patterns
    self.ruleset = ruleset
    self.profile = profile
  }

  private mutating func program() -> PolicyProgram {
    var program = PolicyProgram(profile: profile, name: ruleset.name?.value ?? "")
    program.failFast = ruleset.settings?["fail_fast"]?.bool ?? false
    for found in Guard.all {
      let section = ruleset.guards.first { $0.name.value == found.name }?.fields
      // A guard that no ruleset mentions judges with its defaults, unless it came with a later version.
      if found.isOurs, profile == .compat { continue }
      let isAlwaysOn = found.isAlwaysOn || (found.name == "shell_command" && profile == .hardened)
      guard let fields = section ?? (isAlwaysOn ? GuardDefaults.section(of: found, at: start) : nil) else { continue }
      guard fields["enabled"]?.bool ?? true else { continue }
      if let lowered = lower(found, fields) { program.guards.append(lowered) }
    }
    program.posture = ruleset.posture.map(PostureLowering.lower)
    for record in ruleset.customGuards ?? [] where record["enabled"]?.bool ?? true {
      program.hostGuards.append(.init(name: record["id"]?.text ?? "", location: record.location))
    }
    for record in ruleset.asyncGuards ?? [] where record["enabled"]?.bool ?? true {
      program.hostGuards.append(.init(name: record["package"]?.text ?? "", location: record.location))
    }
    return program
  }

  private var start: Location { Location(ruleset.file, SourceRange(0, 0)) }

  private mutating func lower(_ found: Guard, _ fields: RulesetRecord) -> GuardProgram? {
    switch found.name {
    case "forbidden_path":
      let list = CompatMerge.effectivePatterns(fields, at: start)
      return .forbiddenPath(.init(patterns: terms(list, .path), exceptions: terms(fields.texts("exceptions"), .path)))
    case "path_allowlist":
      let write = terms(fields.texts("file_write_allow"), .path)
      let patch = terms(fields.texts("patch_allow"), .path)
      return .pathAllowlist(
        .init(read: terms(fields.texts("file_access_allow"), .path), write: write, patch: patch.isEmpty ? write : patch)
      )
    case "egress_allowlist":
      let otherwise = fields["default_action"]?.text.flatMap(DefaultAction.init) ?? .block
      return .egressAllowlist(
        .init(
          allow: terms(fields.texts("allow"), .host), block: terms(fields.texts("block"), .host), otherwise: otherwise))
    case "mcp_tool":
      return .mcpTool(
        .init(
          allow: names(fields.texts("allow")), block: names(fields.texts("block")),
          confirm: names(fields.texts("require_confirmation")),
          otherwise: fields["default_action"]?.text.flatMap(DefaultAction.init) ?? .allow,
          argumentsLimit: fields["max_args_size"]?.integer ?? Guard.usualArgumentsSize))
    case "shell_command":
      return .shellCommand(
        .init(
          patterns: expressions(fields, "forbidden_patterns", Guard.dangerousCommands),
          checksPaths: fields["enforce_forbidden_paths"]?.bool ?? true))
    case "secret_leak": return .secretLeak(secrets(fields))
    case "patch_integrity":
      let ratio = fields["max_imbalance_ratio"]?.number ?? 10
      return .patchIntegrity(
        .init(
          additionsLimit: fields["max_additions"]?.integer ?? 1000,
          deletionsLimit: fields["max_deletions"]?.integer ?? 500,
          patterns: expressions(fields, "forbidden_patterns", Guard.dangerousLines),
          ratioLimit: fields["require_balance"]?.bool ?? false ? ratio : nil))
    case "prompt_injection":
      return .promptInjection(
        .init(
          warnLevel: level(fields, "warn_at_or_above", 1), blockLevel: level(fields, "block_at_or_above", 2),
          scanLimit: fields["max_scan_bytes"]?.integer ?? 200_000))
    case "jailbreak": return .jailbreak(jailbreak(fields["detector"]?.record))
    case "secret_access":
      return .secretAccess(
        .init(
          allow: names(fields.texts("allow")),
          otherwise: fields["default_action"]?.text.flatMap(DefaultAction.init) ?? .block))
    case "computer_use":
      return .computerUse(
        .init(
          allowed: names(fields.texts("allowed_actions")) { Guard.usualActions },
          mode: fields["mode"]?.text.flatMap(ComputerUseProgram.Mode.init) ?? .guardrail))
    case "remote_desktop_side_channel":
      return .remoteDesktopSideChannel(
        .init(
          disabled: Guard.remoteChannels.filter { !(fields["\($0)_enabled"]?.bool ?? true) },
          transferLimit: fields["max_transfer_size_bytes"]?.integer))
    case "input_injection_capability":
      return .inputInjectionCapability(
        .init(
          allowed: names(fields.texts("allowed_input_types")) { ["keyboard", "mouse", "touch"] },
          needsProbe: fields["require_postcondition_probe"]?.bool ?? false))
    default: return .hardRails(hardRails(fields))
    }
  }

  private mutating func terms(_ texts: [Located<String>]?, _ kind: TextKind) -> [PatternTerm] {
    var result: [PatternTerm] = []
    for text in texts ?? [] {
      if let term = patterns.term(text, kind, into: &bag) { result.append(term) }
    }
    return result
  }

  private mutating func expressions(_ fields: RulesetRecord, _ key: String, _ usual: [String]) -> [PatternTerm] {
    if let texts = fields.texts(key) { return terms(texts, .expression) }
    return usual.compactMap { patterns.term($0, .expression) }
  }

  private func names(_ texts: [Located<String>]?, usual: () -> [String] = { [] }) -> [NameTerm] {
    texts?.map { NameTerm(text: $0.value, location: $0.location) } ?? usual().map { NameTerm(text: $0, location: nil) }
  }

  private func level(_ fields: RulesetRecord, _ key: String, _ usual: Int) -> Int {
    fields[key]?.text.flatMap { Guard.levels.firstIndex(of: $0) } ?? usual
  }

  private mutating func secrets(_ fields: RulesetRecord) -> SecretProgram {
    var secrets: [SecretTerm] = []
    if let records = fields["patterns"]?.records {
      for record in records {
        guard let value = record["pattern"], let text = value.text,
          let term = patterns.term(Located(text, value.location), .expression, into: &bag)
        else { continue }
        let masking = record["masking"]?.record
        secrets.append(
          SecretTerm(
            name: record["name"]?.text ?? "", term: term,
            severity: record["severity"]?.text.flatMap(PolicySeverity.init) ?? .critical,
            description: record["description"]?.text,
            checksLuhn: record["luhn_check"]?.bool ?? false, maskFirst: masking?["first"]?.integer ?? 4,
            maskLast: masking?["last"]?.integer ?? 4))
      }
    } else {
      for usual in Guard.usualSecrets {
        func text(_ key: String) -> String {
          if case .text(let value) = usual.first(where: { $0.key == key })?.value { return value }
          return ""
        }
        guard let term = patterns.term(text("pattern"), .expression) else { continue }
        secrets.append(
          SecretTerm(
            name: text("name"), term: term, severity: PolicySeverity(text("severity")) ?? .critical, description: nil,
            checksLuhn: false, maskFirst: 4, maskLast: 4))
      }
    }
    return SecretProgram(
      secrets: secrets, threshold: fields["severity_threshold"]?.text.flatMap(PolicySeverity.init) ?? .error,
      skipped: terms(fields.texts("skip_paths"), .path), redacts: fields["redact"]?.bool ?? true)
  }

  private func jailbreak(_ detector: RulesetRecord?) -> JailbreakProgram {
    let layers = detector?["layers"]?.record
    let model = detector?["linear_model"]?.record
    return JailbreakProgram(
      usesHeuristics: layers?["heuristic"]?.bool ?? true, usesStatistics: layers?["statistical"]?.bool ?? true,
      usesModel: layers?["ml"]?.bool ?? true, weights: Guard.usualWeights.map { Float(model?[$0.0]?.number ?? $0.1) },
      blockThreshold: detector?["block_threshold"]?.integer ?? 70,
      warnThreshold: detector?["warn_threshold"]?.integer ?? 30,
      inputLimit: detector?["max_input_bytes"]?.integer ?? 100_000)
  }

  private func hardRails(_ fields: RulesetRecord) -> HardRailsProgram {
    let disabled = Set((fields.texts("disabled") ?? []).map(\.value))
    let own = fields["detectors"]?.record
    return HardRailsProgram(
      detectors: Detector.all.filter { !disabled.contains($0.name) }.map { detector in
        let thresholds = own?[detector.name]?.record
        return .init(
          name: detector.name, warnAt: thresholds?["warn_at"]?.integer ?? detector.warnAt,
          blockAt: thresholds?["block_at"]?.integer ?? detector.blockAt)
      })
  }
}
