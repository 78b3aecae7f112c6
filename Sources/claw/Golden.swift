import ArgumentParser
import Driver
import Runtime

/// `claw golden`
struct Golden: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "golden",
    abstract: "Compares what the compiler makes of golden cases with what they expect.",
    discussion: """
      A case is a folder with input/ (a claw-pod.yml, Clawfile or Dockerfile, and what it names) and expected/ (every \
      artifact by its path, and diagnostics.txt if there are findings). A file 'options' beside them may hold the line \
      'worker' and lines 'NAME=value'. Missing and left-over expectations fail, and so does --update if it changed anything.

      EXAMPLES
        claw golden Tests/Golden
        claw golden --update Tests/Golden/clawfile/heredoc
      """)

  @Flag(help: "Rewrite what differs, then fail, so that the change is looked at.") var update = false
  @Argument(help: "Folders with cases in or below them.", completion: .directory) var folders: [String]

  func run() throws {
    var count = 0
    var failed = 0
    for folder in folders {
      let paths = GoldenFolder.cases(below: folder)
      if paths.isEmpty {
        Console.say("claw: there is no golden case in '\(folder)'")
        throw Status.usage
      }
      for path in paths {
        count += 1
        if !run(path) { failed += 1 }
      }
    }
    Console.say("\(count) golden case\(count == 1 ? "" : "s"), \(failed) \(update ? "rewritten or failed" : "failed")")
    if failed > 0 { throw Status.failed }
  }

  /// Whether a case is as expected.
  private func run(_ path: String) -> Bool {
    do throws(GoldenFailure) {
      let goldenCase = try GoldenFolder.read(path)
      let differences = try GoldenRunner.differences(of: goldenCase)
      for difference in differences { Console.write(difference.description(of: goldenCase) + "\n") }
      if update { try GoldenFolder.update(goldenCase, differences) }
      return differences.isEmpty
    } catch {
      Console.say("claw: golden case '\(path)': \(error.message)")
      return false
    }
  }
}
