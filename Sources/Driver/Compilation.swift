import AST
import Canonical
package import Diagnostics
import Emitters
package import IR
import Lowering
package import Source

/// What a compile made: files to write, and everything that was found on the way.
package struct Compilation: Sendable {
  /// A file to write.
  package struct Artifact: Sendable {
    /// Where to, as seen from the folder that the command runs in.
    package var path: String
    /// The content.
    package var bytes: [UInt8]

    /// Makes an artifact.
    package init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// The artifacts, in the order in which they are written; none if there are errors.
  package var artifacts: [Artifact] = []
  /// The findings.
  package var bag = DiagnosticBag()
  /// The pod, where a pod file was compiled.
  package var pod: PodPlan?
  /// The variables that the pod file could name.
  package var environment = Environment()
  /// The pod's policies, by name.
  package var policies: [String: CompiledPolicy] = [:]
  /// Where each line of a generated file came from, by the file's path.
  package var origins: [String: [Location?]] = [:]
  /// Every file that was read.
  package var sources: [SourceFile] = []
  /// Whether invariants, and not mistakes of spelling, are all that stands in the way.
  package var isRefused: Bool { RuleCatalog.isRefusal(bag) }

  /// An empty one.
  package init() {}

  /// Adds an emitted file.
  mutating func add(_ artifact: Emitters.Artifact, at path: String) {
    artifacts.append(.init(path: path, bytes: artifact.bytes))
    origins[path] = artifact.origins
  }

  /// What Clawfiles become, by path. One generated file can't be for two bases: builds that want that are reported.
  static func dockerfiles(
    of compiled: [(path: String, checked: CheckedClawfile, location: Location)], into bag: inout DiagnosticBag
  ) -> [(path: String, Emitters.Artifact)] {
    if bag.hasErrors { return [] }
    var written: [String: [UInt8]] = [:]
    var result: [(path: String, Emitters.Artifact)] = []
    for (source, checked, location) in compiled where checked.tree.hasDirectives {
      let (path, artifact) = dockerfile(of: checked, from: source)
      guard let first = written[path] else {
        written[path] = artifact.bytes
        result.append((path, artifact))
        continue
      }
      if first == artifact.bytes { continue }
      bag.report(
        PodRules.buildArgument, at: location,
        "'\(source)' is built on another image here, and '\(FilePath.name(of: path))' can be for one only",
        help: "give each base a Clawfile of its own")
    }
    return result
  }

  /// Adds what a Clawfile becomes.
  mutating func addDockerfile(of checked: CheckedClawfile, from path: String) {
    let (path, artifact) = Self.dockerfile(of: checked, from: path)
    add(artifact, at: path)
  }

  /// The digest of the source is taken only here: a check has no use for it.
  private static func dockerfile(of checked: CheckedClawfile, from path: String) -> (path: String, Emitters.Artifact) {
    let digest = Digest.sha256Hex(checked.tree.file.bytes)
    return (GeneratedName.dockerfile(for: path), DockerfileEmitter.emit(checked.lowered.plan, digest: digest))
  }
}

/// What a compile may know of its surroundings.
package struct CompileOptions: Sendable {
  /// The variables that `${…}` in pod files may name.
  package var environment = Environment()
  /// Whether ACT becomes build steps.
  package var isWorker = false
  /// Whether artifacts are wanted, or only what is found on the way to them.
  package var makesArtifacts = true
  /// Build arguments that images are built with.
  package var buildArguments: [String: String] = [:]
  /// What the file's folder is called, where its path does not say that: compose's last resort for a project's name.
  package var folderName: String?
  /// The version of Kubernetes that a pod is for, and what may be lost; nil for compose.
  package var manifests: PodManifests.Target?

  /// The defaults: no variables, no worker mode.
  package init() {}
}

/// The one way from files to artifacts: it knows which passes there are and in which order they run.
package enum Compiler {
  /// Compiles a Clawfile or a pod file and everything that it builds.
  ///
  /// - Parameter files: how files that the source names are read.
  package static func compile(
    _ file: SourceFile, kind: FileKind, files: some FileProvider, options: CompileOptions = CompileOptions()
  ) -> Compilation {
    var compilation = Compilation()
    compilation.sources.append(file)
    switch kind {
    case .clawfile:
      let checked = clawfile(file, files, options, into: &compilation)
      if options.makesArtifacts, !compilation.bag.hasErrors {
        compilation.addDockerfile(of: checked, from: file.path)
      }
    case .pod: pod(file, files, options, into: &compilation)
    case .ruleset: ruleset(file, files, options, into: &compilation)
    case .suite:
      let sources = RulesetSources(files: files)
      _ = SuiteCompiler.compile(file, profile: .hardened, sources: sources, into: &compilation.bag)
    case .pack:
      let lowered = PackCompiler.compile(file, into: &compilation.bag)
      if let lowered, options.makesArtifacts, !compilation.bag.hasErrors {
        compilation.artifacts.append(.init(path: GeneratedName.pack(for: file.path), bytes: lowered.canonical + [0x0A]))
      }
    case .workload:
      let plan = WorkloadCompiler.compile(file, into: &compilation.bag)
      if let plan, options.makesArtifacts, !compilation.bag.hasErrors {
        let files = WorkloadEmitter.emit(plan, for: .json, waived: []).files
        compilation.artifacts += files.map {
          .init(path: FilePath.join(FilePath.directory(of: file.path), $0.name), bytes: $0.bytes)
        }
      }
    case .fleet: _ = WorkloadCompiler.fleet(file, into: &compilation.bag)
    case .tenancy: _ = TenancyCompiler.compile(file, into: &compilation.bag)
    }
    return compilation
  }

  /// What is wrong with a file, whatever it is built with: that nothing is known of an image that only a build argument
  /// names is no mistake of a Clawfile.
  package static func check(
    _ file: SourceFile, kind: FileKind, files: some FileProvider, options: CompileOptions = CompileOptions()
  ) -> DiagnosticBag {
    guard kind == .clawfile else {
      var options = options
      options.makesArtifacts = false
      return compile(file, kind: kind, files: files, options: options).bag
    }
    var compilation = Compilation()
    let checked = clawfile(file, files, options, into: &compilation)
    if checked.model.stages.contains(where: { !$0.isValid }) {
      compilation.bag.filter { $0.rule != DirectiveRules.unknownEntrypoint }
    }
    return compilation.bag
  }

  private static func clawfile(
    _ file: SourceFile, _ files: some FileProvider, _ options: CompileOptions, into compilation: inout Compilation
  ) -> CheckedClawfile {
    let facts = facts(FilePath.directory(of: file.path), files, into: &compilation)
    return CheckedClawfile.check(
      file, facts: facts, arguments: options.buildArguments, isWorker: options.isWorker, into: &compilation.bag)
  }
}

/// What generated files are called.
package enum GeneratedName {
  /// The compose file beside a pod file.
  package static let compose = "compose.generated.yml"
  /// The manifest beside a pod file.
  package static let manifest = "kubernetes.generated.yml"

  /// `Dockerfile.generated` beside a Clawfile; `Dockerfile.SUFFIX.generated` beside `Clawfile.SUFFIX`.
  package static func dockerfile(for path: String) -> String {
    let name = FilePath.name(of: path)
    let folder = FilePath.directory(of: path)
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let suffix = name.lowercased().hasSuffix(".dockerfile") ? parts[0] : (parts.count > 1 ? parts[1] : "")
    return FilePath.join(folder, suffix.isEmpty ? "Dockerfile.generated" : "Dockerfile.\(suffix).generated")
  }

  /// `NAME.program.json` beside `NAME.yml`.
  package static func program(for path: String) -> String { beside(path, ".program.json") }

  /// `NAME.pack.json` beside `NAME.yml`.
  package static func pack(for path: String) -> String { beside(path, ".pack.json") }

  private static func beside(_ path: String, _ ending: String) -> String {
    let name = FilePath.name(of: path)
    let stem =
      [".yml", ".yaml", ".json"].first { name.lowercased().hasSuffix($0) }.map { String(name.dropLast($0.count)) }
      ?? name
    return FilePath.join(FilePath.directory(of: path), stem + ending)
  }
}
