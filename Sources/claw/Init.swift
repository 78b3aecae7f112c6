import ArgumentParser
import IR
import Lowering
import Runtime
import Source

/// `claw init`
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a small working project: Clawfile, contract, claw-pod.yml, .env.example.",
    discussion: """
      Files that are there already are left as they are.

      EXAMPLES
        claw init
        claw init my-agent --type claude-code
      """)

  @Argument(help: "The project's folder.", completion: .directory) var folder = "."
  @Option(
    help: ArgumentHelp("The runner type.", valueName: "type"),
    completion: .custom { _, _, _ in RunnerCatalog.all.map(\.name) })
  var type = "generic"
  @OptionGroup var quiet: QuietOption

  func run() throws {
    guard let runner = RunnerCatalog.type(named: type) else {
      let near = Suggestion.nearest(to: type, in: RunnerCatalog.all.map(\.name))
      Console.say("claw: there is no runner type '\(type)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
      Console.say("  there are: \(RunnerCatalog.all.map(\.name).joined(separator: ", "))")
      throw Status.usage
    }
    do throws(ArtifactStore.Failure) {
      try ArtifactStore.makeFolder(folder)
      let name = FilePath.name(of: DiskFiles.realPath(folder) ?? folder)
      for file in Scaffold(name: name, type: runner).files { try write(file) }
      try ignore()
    } catch {
      Console.say("claw: '\(error.path)': \(error.reason)")
      throw Status.failed
    }
    let place = folder == "." ? "" : "cd \(folder.contains(" ") ? "'\(folder)'" : folder) && "
    if quiet.quiet { return }
    Console.say("next: \(place)claw up --wait && claw logs agent")
  }

  private func say(_ text: String) { if !quiet.quiet { Console.say(text) } }

  private func write(_ file: Scaffold.File) throws(ArtifactStore.Failure) {
    let path = folder == "." ? file.path : FilePath.join(folder, file.path)
    guard !FileSearch.exists(path) else { return say("kept \(path)") }
    let mode: UInt32 = file.path == "runner" ? 0o755 : 0o644
    _ = try ArtifactStore.write([(path, Array(file.text.utf8))], mode: mode)
    say("wrote \(path)")
  }

  /// Adds the lines that are missing.
  private func ignore() throws(ArtifactStore.Failure) {
    let path = folder == "." ? ".gitignore" : FilePath.join(folder, ".gitignore")
    var bytes: [UInt8] = []
    do throws(FileFailure) { bytes = try DiskFiles().read(path, within: nil, limit: 4 << 20).bytes } catch {
      guard error == .missing else { throw .init(path: path, reason: "can't be read") }
    }
    let present = Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0).trimmed })
    let missing = Scaffold.ignored.filter { !present.contains($0) }
    if missing.isEmpty { return }
    if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
    _ = try ArtifactStore.write([(path, bytes + Array((missing.joined(separator: "\n") + "\n").utf8))])
    say("\(present.isEmpty ? "wrote" : "added to") \(path)")
  }
}
