package import Automata
package import Source

/// What an evaluator needs of a ruleset and nothing else: every guard that judges, with its patterns read and its defaults
/// filled in.
package struct PolicyProgram: Sendable {
  /// By which rules events are judged.
  package var profile: PolicyProfile
  /// The ruleset's name.
  package var name: String
  /// Whether the first guard that blocks ends the judging.
  package var failFast = false
  /// The guards that judge, in order.
  package var guards: [GuardProgram] = []
  /// The state machine beside the guards.
  package var posture: PosturePlan?
  /// Enabled guards that only a host can run; while there is one, nothing can be decided here.
  package var hostGuards: [Located] = []

  /// A name and where it stands.
  package struct Located: Sendable {
    package var name: String
    package var location: Location

    package init(name: String, location: Location) {
      self.name = name
      self.location = location
    }
  }

  package init(profile: PolicyProfile, name: String) {
    self.profile = profile
    self.name = name
  }
}

/// By which rules events are judged.
package enum PolicyProfile: String, Sendable, CaseIterable {
  /// As the reference engine judges them, holes included.
  case compat
  /// The same language with the holes closed.
  case hardened
}

/// One guard, ready to judge.
package enum GuardProgram: Sendable {
  case forbiddenPath(ForbiddenPathProgram)
  case pathAllowlist(PathAllowlistProgram)
  case egressAllowlist(EgressProgram)
  case mcpTool(ToolProgram)
  case shellCommand(CommandProgram)
  case secretLeak(SecretProgram)
  case patchIntegrity(PatchProgram)
  case promptInjection(InjectionProgram)
  case jailbreak(JailbreakProgram)
  case secretAccess(SecretAccessProgram)
  case computerUse(ComputerUseProgram)
  case remoteDesktopSideChannel(SideChannelProgram)
  case inputInjectionCapability(InputProgram)
  case hardRails(HardRailsProgram)
}

/// A pattern as it was written and as the expression that it is.
package struct PatternTerm: Sendable {
  /// What was written.
  package var text: String
  /// What it means.
  package var node: RegexNode
  /// Where it stands; nil for a default.
  package var location: Location?

  package init(text: String, node: RegexNode, location: Location?) {
    self.text = text
    self.node = node
    self.location = location
  }
}

/// `forbidden_path`
package struct ForbiddenPathProgram: Sendable {
  package var patterns: [PatternTerm]
  package var exceptions: [PatternTerm]

  package init(patterns: [PatternTerm], exceptions: [PatternTerm]) {
    self.patterns = patterns
    self.exceptions = exceptions
  }
}

/// `path_allowlist`
package struct PathAllowlistProgram: Sendable {
  package var read: [PatternTerm]
  package var write: [PatternTerm]
  package var patch: [PatternTerm]

  package init(read: [PatternTerm], write: [PatternTerm], patch: [PatternTerm]) {
    self.read = read
    self.write = write
    self.patch = patch
  }
}

/// What becomes of what no list names.
package enum DefaultAction: String, Sendable {
  case allow
  case block
  case log
}

/// `egress_allowlist`
package struct EgressProgram: Sendable {
  package var allow: [PatternTerm]
  package var block: [PatternTerm]
  package var otherwise: DefaultAction

  package init(allow: [PatternTerm], block: [PatternTerm], otherwise: DefaultAction) {
    self.allow = allow
    self.block = block
    self.otherwise = otherwise
  }
}

/// `mcp_tool`
package struct ToolProgram: Sendable {
  package var allow: [NameTerm]
  package var block: [NameTerm]
  package var confirm: [NameTerm]
  package var otherwise: DefaultAction
  /// Most bytes of the arguments.
  package var argumentsLimit: Int

  package init(allow: [NameTerm], block: [NameTerm], confirm: [NameTerm], otherwise: DefaultAction, argumentsLimit: Int)
  {
    self.allow = allow
    self.block = block
    self.confirm = confirm
    self.otherwise = otherwise
    self.argumentsLimit = argumentsLimit
  }
}

/// A name of a list.
package struct NameTerm: Sendable {
  package var text: String
  package var location: Location?

  package init(text: String, location: Location?) {
    self.text = text
    self.location = location
  }
}

/// `shell_command`
package struct CommandProgram: Sendable {
  package var patterns: [PatternTerm]
  package var checksPaths: Bool

  package init(patterns: [PatternTerm], checksPaths: Bool) {
    self.patterns = patterns
    self.checksPaths = checksPaths
  }
}

/// How bad a finding is.
package enum PolicySeverity: Int, Sendable, Comparable, CaseIterable {
  case info
  case warning
  case error
  case critical

  package init?(_ word: String) {
    guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = found
  }

  /// As rulesets write it.
  package var word: String {
    switch self {
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    case .critical: "critical"
    }
  }

  /// As decisions write it.
  package var decisionWord: String {
    switch self {
    case .info: "low"
    case .warning: "medium"
    case .error: "high"
    case .critical: "critical"
    }
  }

  package static func < (left: PolicySeverity, right: PolicySeverity) -> Bool { left.rawValue < right.rawValue }
}

/// What a secret looks like.
package struct SecretTerm: Sendable {
  package var name: String
  package var term: PatternTerm
  package var severity: PolicySeverity
  package var description: String?
  package var checksLuhn: Bool
  /// How many characters stay readable in reports.
  package var maskFirst: Int
  package var maskLast: Int

  package init(
    name: String, term: PatternTerm, severity: PolicySeverity, description: String?, checksLuhn: Bool, maskFirst: Int,
    maskLast: Int
  ) {
    self.name = name
    self.term = term
    self.severity = severity
    self.description = description
    self.checksLuhn = checksLuhn
    self.maskFirst = maskFirst
    self.maskLast = maskLast
  }
}

/// `secret_leak`
package struct SecretProgram: Sendable {
  package var secrets: [SecretTerm]
  package var threshold: PolicySeverity
  package var skipped: [PatternTerm]
  package var redacts: Bool

  package init(secrets: [SecretTerm], threshold: PolicySeverity, skipped: [PatternTerm], redacts: Bool) {
    self.secrets = secrets
    self.threshold = threshold
    self.skipped = skipped
    self.redacts = redacts
  }
}

/// `patch_integrity`
package struct PatchProgram: Sendable {
  package var additionsLimit: Int
  package var deletionsLimit: Int
  package var patterns: [PatternTerm]
  /// How many additions there may be for a deletion; nil if that does not matter.
  package var ratioLimit: Double?

  package init(additionsLimit: Int, deletionsLimit: Int, patterns: [PatternTerm], ratioLimit: Double?) {
    self.additionsLimit = additionsLimit
    self.deletionsLimit = deletionsLimit
    self.patterns = patterns
    self.ratioLimit = ratioLimit
  }
}

/// `prompt_injection`
package struct InjectionProgram: Sendable {
  /// From which level on it warns and blocks: 0 safe, 1 suspicious, 2 high, 3 critical.
  package var warnLevel: Int
  package var blockLevel: Int
  package var scanLimit: Int

  package init(warnLevel: Int, blockLevel: Int, scanLimit: Int) {
    self.warnLevel = warnLevel
    self.blockLevel = blockLevel
    self.scanLimit = scanLimit
  }
}

/// `jailbreak`
package struct JailbreakProgram: Sendable {
  package var usesHeuristics: Bool
  package var usesStatistics: Bool
  package var usesModel: Bool
  /// Bias, then the weights of: ignored policy, "DAN", role change, prompt extraction, encoding, punctuation, symbol run.
  package var weights: [Float]
  package var blockThreshold: Int
  package var warnThreshold: Int
  package var inputLimit: Int

  package init(
    usesHeuristics: Bool, usesStatistics: Bool, usesModel: Bool, weights: [Float], blockThreshold: Int,
    warnThreshold: Int,
    inputLimit: Int
  ) {
    self.usesHeuristics = usesHeuristics
    self.usesStatistics = usesStatistics
    self.usesModel = usesModel
    self.weights = weights
    self.blockThreshold = blockThreshold
    self.warnThreshold = warnThreshold
    self.inputLimit = inputLimit
  }
}

/// `secret_access`
package struct SecretAccessProgram: Sendable {
  package var allow: [NameTerm]
  package var otherwise: DefaultAction

  package init(allow: [NameTerm], otherwise: DefaultAction) {
    self.allow = allow
    self.otherwise = otherwise
  }
}

/// `computer_use`
package struct ComputerUseProgram: Sendable {
  /// What becomes of actions.
  package enum Mode: String, Sendable {
    case observe
    case guardrail
    case failClosed = "fail_closed"
  }

  package var allowed: [NameTerm]
  package var mode: Mode

  package init(allowed: [NameTerm], mode: Mode) {
    self.allowed = allowed
    self.mode = mode
  }
}

/// `remote_desktop_side_channel`
package struct SideChannelProgram: Sendable {
  /// The channels that may not be used.
  package var disabled: [String]
  /// Most bytes of a transfer.
  package var transferLimit: Int?

  package init(disabled: [String], transferLimit: Int?) {
    self.disabled = disabled
    self.transferLimit = transferLimit
  }
}

/// `input_injection_capability`
package struct InputProgram: Sendable {
  package var allowed: [NameTerm]
  package var needsProbe: Bool

  package init(allowed: [NameTerm], needsProbe: Bool) {
    self.allowed = allowed
    self.needsProbe = needsProbe
  }
}

/// `hard_rails`
package struct HardRailsProgram: Sendable {
  /// A detector and its thresholds; 0 is never.
  package struct Detector: Sendable {
    package var name: String
    package var warnAt: Int
    package var blockAt: Int

    package init(name: String, warnAt: Int, blockAt: Int) {
      self.name = name
      self.warnAt = warnAt
      self.blockAt = blockAt
    }
  }

  package var detectors: [Detector]

  package init(detectors: [Detector]) { self.detectors = detectors }
}
