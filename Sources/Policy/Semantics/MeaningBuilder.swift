import Automata
import Guards
import IR
import JSON

/// Sets of texts by the patterns that they have a match of.
final class LanguageCache {
  var containing: [[String]: (set: Automaton, undecided: [PatternTerm])] = [:]
}

/// Makes the tables of a program.
final class MeaningBuilder {
  private let program: PolicyProgram
  /// Sets that several kinds of events share, and several programs.
  private let cache: LanguageCache
  private lazy var forbidden: [Automaton?] = program.guards.map { item in
    if case .forbiddenPath(let own) = item { Languages.forbidden(own, program.profile) } else { nil }
  }

  private var isHardened: Bool { program.profile == .hardened }

  init(_ program: PolicyProgram, cache: LanguageCache = LanguageCache()) {
    self.program = program
    self.cache = cache
  }

  private typealias Box = OutcomeTable.Box

  /// The table of a kind; nil if its automata grow too large.
  func table(_ kind: PolicyMeaning.Kind) -> OutcomeTable? {
    switch kind {
    case .fileRead: return files { $0.read }
    case .fileWrite: return files(withText: true) { $0.write }
    case .patch: return patches()
    case .egress: return egress()
    case .tool: return tools()
    case .command: return commands()
    case .secret: return secretAccess()
    case .untrustedText: return untrustedText()
    case .userInput: return userInput()
    case .computerUse: return remote(.customType)
    case .transfer: return transfer()
    case .input: return input()
    }
  }

  private func textsContaining(_ terms: [PatternTerm]) -> (set: Automaton, undecided: [PatternTerm]) {
    let key = terms.map(\.text)
    if let known = cache.containing[key] { return known }
    let result = Languages.containing(terms)
    cache.containing[key] = result
    return result
  }

  // MARK: Files

  /// What the guards of paths refuse; nil if it can't be had.
  private func pathBoxes(_ list: (PathAllowlistProgram) -> [PatternTerm]) -> [Box]? {
    var boxes: [Box] = []
    for (index, item) in program.guards.enumerated() {
      switch item {
      case .forbiddenPath:
        guard let set = forbidden[index] else { return nil }
        boxes.append(Box(.blocked, [0: .texts(set)]))
      case .pathAllowlist(let own):
        guard let allowed = Languages.union(list(own)), let rest = Languages.paths.subtracting(allowed) else {
          return nil
        }
        boxes.append(Box(.blocked, [0: .texts(rest)]))
      default: break
      }
    }
    return boxes
  }

  private func files(withText: Bool = false, _ list: (PathAllowlistProgram) -> [PatternTerm]) -> OutcomeTable? {
    guard var boxes = pathBoxes(list) else { return nil }
    var axes = [Axis.texts(.path, Languages.paths)]
    if withText, !addSecrets(to: &axes, &boxes, besides: true) { return nil }
    return OutcomeTable(axes, boxes)
  }

  /// Adds what `secret_leak` says of the text; whether that could be had.
  ///
  /// - Parameter besides: whether the field 0 is a path, some of which are skipped.
  private func addSecrets(to axes: inout [Axis], _ boxes: inout [Box], besides path: Bool) -> Bool {
    for case .secretLeak(let own) in program.guards {
      var sets: [Int: AxisSet] = [:]
      if path {
        guard let skipped = Languages.union(own.skipped), let rest = Languages.paths.subtracting(skipped) else {
          return false
        }
        sets[0] = .texts(rest)
      }
      for outcome in [Decision.Outcome.blocked, .warn] {
        let secrets = own.secrets.filter { ($0.severity >= own.threshold) == (outcome == .blocked) }
        if secrets.isEmpty { continue }
        let plain = textsContaining(secrets.filter { !$0.checksLuhn }.map(\.term))
        if !plain.set.isEmpty {
          let index = axes.firstIndex { $0.field == .text } ?? axes.count
          if index == axes.count { axes.append(.texts(.text)) }
          boxes.append(Box(outcome, sets.merging([index: .texts(plain.set)]) { $1 }))
        }
        let rest =
          plain.undecided.map(\.text) + secrets.filter(\.checksLuhn).map { $0.term.text + " with a right check digit" }
        addUndecided(rest.map { "text has \($0)" }, outcome, sets, to: &axes, &boxes)
      }
    }
    return true
  }

  /// Adds a field that says whether any of some terms holds.
  private func addUndecided(
    _ terms: [String], _ outcome: Decision.Outcome, _ sets: [Int: AxisSet] = [:], to axes: inout [Axis],
    _ boxes: inout [Box]
  ) {
    guard !terms.isEmpty else { return }
    let axis = Axis.numbers(.undecided(Set(terms).sorted()), 0...1)
    let index = axes.firstIndex(of: axis) ?? axes.count
    if index == axes.count { axes.append(axis) }
    boxes.append(Box(outcome, sets.merging([index: .numbers([1...1])]) { $1 }))
  }

  private func patches() -> OutcomeTable? {
    guard var boxes = pathBoxes({ $0.patch }) else { return nil }
    var axes = [Axis.texts(.path, Languages.paths)]
    guard addSecrets(to: &axes, &boxes, besides: true) else { return nil }
    for case .patchIntegrity(let own) in program.guards {
      axes += [.numbers(.additions), .numbers(.deletions)]
      let (additions, deletions) = (axes.count - 2, axes.count - 1)
      if own.additionsLimit < .max { boxes.append(Box(.blocked, [additions: .atLeast(own.additionsLimit + 1)])) }
      if own.deletionsLimit < .max { boxes.append(Box(.blocked, [deletions: .atLeast(own.deletionsLimit + 1)])) }
      if let ratio = own.ratioLimit {
        addUndecided(["more than \(ratio) additions for a deletion"], .blocked, to: &axes, &boxes)
      }
      let lines = textsContaining(own.patterns)
      if !lines.set.isEmpty {
        axes.append(.texts(.addedLines))
        boxes.append(Box(.blocked, [axes.count - 1: .texts(lines.set)]))
      }
      addUndecided(lines.undecided.map { "an added line has \($0.text)" }, .blocked, to: &axes, &boxes)
    }
    return OutcomeTable(axes, boxes)
  }

  // MARK: Network, tools, secrets

  private func egress() -> OutcomeTable? {
    let universe = isHardened ? Languages.hosts : Automaton.all
    var boxes: [Box] = []
    for case .egressAllowlist(let own) in program.guards {
      guard let block = Languages.union(own.block), let allow = Languages.union(own.allow),
        let known = allow.union(block)
      else { return nil }
      boxes.append(Box(.blocked, [0: .texts(block)]))
      let others = AxisSet.texts(known.complement)
      switch own.otherwise {
      case .allow: break
      case .block: boxes.append(Box(.blocked, [0: others]))
      case .log: boxes.append(Box(.warn, [0: others]))
      }
    }
    return OutcomeTable([.texts(.host, universe)], boxes)
  }

  /// The names that a list stands for.
  private func names(_ terms: [NameTerm], ignoringCase: Bool) -> Automaton? {
    guard isHardened else { return Automaton(terms.map { .literal($0.text) }, .whole) }
    let part = RegexNode.repetition(.set(.all), min: 1, max: nil, isGreedy: true)
    let prefix = RegexNode.repetition(
      .sequence([.literal("mcp__"), part, .literal("__")]), min: 0, max: 1, isGreedy: true)
    let nodes = terms.map { term -> RegexNode in
      let name = RegexNode.literal(term.text)
      return .sequence([prefix, ignoringCase ? name.caseFolded : name])
    }
    return Automaton(nodes, .whole)
  }

  private func tools() -> OutcomeTable? {
    var axes = [Axis.texts(.toolName), .numbers(.argumentsSize)]
    var boxes: [Box] = []
    for case .mcpTool(let own) in program.guards {
      guard let block = names(own.block, ignoringCase: true), let confirm = names(own.confirm, ignoringCase: true),
        let allow = names(own.allow, ignoringCase: false)
      else { return nil }
      if own.argumentsLimit < .max { boxes.append(Box(.blocked, [1: .atLeast(own.argumentsLimit + 1)])) }
      boxes.append(Box(.blocked, [0: .texts(block)]))
      boxes.append(Box(.warn, [0: .texts(confirm)]))
      let closed = own.allow.isEmpty ? own.otherwise == .block : true
      guard closed else { continue }
      guard let rest = allow.complement.subtracting(confirm) else { return nil }
      boxes.append(Box(.blocked, [0: .texts(rest)]))
    }
    if isHardened, !addSecrets(to: &axes, &boxes, besides: false) { return nil }
    return OutcomeTable(axes, boxes)
  }

  private func commands() -> OutcomeTable? {
    var axes = [Axis.texts(.commandLine)]
    var boxes: [Box] = []
    for case .shellCommand(let own) in program.guards {
      let lines = textsContaining(own.patterns)
      boxes.append(Box(.blocked, [0: .texts(lines.set)]))
      addUndecided(lines.undecided.map { "the command has \($0.text)" }, .blocked, to: &axes, &boxes)
      if own.checksPaths {
        for case .forbiddenPath(let paths) in program.guards {
          let exceptions = paths.exceptions.map(\.text).sorted().joined(separator: " ")
          let but = exceptions.isEmpty ? "" : ", and not \(exceptions)"
          let terms = paths.patterns.map { "a word is \($0.text)\(but)" }
          addUndecided(terms, .blocked, to: &axes, &boxes)
        }
      }
    }
    if isHardened, !addSecrets(to: &axes, &boxes, besides: false) { return nil }
    return OutcomeTable(axes, boxes)
  }

  private func secretAccess() -> OutcomeTable? {
    var boxes: [Box] = []
    for case .secretAccess(let own) in program.guards where own.otherwise != .allow {
      let allowed = Automaton(texts: own.allow.map(\.text))
      boxes.append(Box(own.otherwise == .log ? .warn : .blocked, [0: .texts(allowed.complement)]))
    }
    return OutcomeTable([.texts(.secretName)], boxes)
  }

  // MARK: Text and screens

  private func untrustedText() -> OutcomeTable? {
    var boxes: [Box] = []
    var axes: [Axis] = [.numbers(.level, 0...3)]
    for case .promptInjection(let own) in program.guards {
      // How much of a text is looked at changes what level it has.
      if !isHardened { axes[0] = .numbers(.undecided(["level of the first \(own.scanLimit) bytes"]), 0...3) }
      boxes.append(Box(.blocked, [0: .numbers([own.blockLevel...3])]))
      boxes.append(Box(.warn, [0: .numbers([own.warnLevel...3])]))
    }
    return OutcomeTable(axes, boxes)
  }

  private func userInput() -> OutcomeTable? {
    var axes: [Axis] = [.numbers(.risk, 0...100)]
    var boxes: [Box] = []
    for case .jailbreak(let own) in program.guards {
      let weights = own.weights.map { "\($0)" }.joined(separator: " ")
      let layers = [own.usesHeuristics, own.usesStatistics, own.usesModel].map { $0 ? "1" : "0" }.joined()
      let limit = isHardened ? "" : ", first \(own.inputLimit) bytes"
      axes[0] = .numbers(.undecided(["risk by layers \(layers), weights \(weights)\(limit)"]), 0...100)
      if own.blockThreshold <= 100 { boxes.append(Box(.blocked, [0: .numbers([own.blockThreshold...100])])) }
      if own.warnThreshold <= 100 { boxes.append(Box(.warn, [0: .numbers([own.warnThreshold...100])])) }
    }
    return OutcomeTable(axes, boxes)
  }

  private func remote(_ field: Axis.Field) -> OutcomeTable? {
    let known = Automaton(
      [.sequence([.literal("remote."), .anything]), .sequence([.literal("input."), .anything])], .whole)
    guard let universe = known else { return nil }
    var boxes: [Box] = []
    for item in program.guards {
      switch item {
      case .computerUse(let own):
        let rest = Automaton(texts: own.allowed.map(\.text)).complement
        switch own.mode {
        case .observe: boxes.append(Box(.warn, [:]))
        case .guardrail: boxes.append(Box(.warn, [0: .texts(rest)]))
        case .failClosed: boxes.append(Box(.blocked, [0: .texts(rest)]))
        }
      case .remoteDesktopSideChannel(let own):
        let open = Guard.remoteChannels.filter { !own.disabled.contains($0) }.map { "remote." + $0 }
        let session = ["connect", "disconnect", "reconnect"].map { "remote.session." + $0 }
        let remote = Automaton([.sequence([.literal("remote."), .anything])], .whole) ?? .none
        guard let closed = remote.subtracting(Automaton(texts: open + session)) else { return nil }
        boxes.append(Box(.blocked, [0: .texts(closed)]))
      default: break
      }
    }
    return OutcomeTable([.texts(field, universe)], boxes)
  }

  private func transfer() -> OutcomeTable? {
    var boxes: [Box] = []
    for case .remoteDesktopSideChannel(let own) in program.guards {
      guard let limit = own.transferLimit, limit < .max else { continue }
      // -1 is a size that is not given.
      boxes.append(Box(.blocked, [0: .numbers([-1 ... -1, limit + 1...Int.max])]))
    }
    return OutcomeTable([.numbers(.transferSize, -1...Int.max)], boxes)
  }

  private func input() -> OutcomeTable? {
    var axes = [Axis.texts(.inputType)]
    var boxes: [Box] = []
    for case .inputInjectionCapability(let own) in program.guards {
      boxes.append(Box(.blocked, [0: .texts(Automaton(texts: own.allowed.map(\.text)).complement)]))
      if own.needsProbe { addUndecided(["the input names no probe"], .blocked, to: &axes, &boxes) }
    }
    return OutcomeTable(axes, boxes)
  }

  // MARK: What no table holds

  /// The detectors of `hard_rails` with their thresholds; a warning that comes no earlier than the block is none.
  var hardRails: [String: HardRailsProgram.Detector] {
    var result: [String: HardRailsProgram.Detector] = [:]
    for case .hardRails(let own) in program.guards {
      for var detector in own.detectors {
        if detector.blockAt > 0, detector.warnAt >= detector.blockAt { detector.warnAt = 0 }
        result[detector.name] = detector
      }
    }
    return result
  }

  /// The state machine, and guards that count.
  var terms: JSONValue {
    var members: [JSONValue.Member] = []
    let detectors = hardRails.filter { $0.value.warnAt > 0 || $0.value.blockAt > 0 }.sorted { $0.key < $1.key }
    if !detectors.isEmpty {
      members.append(
        .init(
          "hard_rails",
          .array(
            detectors.map {
              ["block_at": JSONValue($0.value.blockAt), "detector": .string($0.key), "warn_at": JSONValue($0.value.warnAt)]
            })))
    }
    if let posture = program.posture { members.append(.init("posture", PostureJSON.value(posture))) }
    return .object(members)
  }
}

/// A posture as JSON, in one spelling.
enum PostureJSON {
  static func value(_ posture: PosturePlan) -> JSONValue {
    let states = posture.states.map { state -> JSONValue in
      [
        "budgets": .array(state.budgets.map { ["limit": JSONValue($0.limit), "name": .string($0.name)] }),
        "capabilities": .array(state.capabilities.map { .string($0) }), "name": .string(state.name),
      ]
    }
    let transitions = posture.transitions.map { transition -> JSONValue in
      [
        "after": transition.after.map { JSONValue($0) } ?? .null, "from": transition.from.map { .string($0) } ?? "*",
        "on": .string(transition.trigger), "to": .string(transition.to),
      ]
    }
    return ["initial": .string(posture.initial), "states": .array(states), "transitions": .array(transitions)]
  }
}
