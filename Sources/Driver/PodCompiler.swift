import AST
import Diagnostics
import Emitters
import IR
import Lexer
import Lowering
import Source

/// The Clawfiles that a pod builds, compiled once each, and what claw.lock knows.
struct PodImages: ImageProvider {
  let files: any FileProvider
  let facts: any ImageFactsProvider
  let isWorker: Bool
  /// What was found in them.
  var bag = DiagnosticBag()
  /// The compiled files, in the order in which they were asked for.
  var compiled: [(path: String, checked: CheckedClawfile)] = []

  /// Where each path's is among them, and those with errors.
  private var places: [String: Int] = [:]
  private var broken: Set<Int> = []
  private var paths: [String: String] = [:]

  init(files: any FileProvider, facts: any ImageFactsProvider, isWorker: Bool) {
    self.files = files
    self.facts = facts
    self.isWorker = isWorker
  }

  /// Most bytes of a Clawfile.
  private static let limit = 16 << 20

  mutating func built(context: String, dockerfile: String?, target: String?, at location: Location) -> BuiltImage? {
    guard let path = path(context, dockerfile, location) else { return nil }
    let number: Int
    if let known = places[path] {
      number = known
    } else {
      guard let file = try? files.read(path, within: nil, limit: Self.limit) else { return nil }
      var found = DiagnosticBag()
      let checked = CheckedClawfile.check(file, facts: facts, isWorker: isWorker, into: &found)
      bag.add(contentsOf: found)
      number = compiled.count
      places[path] = number
      if found.hasErrors { broken.insert(number) }
      compiled.append((path, checked))
    }
    if broken.contains(number) { return nil }
    let checked = compiled[number].checked
    guard let config = checked.lowered.config(target: target, in: checked.tree),
      let index = target.flatMap({ name in checked.tree.stages.lastIndex { $0.name == name.lowercased() } ?? Int(name) }
      )
        ?? checked.tree.stages.indices.last, checked.lowered.commands.indices.contains(index)
    else {
      bag.report(
        PodRules.unknownImage, at: location, "'\(path)' has no stage '\(target ?? "")'",
        help: "name one of its stages as the target")
      return nil
    }
    let isWrapped = !config.configure.isEmpty || !config.invoke.isEmpty
    return BuiltImage(
      config: config, command: checked.lowered.commands[index], hasWrapper: isWrapped,
      hasScheduler: !config.invoke.isEmpty, hasHealthcheck: hasHealthcheck(checked, index), source: checked.tree.file,
      generated: checked.tree.hasDirectives ? GeneratedName.dockerfile(for: path) : nil)
  }

  var scripts: (entrypoint: [UInt8], scheduler: [UInt8]) { (ImageScripts.entrypoint, ImageScripts.scheduler) }

  func locked(_ reference: String) -> ImageFacts? { facts.facts(of: reference) }

  /// The file that a build reads: the one named, else the Clawfile of the context, else its Dockerfile.
  private mutating func path(_ context: String, _ dockerfile: String?, _ location: Location) -> String? {
    let names = dockerfile.map { [$0] } ?? ["Clawfile", "Dockerfile"]
    let key = context + "\n" + names[0]
    if let known = paths[key] { return known }
    for name in names {
      let path = FilePath.normalize(FilePath.join(context, name))
      guard (try? files.read(path, within: nil, limit: Self.limit)) != nil else { continue }
      paths[key] = path
      return path
    }
    bag.report(
      PodRules.unknownImage, at: location,
      "the build's file '\(FilePath.normalize(FilePath.join(context, names[0])))' is not there",
      help: "create it, or name another with 'dockerfile'")
    return nil
  }

  private func hasHealthcheck(_ checked: CheckedClawfile, _ index: Int) -> Bool {
    var stage: Int? = index
    while let current = stage {
      for instruction in checked.tree.stages[current].body {
        if case .healthcheck = checked.tree.instructions[instruction].body { return true }
      }
      stage = checked.model.stages.indices.contains(current) ? checked.model.stages[current].parent : nil
    }
    return false
  }
}

extension Compiler {
  /// Compiles a pod file, and every Clawfile that its claws are built from.
  static func pod(
    _ file: SourceFile, _ files: some FileProvider, _ options: CompileOptions, into compilation: inout Compilation
  ) {
    let folder = FilePath.directory(of: file.path)
    var environment = dotEnvironment(folder, files, options.environment)
    let project = ComposeLoader.load(
      main: file, files: files, environment: environment, folderName: options.folderName, into: &compilation.bag)
    // The x-claw blocks may name it, as compose's own keys may.
    environment.values["COMPOSE_PROJECT_NAME"] = project.name
    compilation.sources += project.files.filter { $0 != file }
    let facts = facts(folder, files, into: &compilation)
    let result = PodLowering.lower(
      project, main: file, files: files, environment: environment,
      images: PodImages(files: files, facts: facts, isWorker: options.isWorker), into: &compilation.bag)
    compilation.bag.add(contentsOf: result.images.bag)
    compilation.pod = result.plan
    YAMLSuppressions.apply(to: &compilation.bag, in: file, knownRules: RuleCatalog.knows)
    guard !compilation.bag.hasErrors else { return }
    for (path, checked) in result.images.compiled {
      compilation.sources.append(checked.tree.file)
      guard checked.tree.hasDirectives else { continue }
      compilation.add(DockerfileEmitter.emit(checked.lowered.plan), at: GeneratedName.dockerfile(for: path))
    }
    for object in result.plan.objects {
      compilation.artifacts.append(.init(path: FilePath.join(folder, object.path), bytes: object.bytes))
    }
    compilation.add(
      ComposeEmitter.emit(result.compose, name: FilePath.name(of: file.path)),
      at: FilePath.join(folder, GeneratedName.compose))
  }

  /// The variables of the process, and below them those of `.env` beside the pod file.
  private static func dotEnvironment(_ folder: String, _ files: some FileProvider, _ process: Environment)
    -> Environment
  {
    guard let file = try? files.read(FilePath.join(folder, ".env"), within: nil, limit: 1 << 20),
      let values = try? DotEnv.parse(file, lookup: { process[$0] })
    else { return process }
    var environment = process
    for variable in values.variables where environment.values[variable.name] == nil {
      environment.values[variable.name] = variable.value
    }
    return environment
  }

  /// What is known of images: claw.lock beside the file, then the distribution images.
  static func facts(_ folder: String, _ files: some FileProvider, into compilation: inout Compilation)
    -> any ImageFactsProvider
  {
    let path = FilePath.join(folder, ClawLock.fileName)
    guard let file = try? files.read(path, within: nil, limit: 16 << 20) else { return BaseImages() }
    compilation.sources.append(file)
    do throws(ClawLock.Failure) {
      return try ClawLock(parsing: file.bytes)
    } catch {
      compilation.bag.report(
        PodRules.lock, at: Location(file, SourceRange(error.offset ?? 0, (error.offset ?? 0) + 1)),
        "claw.lock can't be read: \(error.message)", help: "write it anew with 'claw lock'")
      return BaseImages()
    }
  }
}
