import ArgumentParser
import Diagnostics
import Driver
import Emitters
import Runtime
import Source

/// `claw compile`
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Writes the generated files and starts nothing.",
    discussion: """
      Without a path: claw-pod.yml and everything that it builds, else the Clawfile.

      EXAMPLES
        claw compile examples/quickstart/Clawfile --stdout
        claw compile --target kubernetes@1.37 --waive restart,ulimits
      """)

  @OptionGroup var compile: CompileInputs
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write below this folder instead of beside the sources.", valueName: "folder"))
  var output: String?
  @Option(
    help: ArgumentHelp("The engine that a pod is for: compose, or kubernetes@1.37.", valueName: "engine"),
    completion: .list(["compose", "kubernetes@1.37"]))
  var target: String?
  @Option(help: ArgumentHelp("Fields that Kubernetes can't express and that may be lost.", valueName: "field"))
  var waive: [String] = []
  @Flag(help: "Write the secrets that claw makes for Kubernetes to standard output, and nothing else.")
  var secrets = false
  @Flag(help: "Write the main file to standard output, and nothing to disk.") var stdout = false
  @Flag(help: "Fail if a generated file on disk is not what it should be; write nothing.") var check = false
  @OptionGroup var quiet: QuietOption
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if stdout, check { throw ValidationError("--stdout and --check can't be meant both") }
    if secrets, target == nil { throw ValidationError("--secrets is for --target kubernetes@1.37") }
    if !waive.isEmpty, target == nil { throw ValidationError("--waive is for another --target than compose") }
  }

  func run() throws {
    let manifests = try manifests()
    if secrets {
      guard manifests != nil else { throw Status.usage }
      let compilation = try compile.compiled(report, isQuiet: true, isVerbose: verbose.verbose, besidesData: true)
      return Console.write(try PodSecrets.manifest(compilation, report))
    }
    var compilation = try compile.compile(manifests: manifests, isVerbose: verbose.verbose)
    let status = report.report(compilation.bag, isQuiet: quiet.quiet, besidesData: stdout)
    if let output {
      // Below the folder everything lies as it would beside the sources.
      let folder = FilePath.directory(of: try compile.resolved())
      for index in compilation.artifacts.indices {
        let path = compilation.artifacts[index].path
        compilation.artifacts[index].path = FilePath.join(
          output, FilePath.relative(path, from: folder.isEmpty ? "." : folder))
      }
    }
    if status != .done { throw status }
    if stdout {
      if let main = compilation.artifacts.last { Console.write(main.bytes) }
    } else if check {
      let stale = compilation.artifacts.filter { !ArtifactStore.isCurrent($0.path, $0.bytes) }
      for artifact in stale { Console.say("claw: '\(artifact.path)' is stale: run 'claw compile'") }
      if !stale.isEmpty { throw Status.failed }
    } else {
      try Artifacts.writeAll(compilation, isQuiet: quiet.quiet)
    }
  }

  /// What a pod is written for; nil for compose.
  private func manifests() throws -> PodManifests.Target? {
    guard let target, target != "compose" else { return nil }
    if case .kubernetes(let minor)? = WorkloadTarget(target) {
      guard try compile.kind(of: try compile.resolved()) == .pod else {
        Console.say("claw: only a pod is written for '\(target)'; a workload by 'claw workload emit'")
        throw Status.usage
      }
      return .init(minor: minor, waived: Set(waive.flatMap { $0.split(separator: ",").map(String.init) }))
    }
    let minors = WorkloadTarget.kubernetesMinors
    Console.say("claw: there is no target '\(target)'")
    Console.say("  there are: compose, and kubernetes@1.\(minors.lowerBound) to kubernetes@1.\(minors.upperBound)")
    throw Status.usage
  }
}

/// What a command compiles.
struct CompileInputs: ParsableArguments {
  @Argument(help: "A Clawfile, a pod file, or a folder that holds one.", completion: .file()) var path: String?
  @Option(name: .shortAndLong, help: "The pod file, or its folder.", completion: .file()) var file: String?
  @Option(name: .customLong("as"), help: ArgumentHelp("How to read the file.", valueName: "kind")) var kind: FileKind?
  @Option(help: ArgumentHelp("What images are for; in a worker's, ACT becomes build steps.", valueName: "mode"))
  var mode: Mode = .normal

  /// What an image is built for.
  enum Mode: String, ExpressibleByArgument, CaseIterable { case normal, worker }

  /// Compiles what the arguments name.
  ///
  /// - Parameter buildArguments: the build arguments that images are built with.
  /// - Parameter manifests: the version of Kubernetes that a pod is for; nil for compose.
  /// - Parameter isVerbose: whether the files that were read are told.
  func compile(
    buildArguments: [String: String] = [:], manifests: PodManifests.Target? = nil, isVerbose: Bool = false
  ) throws -> Compilation {
    let path = try resolved()
    var status = Status.done
    let kind = try kind(of: path)
    guard let source = Inputs.read(path, &status) else { throw status }
    if kind == .suite {
      Console.say("claw: '\(path)' is a test suite, of which nothing is made: 'claw policy test' runs it")
      throw Status.usage
    }
    var options = CompileOptions.here(path)
    options.isWorker = mode == .worker
    options.buildArguments = buildArguments
    options.manifests = manifests
    let compilation = Compiler.compile(source, kind: kind, files: DiskFiles(), options: options)
    if isVerbose { for source in compilation.sources { Console.say("read \(source.path)") } }
    return compilation
  }

  /// How the file that is meant is read.
  func kind(of path: String) throws -> FileKind {
    if let kind = kind ?? FileKind(path: path, isNamed: true) { return kind }
    let isThere = FileSearch.kind(of: path) != .missing
    // What a name does not say, the content may.
    if isThere, let source = try? DiskFiles().read(path, within: nil, limit: Inputs.limit),
      let kind = FileKind(source, isNamed: true)
    {
      return kind
    }
    Console.say(
      "claw: '\(path)' " + (isThere ? "is neither a Clawfile nor a pod file nor a ruleset" : "doesn't exist"))
    throw Status.usage
  }

  /// The file that is meant.
  func resolved() throws -> String {
    if let path, file != nil {
      Console.say("claw: name the file once: '\(path)' or --file")
      throw Status.usage
    }
    guard let found = Self.find(file ?? path) else {
      if let path = file ?? path {
        Console.say("claw: '\(path)' holds no claw-pod.yml, no Clawfile and no Dockerfile")
      } else {
        Console.say("claw: there is no claw-pod.yml here or above, and no Clawfile: run 'claw init' to start with one")
      }
      throw Status.usage
    }
    return found
  }

  /// The file that a path means: itself, what a folder holds, or without a path what lies here or above; nil if nothing.
  static func find(_ path: String?) -> String? {
    guard let path else {
      return FileSearch.upwards(["claw-pod.yml", "claw-pod.yaml"])
        ?? (FileSearch.kind(of: "Clawfile") == .file ? "Clawfile" : nil)
    }
    guard FileSearch.kind(of: path) == .folder else { return path }
    for name in ["claw-pod.yml", "claw-pod.yaml", "Clawfile", "Dockerfile"] {
      let candidate = path == "." ? name : FilePath.join(path, name)
      if FileSearch.kind(of: candidate) == .file { return candidate }
    }
    return nil
  }
}

/// Puts what a compile made on disk.
enum Artifacts {
  /// Writes the artifacts and says which changed.
  @discardableResult
  static func write(_ compilation: Compilation, isQuiet: Bool = false) throws -> [String] {
    do throws(ArtifactStore.Failure) {
      for artifact in compilation.artifacts { try ArtifactStore.makeFolder(FilePath.directory(of: artifact.path)) }
      let changed = try ArtifactStore.write(compilation.artifacts.map { ($0.path, $0.bytes) })
      for path in changed where !isQuiet && !path.contains("/objects/") { Console.say("wrote \(path)") }
      return changed
    } catch {
      Console.say("claw: '\(error.path)': \(error.reason)")
      throw Status.failed
    }
  }
}
