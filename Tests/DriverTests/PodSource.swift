import Driver
import Source

/// A pod in memory, for tests of what a compile makes of it.
enum PodSource {
  /// Compiles `claw-pod.yml` beside a Clawfile and a contract.
  static func compile(_ pod: String, environment: [String: String] = [:]) -> Compilation {
    let file = SourceFile(path: "claw-pod.yml", text: pod)
    let texts = [
      "Clawfile": "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"/bin/run\"]\n", "AGENTS.md": "Be good.\n",
    ]
    var files = texts.reduce(into: [:]) { $0[$1.key] = SourceFile(path: $1.key, text: $1.value) }
    files[file.path] = file
    var options = CompileOptions()
    options.folderName = "p"
    options.environment.values = environment
    return Compiler.compile(file, kind: .pod, files: MemoryFiles(files), options: options)
  }
}
