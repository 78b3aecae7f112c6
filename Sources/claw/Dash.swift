import ArgumentParser
import Glibc
import Runtime
import Source

/// `claw dash`
struct Dash: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dash",
    abstract: "Shows a pod as it is, on a page of this machine: claws, calls, cost, drift, what denies and why.",
    discussion: """
      The page is served on 127.0.0.1 alone, and whoever opens it needs the link that is printed. It only looks; while \
      nobody does, nothing is asked. docs/dash.md has its endpoints.

      EXAMPLES
        claw dash
        claw dash examples/desk --port 7700 --open
      """)

  @Argument(help: "The pod file, or its folder.", completion: .file()) var path: String?
  @OptionGroup var file: PodFileOptions
  @Option(help: ArgumentHelp("The port; any that is free, if not given.", valueName: "number")) var port: Int?
  @Flag(help: "Open the page in the browser.") var open = false

  func validate() throws {
    if let port, !(1...65_535 ~= port) { throw ValidationError("a port is a number from 1 to 65535") }
  }

  func run() throws {
    let path = try file.or(path).resolved()
    guard let own = DiskFiles.realPath("/proc/self/exe") else { throw Status.bug }
    guard let program = SidecarImages.program(nil) else {
      Console.say(
        "claw: there is no 'cllama' beside claw, which serves the page: put it there, or name it in CLAW_CLLAMA")
      throw Status.failed
    }
    var words = [program, "dash", "--claw", own, "--file", path]
    if let port { words += ["--port", String(port)] }
    if open { words.append("--open") }
    // It takes our place: the terminal's signals are its own, and nobody has to look after it.
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    execv(program, &arguments)
    Console.say("claw: '\(program)' can't be run: \(String(cString: strerror(errno)))")
    throw Status.failed
  }
}
