import ArgumentParser
import Diagnostics
import Driver
import IR
import Runtime
import Source

/// `claw build`
struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
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
  @Option(name: [.short, .long], help: "A name for the image.") var tag: [String] = []
  @Option(name: .customLong("build-arg"), help: "A build argument, NAME=VALUE.") var buildArgument: [String] = []
  @Option(help: "The stage to build.") var target: String?
  @Option(help: "The platform to build for.") var platform: String?
  @Flag(name: .customLong("no-cache"), help: "Run every step anew.") var noCache = false
  @Flag(help: "Ask the registry for newer base images.") var pull = false
  @Option(help: "A secret for RUN --mount=type=secret.") var secret: [String] = []
  @Option(help: "An SSH agent or keys for RUN --mount=type=ssh.") var ssh: [String] = []
  @Option(help: "The build context; else the Clawfile's folder.") var context: String?
  @Option(help: "A label for the image, NAME=VALUE.") var label: [String] = []
  @Flag(name: .shortAndLong, help: "Show only what goes wrong.") var quiet = false
  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let tool = try engine.tool()
    var (inputs, services) = inputs.withServices(services)
    if !imageOptions.isEmpty { inputs = inputs.preferringClawfile }
    let compilation = try inputs.compiled(report)
    try Artifacts.writeAll(compilation)
    let child: ChildProcess
    if let pod = compilation.pod {
      try refusePodOptions()
      child = try podBuild(tool, pod, compilation, services)
    } else {
      if let service = services.first {
        Console.say("claw: '\(service)': only a pod has services to choose from")
        throw Status.usage
      }
      child = clawfileBuild(tool, compilation)
    }
    try BuildProgress(isQuiet: quiet).run(tool, child, compilation)
    if !quiet { Console.say(tag.isEmpty ? "built" : "built \(tag.joined(separator: ", "))") }
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

  private func podBuild(
    _ tool: DockerTool, _ pod: PodPlan, _ compilation: Compilation, _ services: [String]
  ) throws -> ChildProcess {
    let project = PodProject(file: compilation.composePath, name: pod.name)
    var words = ["build"] + sharedWords
    if !services.isEmpty {
      let all = try Engine.run { () throws(EngineFailure) in try PodServices.names(tool, project) }
      words += try Targets.resolve(services, instances: pod.instancesByService, services: all)
    }
    return tool.compose(project, words, progress: "plain")
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
