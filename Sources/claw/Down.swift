import ArgumentParser
import Driver
import JSON
import Runtime
import Source

/// `claw down`
struct Down: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down",
    abstract: "Takes a pod down; its volumes stay unless -v says otherwise.",
    discussion: """
      EXAMPLES
        claw down
        claw down examples/desk -v
      """)

  @Argument(help: "The pod file, or its folder.", completion: .file()) var path: String?
  @OptionGroup var file: PodFileOptions
  @Flag(name: [.customShort("v"), .long], help: "Remove its volumes too, and all that is in them.") var volumes = false
  @Flag(name: .customLong("dry-run"), help: "Show what would go and change nothing.") var dryRun = false
  @Flag(help: "With --dry-run: write the plan as JSON.") var json = false
  @OptionGroup var quiet: QuietOption
  @Flag(help: "Say which commands are run.") var verbose = false
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    if json, !dryRun { throw ValidationError("--json is for the plan: use it with --dry-run") }
  }

  func run() throws {
    let path = try file.or(path).resolved()
    let generated = try PodFileOptions.generated(path)
    let project = PodProject(file: generated, name: try PodFileOptions.read(generated).name)
    let tool = try engine.tool(isVerbose: verbose)
    if dryRun {
      let plan = try plan(tool, project.name)
      return Console.write(
        json
          ? PlanText.document(plan, pod: project.name) : PlanText.text(plan, pod: project.name, canKeep: false))
    }
    let folder = FilePath.join(FilePath.directory(of: path), ".claw/\(project.name)")
    let lock = try PodLocks.take(folder)
    defer { withExtendedLifetime(lock) {} }
    try RunRecording.step("claw down") { notes in
      notes.result.append(.init("pod", .string(project.name)))
      if notes.run != nil {
        // Stopped, sidecars have written their last line; and with -v the record goes too.
        try Engine.run { () throws(EngineFailure) in
          try tool.passThrough(tool.compose(project, ["stop"], progress: quiet.quiet ? "quiet" : nil))
        }
        try notes.take(try records(tool, project.name), pod: project.name)
      }
      try down(tool, project, folder)
    }
  }

  private func records(_ tool: DockerTool, _ name: String) throws -> SidecarRecords {
    try SidecarRecords(
      try Engine.run { () throws(EngineFailure) in try PodState.containers(tool, project: name) }, tool)
  }

  private func down(_ tool: DockerTool, _ project: PodProject, _ folder: String) throws {
    try Engine.run { () throws(EngineFailure) in
      var words = ["down", "--remove-orphans"]
      if volumes { words.append("--volumes") }
      try tool.passThrough(tool.compose(project, words, progress: quiet.quiet ? "quiet" : nil))
      if volumes {
        // Those of ordinals that were removed earlier are in no file any more.
        let left = try PodState.volumes(tool, project: project.name).values.sorted()
        if !left.isEmpty { _ = try tool.output(["volume", "rm", "--"] + left) }
      }
      try ObjectSweep.run(tool, folder: folder, composeFile: project.file)
      KeyFolder(pod: project.name).remove()
    }
  }

  private func plan(_ tool: DockerTool, _ name: String) throws -> UpPlan {
    try Engine.run { () throws(EngineFailure) in
      var plan = UpPlan()
      for service in Set(try PodState.containers(tool, project: name).map(\.service)).sorted() {
        plan.steps.append(.init(service: service, action: .remove))
      }
      if volumes { plan.volumes = try PodState.volumes(tool, project: name).keys.sorted() }
      return plan
    }
  }
}
