import ArgumentParser

/// The command line. Synchronous on purpose: an asynchronous main costs ten times the start-up of this one.
@main
struct Claw: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claw",
    abstract: "A compiler toolchain for the declarative files of AI agents.",
    version: "claw \(Version.text)",
    subcommands: [
      Build.self,
      Check.self,
      Compile.self,
      DoctorCommand.self,
      Down.self,
      Explain.self,
      Fmt.self,
      Golden.self,
      Graph.self,
      Health.self,
      HelpCommand.self,
      Init.self,
      Inspect.self,
      Lock.self,
      Logs.self,
      Parse.self,
      Ps.self,
      Up.self,
    ])

  static func main() {
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
      Console.say(message)
      exit(withError: ExitCode(code == .validationFailure ? Status.usage.rawValue : code.rawValue))
    }
  }
}
