import ArgumentParser
import CllamaServer
import Glibc

/// `cllama serve`
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves the claws of a configuration until it is told to end.")

  @Option(help: "The configuration that claw wrote.") var config = "/claw/config/cllama.json"

  func run() throws {
    do throws(Server.Failure) { try Server.run(configuration: config) } catch {
      Output.say("cllama: \(error.message)")
      throw ExitCode(3)
    }
  }
}

/// What the command says.
enum Output {
  /// A line on the standard error.
  static func say(_ text: String) { put(text + "\n", 2) }
  /// A text on the standard output.
  static func write(_ text: String) { put(text, 1) }

  private static func put(_ text: String, _ descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
