import AST
import Diagnostics
import Emitters
import IR
import Lexer
import Lowering
import Source

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
    compilation.environment = environment
    compilation.sources += project.files.filter { $0 != file }
    let facts = facts(folder, files, into: &compilation)
    let result = PodLowering.lower(
      project, main: file, files: files, environment: environment,
      images: PodImages(
        files: files, facts: facts, isWorker: options.isWorker, arguments: options.buildArguments),
      into: &compilation.bag)
    compilation.bag.add(contentsOf: result.images.bag)
    let paths = result.images.compiled.map(\.path)
    // Only where one file is built on several bases is what it becomes of use to a check.
    let isWanted = options.makesArtifacts || Set(paths).count < paths.count
    let dockerfiles = isWanted ? Compilation.dockerfiles(of: result.images.compiled, into: &compilation.bag) : []
    compilation.pod = result.plan
    policies(result.plan, files, into: &compilation)
    YAMLSuppressions.apply(to: &compilation.bag, in: file, knownRules: RuleCatalog.knows)
    guard options.makesArtifacts, !compilation.bag.hasErrors else { return }
    var sources: Set<String> = []
    for (path, checked, _) in result.images.compiled where sources.insert(path).inserted {
      compilation.sources.append(checked.tree.file)
    }
    for (path, artifact) in dockerfiles { compilation.add(artifact, at: path) }
    let made = ComposeEmitter.emit(result.compose, name: FilePath.name(of: file.path))
    if let target = options.manifests {
      let manifest = PodManifests.manifest(
        made, of: file, pod: result.plan, for: target, files: files, environment: environment,
        into: &compilation.bag)
      if let manifest {
        compilation.artifacts.append(.init(path: FilePath.join(folder, GeneratedName.manifest), bytes: manifest))
      }
      return
    }
    for object in result.plan.objects {
      compilation.artifacts.append(.init(path: FilePath.join(folder, object.path), bytes: object.bytes))
    }
    compilation.add(made, at: FilePath.join(folder, GeneratedName.compose))
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
