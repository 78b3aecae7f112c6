import ArgumentParser
import Glibc
import Source

/// The command line. Synchronous on purpose: an asynchronous main costs ten times the start-up of this one.
@main
struct Claw: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claw",
    abstract: "A compiler toolchain for the declarative files of AI agents.",
    discussion: """
      Clawfiles and claw-pod.yml go in; a Dockerfile and a compose file come out, which docker builds and runs.

      EXAMPLES
        claw init my-agent
        claw up my-agent --wait
      """,
    version: "claw \(Version.text)",
    groupedSubcommands: [
      CommandGroup(name: "Writing", subcommands: [Init.self, Fmt.self]),
      CommandGroup(
        name: "Looking", subcommands: [Check.self, Explain.self, Inspect.self, Graph.self, Parse.self]),
      CommandGroup(name: "Making", subcommands: [Compile.self, Lock.self, Build.self]),
      CommandGroup(
        name: "Running",
        subcommands: [
          Up.self, Down.self, Ps.self, Logs.self, Health.self, Audit.self, Dash.self, SkillmapCommand.self,
          QuarantineCommand.self, VerifyEgress.self, CllamaCommand.self, DoctorCommand.self,
        ]),
      CommandGroup(
        name: "Governing",
        subcommands: [PolicyCommand.self, LedgerCommand.self, PackCommand.self, Secrets.self, KeyCommand.self]),
      CommandGroup(name: "Scheduling", subcommands: [WorkloadCommand.self, FleetCommand.self, TenancyCommand.self]),
      CommandGroup(name: "Other", subcommands: [CanonicalCommand.self, Golden.self, HelpCommand.self]),
    ])

  static func main() {
    keepMemory()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let status as Status {
      exit(withError: ExitCode(status.rawValue))
    } catch {
      let code = exitCode(for: error)
      let message = HelpText.arranged(fullMessage(for: error))
      if code == .success {
        Console.write(message + "\n")
        return
      }
      Console.say(unknownCommand ?? HelpText.complaint(message))
      exit(withError: ExitCode(code == .validationFailure ? Status.usage.rawValue : code.rawValue))
    }
  }

  /// Keeps glibc from giving memory back to the kernel in the middle of a run, which would ask for it again page by page.
  ///
  /// It takes the size of a large block that is freed for what a program works with (mallopt(3), M_MMAP_THRESHOLD). The
  /// block is never touched, so that it costs nothing.
  private static func keepMemory() {
    var block: UnsafeMutableRawPointer?
    if posix_memalign(&block, 16, 24 << 20) == 0 { free(block) }
  }

  /// What to say where a word is none of the commands that may stand there.
  private static var unknownCommand: String? {
    var (commands, path) = (configuration.subcommands, "claw")
    for word in CommandLine.arguments.dropFirst() {
      if commands.isEmpty || word.utf8.first == 0x2D { return nil }
      if let found = commands.first(where: { HelpCommand.name(of: $0).utf8.elementsEqual(word.utf8) }) {
        commands = found.configuration.subcommands
        path += " \(word)"
        continue
      }
      let names = commands.map { HelpCommand.name(of: $0) }
      let near = Suggestion.nearest(to: word, in: names).map { "; did you mean '\($0)'?" } ?? ""
      let help = path == "claw" ? "claw help" : "\(path) --help"
      let named = path == "claw" ? word : "\(path.dropFirst("claw ".count)) \(word)"
      return "claw: there is no command '\(named)'\(near)\n  '\(help)' lists them"
    }
    return nil
  }
}
