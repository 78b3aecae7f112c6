import ArgumentParser
import Driver
import Runtime
import Source

/// `claw down`
struct Down: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes a pod down; its volumes stay unless -v says otherwise.",
    discussion: """
      EXAMPLES
        claw down
        claw down examples/desk -v
      """)

  @Argument(help: "The pod file, or its folder.") var path: String?
  @OptionGroup var file: PodFileOptions
  @Flag(name: [.customShort("v"), .long], help: "Remove its volumes too, and all that is in them.") var volumes = false
  @Flag(name: .shortAndLong, help: "Say only what goes wrong.") var quiet = false
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let path = try file.or(path).resolved()
    let generated = try PodFileOptions.generated(path)
    let project = PodProject(file: generated, name: try PodFileOptions.read(generated).name)
    let tool = try engine.tool()
    let lock = try PodLocks.take(FilePath.join(FilePath.directory(of: path), ".claw/\(project.name)"))
    defer { withExtendedLifetime(lock) {} }
    try Engine.run { () throws(EngineFailure) in
      var words = ["down", "--remove-orphans"]
      if volumes { words.append("--volumes") }
      try tool.passThrough(tool.compose(project, words, progress: quiet ? "quiet" : nil))
      guard volumes else { return }
      // Those of ordinals that were removed earlier are in no file any more.
      let left = try PodState.volumes(tool, project: project.name).values.sorted()
      if !left.isEmpty { _ = try tool.output(["volume", "rm", "--"] + left) }
    }
  }
}
