import ArgumentParser
import IR
import Runtime
import Source

/// `claw cllama`
struct CllamaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cllama",
    abstract: "The sidecar that claws reach models and services through.",
    discussion: """
      EXAMPLES
        claw cllama image
        claw cllama image --tag registry.example.com/claw-cllama:1
      """,
    subcommands: [CllamaImage.self])
}

/// `claw cllama image`
struct CllamaImage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Builds the image of sidecars from the program beside claw; 'claw up' does it where it is missing.",
    discussion: """
      Nothing is pulled. The same program and the same authorities' certificates give the same image.

      EXAMPLES
        claw cllama image
        claw cllama image --binary ./cllama --tag claw-cllama:test
      """)

  @Option(help: ArgumentHelp("What the image is called.", valueName: "name")) var tag = SidecarFiles.image
  @Option(
    help: ArgumentHelp("The static cllama, if not the one beside claw (also: CLAW_CLLAMA).", valueName: "file"),
    completion: .file())
  var binary: String?
  @OptionGroup var quiet: QuietOption
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let tool = try engine.tool(isVerbose: verbose.verbose)
    let image = try SidecarImages.find(binary)
    if try Engine.run({ () throws(EngineFailure) in try image.isThere(tag, tool) }) {
      if !quiet.quiet { Console.say("claw: the engine has '\(tag)' already") }
      return
    }
    try Engine.run { () throws(EngineFailure) in try image.build(tag, tool) }
    if !quiet.quiet { Console.say("built \(tag)") }
  }
}

/// The image of sidecars, with what to say where it can't be had.
enum SidecarImages {
  /// The program that was named, in CLAW_CLLAMA too, or lies beside claw; nil if there is none.
  static func program(_ binary: String?) -> String? {
    binary ?? Console.variable("CLAW_CLLAMA").flatMap { $0.isEmpty ? nil : $0 } ?? SidecarImage.programBeside
  }

  /// The image of the program that was named, or lies beside claw.
  static func find(_ binary: String?) throws -> SidecarImage {
    guard let path = program(binary) else {
      Console.say("claw: there is no 'cllama' beside claw, of which the sidecars' image is made")
      Console.say("  put it there, or name it: 'claw cllama image --binary FILE'")
      throw Status.failed
    }
    do throws(SidecarImage.Failure) { return try SidecarImage(program: path) } catch {
      Console.say("claw: \(error.message)")
      throw Status.failed
    }
  }

  /// Builds the image of a pod's sidecars unless the engine has it.
  static func provide(_ tool: DockerTool, isQuiet: Bool) throws {
    let image = try find(nil)
    if try Engine.run({ () throws(EngineFailure) in try image.isThere(SidecarFiles.image, tool) }) { return }
    if !isQuiet { Console.say("building \(SidecarFiles.image)") }
    try Engine.run { () throws(EngineFailure) in try image.build(SidecarFiles.image, tool) }
  }
}
