package import AST
package import Diagnostics
import Lexer
import Source

/// Walks a Clawfile as BuildKit's dispatch does, stage by stage, and reports what would stop every build of it.
///
/// What build arguments could change is not an error, whatever their values are. Bases that are images are taken to set
/// nothing but PATH.
package struct BuildWalk {
  let file: Clawfile
  var model = BuildModel()
  var bag = DiagnosticBag()
  var globals = StageScope(BuildWalk.platformArguments)
  /// Names of stages to their indices; for FROM the latest above, for `--from` the last of the file.
  var latest: [String: Int] = [:]
  var last: [String: Int] = [:]
  var externalStages = 0
  let lexer: ShellLexer
  /// The build arguments that are given from outside.
  let arguments: [String: String]

  private init(_ file: Clawfile, _ arguments: [String: String]) {
    self.file = file
    self.arguments = arguments
    lexer = ShellLexer(escape: file.escape)
  }

  /// The model of a file. Errors go into the bag; the model is as good as they let it be.
  ///
  /// - Parameter arguments: build arguments from outside, in place of the file's defaults.
  package static func run(_ file: Clawfile, arguments: [String: String] = [:], into bag: inout DiagnosticBag)
    -> BuildModel
  {
    var walk = BuildWalk(file, arguments)
    walk.run()
    bag.add(contentsOf: walk.bag)
    return walk.model
  }

  /// What BuildKit predefines for FROM lines. One platform for all, so that no answer depends on the machine.
  private static let platformArguments: [(String, String)] = [
    ("BUILDPLATFORM", "linux/amd64"), ("BUILDOS", "linux"), ("BUILDOSVERSION", ""), ("BUILDARCH", "amd64"),
    ("BUILDVARIANT", ""), ("TARGETPLATFORM", "linux/amd64"), ("TARGETOS", "linux"), ("TARGETOSVERSION", ""),
    ("TARGETARCH", "amd64"), ("TARGETVARIANT", ""), ("TARGETSTAGE", ""),
  ]

  private mutating func run() {
    if let directive = file.parserDirectives.first(where: { $0.name == "check" }),
      let option = CheckOptions(file).invalid
    {
      bag.report(
        BuildRules.checkDirective, at: file.location(directive.valueRange), "'\(option)' is no option of '# check='",
        help: "the options are skip=, error= and experimental=")
    }
    let firstStage = file.stages.first?.from ?? file.instructions.count
    for index in 0..<firstStage {
      if case .arg(let assignments) = file.instructions[index].body { globalArgument(assignments, index) }
    }
    for (index, stage) in file.stages.enumerated() {
      if let name = stage.name { last[name] = index }
    }
    for index in file.stages.indices { self.stage(index) }
  }

  private mutating func globalArgument(_ assignments: [Assignment], _ index: Int) {
    for assignment in assignments {
      guard let value = assignment.value, arguments[assignment.key.text] == nil else {
        globals.declare(assignment.key.text, value: arguments[assignment.key.text])
        continue
      }
      guard let expansion = expand(value, index, in: globals) else {
        model.stagesStop = -1
        continue
      }
      globals.declare(assignment.key.text, value: expansion.result)
      if assignment.key.text == "SOURCE_DATE_EPOCH", !expansion.result.isEmpty, Int64(expansion.result) == nil {
        report(
          BuildRules.sourceDate, index, at: value.range, "'\(expansion.result)' is no number of seconds",
          help: "write a number, such as 0")
      }
    }
  }

  // MARK: Stages

  private mutating func stage(_ number: Int) {
    let stage = file.stages[number]
    var result = BuildModel.StageModel(base: stage.base, scope: StageScope([("PATH", Self.defaultPath)]))
    if case .from(let from) = file.instructions[stage.from].body {
      base(from, stage.from, &result)
    } else {
      result.isValid = false
    }
    if let parent = result.parent {
      let inherited = model.stages[parent]
      result.scope = inherited.scope
      result.hasShell = inherited.hasShell
      result.shell = inherited.shell
      result.hasWorkdir = inherited.hasWorkdir
      result.workdir = inherited.workdir
    }
    // A table that grows moves all that is in it, again and again.
    result.scope.reserve(file.indices(of: .keyword(.env, .arg), in: stage.body).reduce(0) { count, _ in count + 1 })
    model.stages.append(result)
    if let name = stage.name { latest[name] = number }
    for index in stage.body where Self.matters(file.traits(of: index)) {
      let findings = bag.diagnostics.count
      dispatch(index, stage: number)
      if model.instructionsStop == nil, bag.diagnostics.count > findings {
        model.instructionsStop = file.instructions[index].line.range.upper
      }
    }
  }

  private static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  private mutating func base(_ from: FromBody, _ index: Int, _ stage: inout BuildModel.StageModel) {
    stage.fromVariables.candidates = globals.names + globals.arguments
    if let expansion = expand(from.base, index, in: globals) {
      stage.base = expansion.result
      stage.parent = latest[expansion.result]
      stage.fromVariables.undeclared = expansion.unmatched.filter { !globals.isDeclared($0) }
      checkBase(from, index, expansion, &stage)
    } else {
      stage.isValid = false
      stopStages(index)
    }
    guard let platform = from.platform, !platform.text.isEmpty, let expansion = expand(platform, index, in: globals)
    else { return }
    stage.fromVariables.undeclared += expansion.unmatched.filter { !globals.isDeclared($0) }
    stage.fromVariables.platform = expansion.result
    if expansion.matched.isEmpty, expansion.unmatched.isEmpty {
      stage.fromVariables.constantPlatform = expansion.result
    }
    if expansion.matched.count == 1, expansion.unmatched.isEmpty {
      stage.fromVariables.platformVariable = expansion.matched[0]
    }
    if Platform(expansion.result) == nil {
      stopStages(index)
      if globals.dependsOnArguments(expansion) { return }
      report(
        BuildRules.platform, index, at: platform.range,
        expansion.result.isEmpty ? "the platform is empty" : "'\(expansion.result)' is no platform",
        help: "write it like 'linux/arm64'")
    }
  }

  private mutating func checkBase(
    _ from: FromBody, _ index: Int, _ expansion: Expansion, _ stage: inout BuildModel.StageModel
  ) {
    if stage.parent != nil || expansion.result == "scratch" { return }
    do throws(ImageReference.Failure) {
      _ = try ImageReference(expansion.result)
    } catch {
      stage.isValid = false
      if expansion.result.isEmpty { stopStages(index) } else { model.stopsBeforeInstructions = true }
      // A stage's name in the wrong case has a rule of its own.
      if globals.dependsOnArguments(expansion) || StageNameCase.isTrap(expansion.result, latest.keys) { return }
      report(BuildRules.baseImage, index, at: from.base.range, error.message)
    }
  }

  /// Notes that BuildKit works out no base behind a FROM.
  private mutating func stopStages(_ index: Int) {
    if model.stagesStop == nil { model.stagesStop = file.instructions[index].line.range.upper }
  }

  // MARK: Instructions

  /// Whether `dispatch` can make anything of an instruction.
  private static func matters(_ traits: InstructionTraits) -> Bool {
    traits.contains(anyOf: changing) || (traits.contains(anyOf: .active) && traits.contains(anyOf: expanding))
      || traits.contains(all: mounting)
  }

  private static let changing = InstructionTraits.keyword(
    .env, .arg, .copy, .add, .workdir, .stopsignal, .expose, .shell)
  private static let expanding = InstructionTraits.keyword(.label, .user, .volume)
  private static let mounting = InstructionTraits.keyword(.run).union(.flags)

  private mutating func dispatch(_ index: Int, stage: Int) {
    let instruction = file.instructions[index]
    switch instruction.body {
    case .env(let assignments, _): environment(assignments, index, stage)
    case .label(let assignments, _):
      for assignment in assignments {
        _ = expand(assignment.key, index, stage)
        if let value = assignment.value { _ = expand(value, index, stage) }
      }
    case .arg(let assignments): argument(assignments, index, stage)
    case .copy(let copy): self.copy(copy, index, stage)
    case .run(let run): for mount in run.mounts { self.mount(mount, index, stage) }
    case .workdir(let path):
      guard let expansion = expand(path, index, stage) else { return }
      model.workdirs.append((index, expansion.result, !model.stages[stage].hasWorkdir))
      model.stages[stage].hasWorkdir = true
      model.stages[stage].workdir = FilePath.normalize(FilePath.join(model.stages[stage].workdir, expansion.result))
    case .user(let word): _ = expand(word, index, stage)
    case .volume(let words): for word in words { volume(word, index, stage) }
    case .stopSignal(let word):
      guard let expansion = expand(word, index, stage), !Signals.isSignal(expansion.result),
        !isOpen(expansion, stage)
      else { return }
      report(
        BuildRules.signal, index, at: word.range, "'\(expansion.result)' is no signal", help: "write it like 'SIGTERM'")
    case .expose(let words): expose(words, index, stage)
    case .shell(let words):
      model.stages[stage].hasShell = true
      model.stages[stage].shell = words
    case .from, .cmd, .entrypoint, .maintainer, .healthcheck, .onbuild, .directive, .invalid: break
    }
  }

  private mutating func environment(_ assignments: [Assignment], _ index: Int, _ stage: Int) {
    // One instruction sees one environment: values are expanded before any of them is set.
    var changes: [(String, Expansion)] = []
    changes.reserveCapacity(assignments.count)
    for assignment in assignments {
      guard let key = expand(assignment.key, index, stage), let value = assignment.value,
        let expansion = expand(value, index, stage)
      else { continue }
      if SecretInArgOrEnv.isSecret(key.result) { model.secrets.append((index, key.result)) }
      changes.append((key.result, expansion))
    }
    for (name, expansion) in changes {
      let isOverridable = isOpen(expansion, stage)
      model.stages[stage].scope.set(name, expansion.result, isOverridable: isOverridable)
    }
  }

  private mutating func argument(_ assignments: [Assignment], _ index: Int, _ stage: Int) {
    for assignment in assignments {
      let name = assignment.key.text
      if SecretInArgOrEnv.isSecret(name) { model.secrets.append((index, name)) }
      var value = assignment.value.flatMap { expand($0, index, stage)?.result }
      if assignment.value == nil { value = globals.value(of: name) }
      if let given = arguments[name] { value = given }
      // The two SBOM switches are read by the frontend and never become variables.
      let isSwitch = name == "BUILDKIT_SBOM_SCAN_CONTEXT" || name == "BUILDKIT_SBOM_SCAN_STAGE"
      model.stages[stage].scope.declare(name, value: isSwitch ? nil : value)
    }
  }

  private mutating func expose(_ words: [Word], _ index: Int, _ stage: Int) {
    var ports: [String] = []
    let scope = model.stages[stage].scope
    for word in words.sorted(by: { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }) {
      do throws(ExpansionFailure) {
        let (words, expansion) = try lexer.words(of: Array(word.text.utf8)[...], in: scope)
        ports += words
        for port in words {
          do throws(ExposedPort.Failure) {
            _ = try ExposedPort(port)
          } catch {
            if scope.dependsOnArguments(expansion) { continue }
            report(BuildRules.port, index, at: word.range, error.message, help: "write it like '8080' or '53/udp'")
          }
        }
      } catch {
        fail(error, word, index, scope)
      }
    }
    model.ports.append((index, ports))
  }
}
