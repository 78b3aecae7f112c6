import ArgumentParser
import Runtime
import Source

/// What every command that needs Docker takes.
struct EngineOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The docker command to use (also: CLAW_DOCKER).", valueName: "command"))
  var docker: String?

  /// The docker command of this machine.
  ///
  /// - Parameter isVerbose: whether each call of it is shown.
  func tool(isVerbose: Bool) throws -> DockerTool {
    var tool = try Engine.run { () throws(EngineFailure) in
      try DockerTool.find(docker, environment: ProcessEnvironment.current)
    }
    if isVerbose { tool.trace = { Console.say("+ \($0)") } }
    return tool
  }
}

/// Calls of Docker, with what goes wrong told to the user and turned into the right status.
enum Engine {
  /// Runs something that needs Docker.
  static func run<Value>(_ body: () throws(EngineFailure) -> Value) throws -> Value {
    do throws(EngineFailure) { return try body() } catch {
      if error.kind == .interrupted { throw Status.interrupted }
      Console.say("claw: \(error.message)")
      throw Status.engine
    }
  }
}
