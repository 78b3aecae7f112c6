import ArgumentParser
import Diagnostics
import Driver
import IR
import Runtime
import Source

/// Which pod a command is about, for commands that take other words too.
struct PodFileOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The pod file, or its folder.", completion: .file()) var file: String?

  /// The pod file that is meant.
  func resolved() throws -> String { try Self.resolve(file) }

  /// The pod file that a path means, or the one here or above.
  static func resolve(_ path: String?) throws -> String {
    guard let found = CompileInputs.find(path), FileKind(path: found, isNamed: true) == .pod,
      FileSearch.kind(of: found) == .file
    else {
      Console.say(
        path.map { "claw: '\($0)' is no pod file" } ?? "claw: there is no claw-pod.yml here or above: name it with -f")
      throw Status.usage
    }
    return found
  }

  /// The generated compose file beside a pod file, which must be there.
  static func generated(_ path: String) throws -> String {
    let file = FilePath.join(FilePath.directory(of: path), GeneratedName.compose)
    guard FileSearch.kind(of: file) == .file else {
      Console.say("claw: there is no '\(file)': this pod was never brought up from here; run 'claw up'")
      throw Status.usage
    }
    return file
  }

  /// What a generated file says.
  static func read(_ file: String) throws -> GeneratedPod {
    var status = Status.done
    guard let source = Inputs.read(file, &status) else { throw status }
    var options = CompileOptions.here(file)
    // Where keys lie does not matter here, but the file wants to be told.
    options.environment.values[SidecarFiles.keysVariable, default: "/"] += ""
    return GeneratedPod(source, files: DiskFiles(), options: options)
  }

  /// Compiles the pod file without a word; nil if it has errors.
  static func compile(_ path: String) -> Compilation? {
    guard let source = try? DiskFiles().read(path, within: nil, limit: Inputs.limit) else { return nil }
    let compilation = Compiler.compile(source, kind: .pod, files: DiskFiles(), options: .here(path))
    return compilation.bag.hasErrors ? nil : compilation
  }
}
