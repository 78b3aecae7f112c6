import ArgumentParser
import Diagnostics
import Driver
import IR
import Processes
import Runtime
import Source

/// `claw build`
struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Compiles, then builds images with docker.",
    discussion: """
      A Clawfile is built by 'docker build', a pod by 'docker compose build': all of its services or those named. What \
      docker says of a generated file is said of yours. A folder with both is a pod, unless an option is for one image.

      EXAMPLES
        claw build examples/quickstart/Clawfile -t greeter --build-arg VERSION=2
        claw build claw-pod.yml agent --no-cache
      """)

  @OptionGroup var inputs: CompileInputs
  @Argument(help: "Services of the pod to build.") var services: [String] = []
  @Option(name: [.short, .long], help: ArgumentHelp("A name for the image.", valueName: "name")) var tag: [String] = []
  @Option(name: .customLong("build-arg"), help: ArgumentHelp("A build argument.", valueName: "name=value"))
  var buildArgument: [String] = []
  @Option(help: ArgumentHelp("The stage to build.", valueName: "stage")) var target: String?
  @Option(help: ArgumentHelp("The platform to build for.", valueName: "platform")) var platform: String?
  @Flag(name: .customLong("no-cache"), help: "Run every step anew.") var noCache = false
  @Flag(help: "Ask the registry for newer base images.") var pull = false
  @Option(help: ArgumentHelp("A secret for RUN --mount=type=secret.", valueName: "secret")) var secret: [String] = []
  @Option(help: ArgumentHelp("An SSH agent or keys for RUN --mount=type=ssh.", valueName: "ssh")) var ssh: [String] = []
  @Option(help: ArgumentHelp("The build context; else the Clawfile's folder.", valueName: "folder")) var context:
    String?
  @Option(help: ArgumentHelp("A label for the image.", valueName: "name=value")) var label: [String] = []
  @OptionGroup var quiet: QuietOption
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let tool = try engine.tool(isVerbose: verbose.verbose)
    var (inputs, services) = inputs.withServices(services)
    if !imageOptions.isEmpty { inputs = inputs.preferringClawfile }
    let compilation = try inputs.compiled(
      report, buildArguments: buildArguments, isQuiet: quiet.quiet, isVerbose: verbose.verbose)
    try RunRecording.step("claw build") { notes in
      try build(tool, compilation, services)
      notes.note(compilation, images: tag)
    }
    if !quiet.quiet { Console.say(tag.isEmpty ? "built" : "built \(tag.joined(separator: ", "))") }
  }

  private func build(_ tool: DockerTool, _ compilation: Compilation, _ services: [String]) throws {
    let progress = BuildProgress(isQuiet: quiet.quiet, isVerbose: verbose.verbose)
    if let pod = compilation.pod, let file = compilation.artifacts.last {
      try refusePodOptions()
      let run = PodRun(tool: tool, pod: pod, compilation: compilation, file: file)
      try run.writeParts(isQuiet: quiet.quiet)
      try progress.run(tool, try podBuild(run, services), input: file.bytes, compilation)
      try run.publish(isQuiet: quiet.quiet)
    } else {
      if let service = services.first {
        Console.say("claw: '\(service)': only a pod has services to choose from")
        throw Status.usage
      }
      try Artifacts.writeAll(compilation, isQuiet: quiet.quiet)
      try progress.run(tool, clawfileBuild(tool, compilation), compilation)
    }
  }

  private func clawfileBuild(_ tool: DockerTool, _ compilation: Compilation) -> ChildProcess {
    let source = compilation.sources.first?.path ?? ""
    let folder = context ?? FilePath.directory(of: source)
    var words = ["build", "--progress", "plain", "-f", compilation.artifacts.last?.path.unlikeOption ?? source]
    for name in tag { words += ["-t", name] }
    for value in label { words += ["--label", value] }
    if let target { words += ["--target", target] }
    if let platform { words += ["--platform", platform] }
    for value in secret { words += ["--secret", value] }
    words += sharedWords
    var child = tool.call(words + [folder.isEmpty ? "." : folder.unlikeOption])
    child.environment["DOCKER_BUILDKIT"] = "1"
    return child
  }

  private func podBuild(_ run: PodRun, _ services: [String]) throws -> ChildProcess {
    var words = sharedWords
    if !services.isEmpty {
      let project = PodProject(pipedFor: run.pod.folder, name: run.pod.name)
      let all = try Engine.run { () throws(EngineFailure) in
        try PodServices.names(run.tool, project, input: run.file.bytes)
      }
      words += try Targets.resolve(services, instances: run.pod.instancesByService, services: all)
    }
    return run.buildCall(words)
  }

  /// The build arguments as docker takes them: a name alone has the environment's value.
  private var buildArguments: [String: String] {
    var arguments: [String: String] = [:]
    for word in buildArgument {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      arguments[parts[0]] = parts.count > 1 ? parts[1] : Console.variable(parts[0])
    }
    return arguments
  }

  private var sharedWords: [String] {
    var words: [String] = []
    for value in buildArgument { words += ["--build-arg", value] }
    for value in ssh { words += ["--ssh", value] }
    if noCache { words.append("--no-cache") }
    if pull { words.append("--pull") }
    return words
  }

  private func refusePodOptions() throws {
    guard let first = imageOptions.first else { return }
    Console.say("claw: \(first) is for a Clawfile; a pod says that under 'build' of its service")
    throw Status.usage
  }

  /// What was given that only makes sense for one image.
  private var imageOptions: [String] {
    [
      ("--tag", !tag.isEmpty), ("--target", target != nil), ("--platform", platform != nil),
      ("--secret", !secret.isEmpty), ("--context", context != nil), ("--label", !label.isEmpty),
    ].filter(\.1).map(\.0)
  }
}
