import ArgumentParser

/// `claw help`
struct HelpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help",
    abstract: "Explains a command, or a topic: exit-codes.",
    discussion: """
      EXAMPLES
        claw help exit-codes
        claw help build
      """)

  @Argument(help: "A command, or exit-codes.") var topic: [String] = []

  func run() throws {
    guard topic == ["exit-codes"] else {
      var parent: any ParsableCommand.Type = Claw.self
      for word in topic {
        guard let next = parent.configuration.subcommands.first(where: { Self.name(of: $0) == word }) else {
          Console.say("claw: there is no command or topic '\(word)'")
          throw Status.usage
        }
        parent = next
      }
      let help = parent == Claw.self ? Claw.helpMessage() : Claw.helpMessage(for: parent)
      return Console.write(HelpText.arranged(help) + "\n")
    }
    for status in Status.allCases {
      let number = String(status.rawValue)
      Console.write(String(repeating: " ", count: 3 - number.count) + number + "  " + status.meaning + "\n")
    }
  }

  /// What a command is called.
  static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? "\(command)".lowercased()
  }
}
