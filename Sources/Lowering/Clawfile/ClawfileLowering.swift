package import AST
package import Diagnostics
import Directives
package import IR
import Lexer
import Source

/// What a Clawfile means: a configuration for each stage, and the plan of its Dockerfile.generated.
package struct LoweredClawfile: Sendable {
  /// The configuration of each stage, that of the stages below it included.
  package var configs: [ImageConfig] = []
  /// What each stage runs as, and how.
  package var commands: [StageCommand] = []
  /// The plan.
  package var plan: ImagePlan

  /// The configuration of a stage, by name or index; of the last one if none is named. Nil if there is no such stage.
  package func config(target: String?, in file: Clawfile) -> ImageConfig? {
    stage(target: target, in: file).map { configs[$0] }
  }

  /// A stage that was lowered, by name or index; the last one if none is named. Nil if there is no such stage.
  package func stage(target: String?, in file: Clawfile) -> Int? {
    guard let target else { return configs.indices.last }
    let index = file.stages.lastIndex { $0.name == target.lowercased() } ?? Int(target)
    return index.flatMap { configs.indices.contains($0) ? $0 : nil }
  }
}

/// What a stage runs, before claw puts its wrapper in front.
package struct StageCommand: Sendable {
  /// The entrypoint; nil if there is none.
  package var entrypoint: [String]?
  /// The command; nil if there is none.
  package var command: [String]?
  /// The user; nil if it is not known.
  package var user: String?
  /// Whether entrypoint and command are known.
  package var isKnown = true

  /// Whom claw runs a program as that its image would run as root.
  package static let defaultUser = "1000:1000"

  /// The user, if one is known that is not root.
  package var unprivilegedUser: String? {
    user.flatMap { $0.isEmpty || Self.isRoot($0) ? nil : $0 }
  }

  /// Whether a user, with or without a group, is root as images write it.
  package static func isRoot(_ user: String) -> Bool {
    user == "root" || user == "0" || user.utf8.starts(with: "0:".utf8)
  }
}

/// Lowers a Clawfile: understands its directives, stage by stage, and plans what is generated.
package struct ClawfileLowering {
  let file: Clawfile
  let model: BuildModel
  let facts: any ImageFactsProvider
  let isWorker: Bool
  var bag = DiagnosticBag()
  var result: LoweredClawfile

  /// Lowers a checked file.
  ///
  /// - Parameter facts: what is known of images that the file is built on.
  /// - Parameter isWorker: whether ACT becomes build steps.
  package static func lower(
    _ file: Clawfile, _ model: BuildModel, facts: any ImageFactsProvider, isWorker: Bool,
    into bag: inout DiagnosticBag
  ) -> LoweredClawfile {
    var lowering = ClawfileLowering(
      file: file, model: model, facts: facts, isWorker: isWorker,
      result: LoweredClawfile(
        plan: ImagePlan(source: file.file, escape: file.escape)))
    lowering.run()
    bag.add(contentsOf: lowering.bag)
    return lowering.result
  }

  private mutating func run() {
    for number in file.stages.indices { stage(number) }
    guard file.hasDirectives else {
      if FilePath.name(of: file.file.path).utf8.starts(with: "Clawfile".utf8), !file.stages.isEmpty {
        bag.report(
          DirectiveRules.noDirectives, at: file.location(file.instructions[file.stages[0].from].line.keywordRange),
          "this file has no Claw directive", help: "add 'CLAW_TYPE generic' to make it a claw")
      }
      return
    }
    removeOldBlocks()
    result.plan.edits.sort { $0.range < $1.range }
  }

  private mutating func stage(_ number: Int) {
    let stage = file.stages[number]
    let parent = number < model.stages.count ? model.stages[number].parent : nil
    let baseFacts = parent == nil && number < model.stages.count ? facts.facts(of: model.stages[number].base) : nil
    var inherited = parent.map { result.configs[$0] } ?? ImageConfig()
    if let baseFacts { inherited = LabelReader.config(of: baseFacts.labels) }
    var own = StageLowering(file: file.file)
    var firstDirective: SourceRange?
    // What stands below the last directive says nothing about any.
    let lastDirective = file.indices(with: .directive, in: stage.body).reduce(nil as Int?) { _, index in index }
    if let parent, lastDirective != nil { own.variables = Set(model.stages[parent].scope.names) }
    for index in stage.body where index <= lastDirective ?? -1 && Self.isTold(file.traits(of: index)) {
      let instruction = file.instructions[index]
      switch instruction.body {
      case .arg(let assignments), .env(let assignments, _): own.variables.formUnion(assignments.map(\.key.text))
      case .directive(let use):
        let range = instruction.line.textRange
        firstDirective = firstDirective ?? instruction.line.keywordRange
        DirectiveLowerings.lowering(of: use.directive)?.lower(use, at: range, into: &own)
        result.plan.edits.append(.init(instruction.line.range, step(of: use, range)))
      default: break
      }
    }
    bag.add(contentsOf: own.bag)
    let config = inherited.overridden(by: own.own)
    result.configs.append(config)
    let command = self.command(of: stage, parent: parent, baseFacts, number)
    result.commands.append(command)
    check(config, own.own, firstDirective)
    let isFinal = number == file.stages.count - 1
    let overrides = file.indices(of: .keyword(.cmd, .entrypoint), in: stage.body).contains {
      switch file.instructions[$0].body {
      case .cmd, .entrypoint: true
      default: false
      }
    }
    if firstDirective != nil || (!config.isEmpty && parent != nil && (isFinal || overrides)) {
      block(config, command, number, place: firstDirective)
    }
  }

  /// Whether an instruction is a directive, or declares a name that directives may mean.
  private static func isTold(_ traits: InstructionTraits) -> Bool { traits.contains(anyOf: told) }

  private static let told = InstructionTraits.keyword(.arg, .env).union(.directive)

  /// The build step that takes a directive's place.
  private func step(of use: DirectiveUse, _ range: SourceRange) -> ImagePlan.Insertion? {
    guard isWorker, use.directive.keyword == "ACT", let text = use.text else { return nil }
    return .run(text.value, origin: range)
  }

  /// Takes out what an earlier claw generated, so that compiling twice changes nothing.
  private mutating func removeOldBlocks() {
    var start: Int?
    for comment in file.comments {
      let text = file.file.text(comment.range)
      if text.utf8.starts(with: "# >>> claw".utf8) {
        start = file.file.lines.starts[comment.line - 1]
      } else if text.utf8.starts(with: "# <<< claw".utf8), let from = start {
        let range = SourceRange(from, file.file.lines.range(ofLine: comment.line).upper)
        result.plan.edits.removeAll {
          $0.range.lower >= range.lower && $0.range.upper <= range.upper && !$0.range.isEmpty
        }
        result.plan.edits.append(.init(range, nil))
        start = nil
      }
    }
  }

  // MARK: Checks

  private mutating func check(_ config: ImageConfig, _ own: ImageConfig, _ place: SourceRange?) {
    guard let place else { return }
    guard let type = config.type else {
      bag.report(
        DirectiveRules.missingType, at: file.location(place), "this stage has Claw directives but no CLAW_TYPE",
        help: "add 'CLAW_TYPE generic', or the type of the runner")
      return
    }
    guard let runner = RunnerCatalog.type(named: type.value) else { return }
    if runner.expectsContractName, let agent = own.agent, let origin = agent.origin,
      case .literal(let name) = agent.value[0],
      agent.value.count == 1,
      FilePath.name(of: name) != runner.contractName
    {
      bag.report(
        DirectiveRules.contractName, at: origin,
        "\(runner.name) calls its contract '\(runner.contractName)', not '\(FilePath.name(of: name))'",
        help: "claw mounts it at \(runner.contractPath) all the same")
    }
    for handle in own.handles {
      guard let platforms = runner.platforms, !platforms.contains(handle.value), let origin = handle.origin else {
        continue
      }
      bag.report(
        DirectiveRules.platform, at: origin, "\(runner.name) can't appear on '\(handle.value)'",
        help: platforms.isEmpty ? "it appears on none" : "it can on \(platforms.joined(separator: ", "))")
    }
  }

  // MARK: What a stage runs

  private func command(of stage: Stage, parent: Int?, _ base: ImageFacts?, _ number: Int) -> StageCommand {
    var command = parent.map { result.commands[$0] } ?? StageCommand(isKnown: false)
    if parent == nil {
      let isScratch = number < model.stages.count && model.stages[number].base == "scratch"
      if isScratch {
        command = StageCommand(user: "")
      } else if let base {
        var entrypoint = base.entrypoint
        // A base that claw built has the wrapper already.
        if entrypoint?.first == StageBlock.wrapperPath { entrypoint = Array(entrypoint?.dropFirst() ?? []) }
        // Whoever made the base may have called its user anything; what is no name is none that we know.
        let user = base.user.isEmpty || PrivilegeParser.isUser(base.user) ? base.user : nil
        command = StageCommand(
          entrypoint: entrypoint?.isEmpty == true ? nil : entrypoint, command: base.command, user: user)
      }
    }
    var shell = parent.flatMap { model.stages[$0].shell } ?? ["/bin/sh", "-c"]
    var hasCommand = false
    for index in file.indices(of: .keyword(.shell, .user, .cmd, .entrypoint), in: stage.body) {
      let line = file.instructions[index].line
      func words(_ form: CommandForm) -> [String] {
        switch form {
        case .exec(let words): words
        case .shell(let range): range.isEmpty ? [] : shell + [line.text.string(range)]
        }
      }
      switch file.instructions[index].body {
      case .shell(let words): shell = words
      case .user(let word): command.user = word.text
      case .cmd(let form):
        command.command = words(form)
        hasCommand = true
      case .entrypoint(let form):
        command.entrypoint = words(form)
        if !hasCommand { command.command = nil }
        command.isKnown = true
      default: break
      }
    }
    if command.command?.isEmpty == true { command.command = nil }
    if command.entrypoint?.isEmpty == true { command.entrypoint = nil }
    return command
  }
}

extension ImageConfig {
  /// This configuration with another's settings on top: single ones replace, slots, modes and URIs replace their like,
  /// lists go on.
  package func overridden(by other: ImageConfig) -> ImageConfig {
    var result = self
    result.type = other.type ?? type
    result.agent = other.agent ?? agent
    result.persona = other.persona ?? persona
    if !other.cllama.isEmpty { result.cllama = other.cllama }
    let slots = Set(other.models.map(\.slot))
    result.models = models.filter { !slots.contains($0.slot) } + other.models
    result.configure += other.configure
    result.invoke += other.invoke
    result.act += other.act
    for manager in other.track where !track.contains(where: { $0.value == manager.value }) {
      result.track.append(manager)
    }
    let uris = Set(other.surfaces.map(\.value.uri))
    result.surfaces = surfaces.filter { !uris.contains($0.value.uri) } + other.surfaces
    let modes = Set(other.privileges.map(\.mode)).subtracting(["cap"])
    result.privileges = privileges.filter { !modes.contains($0.mode) } + other.privileges
    for handle in other.handles where !handles.contains(where: { $0.value == handle.value }) {
      result.handles.append(handle)
    }
    result.skills += other.skills.filter { skill in !skills.contains { $0.value == skill.value } }
    return result
  }
}
