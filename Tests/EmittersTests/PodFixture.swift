import Diagnostics
import Driver
import Emitters
import Glibc
import IR
import JSON
import Runtime
import Source
import TestSupport
import Testing

/// What the tests of pods share: files in memory around a pod file, and the compiler.
enum PodFixture {
  /// The files that are there unless a test brings its own.
  static let files = [
    "Clawfile": "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"sleep\", \"9\"]\n",
    "a.md": "# Contract\n", "b.md": "# Another\n", "skill.md": "# Skill\n",
  ]

  /// Compiles `claw-pod.yml` out of texts by path.
  static func compile(_ texts: [String: String], environment: [String: String] = [:]) -> Compilation {
    compile(bytes: texts.mapValues { Array($0.utf8) }, environment: environment)
  }

  /// Compiles one text.
  static func compile(_ text: String, environment: [String: String] = [:]) -> Compilation {
    compile(["claw-pod.yml": text], environment: environment)
  }

  /// Compiles `claw-pod.yml` out of bytes by path.
  static func compile(bytes: [String: [UInt8]], environment: [String: String] = [:]) -> Compilation {
    let all = files.mapValues { Array($0.utf8) }.merging(bytes) { $1 }
    var options = CompileOptions()
    options.environment.values = environment
    options.folderName = "folder"
    let main = SourceFile(path: "claw-pod.yml", bytes: all["claw-pod.yml"] ?? [])
    return Compiler.compile(main, kind: .pod, files: PodFiles(all), options: options)
  }

  /// The names of the rules that errors came from, in order.
  static func errors(_ compilation: Compilation) -> [String] {
    compilation.bag.diagnostics.filter { $0.severity == .error }.map(\.rule.name)
  }

  /// The names of the rules that warnings came from, in order.
  static func warnings(_ compilation: Compilation) -> [String] {
    compilation.bag.diagnostics.filter { $0.severity == .warning }.map(\.rule.name)
  }

  /// All findings as lines, for a test that failed.
  static func findings(_ compilation: Compilation) -> String {
    TerminalRenderer(isColoured: false).render(compilation.bag.sorted())
  }

  /// The generated compose file.
  static func output(_ compilation: Compilation) -> [UInt8]? {
    compilation.artifacts.last { $0.path == "compose.generated.yml" }?.bytes
  }

  /// The generated compose file as text; empty where there is none.
  static func text(_ compilation: Compilation) -> String { String(decoding: output(compilation) ?? [], as: UTF8.self) }

  /// A pod with one claw, `a`, of whose service these are further lines.
  static func claw(_ lines: String, block: String = "agent: a.md, cllama: none", more: String = "") -> String {
    let body = lines.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
    return "services:\n  a:\n    build: .\n    x-claw: {\(block)}\n" + body.joined(separator: "\n") + "\n" + more
  }
}

/// Files from memory, under normal paths.
struct PodFiles: FileProvider {
  let files: [String: SourceFile]

  init(_ files: [String: [UInt8]]) {
    self.files = Dictionary(uniqueKeysWithValues: files.map { ($0, SourceFile(path: $0, bytes: $1)) })
  }

  func read(_ path: String, within root: String?, limit: Int) throws(FileFailure) -> SourceFile {
    let normal = FilePath.normalize(path)
    if root != nil, FilePath.escapes(normal) { throw .outside }
    guard let file = files[normal] else {
      throw files.keys.contains { $0.hasPrefix(normal + "/") } ? .notRegular : .missing
    }
    guard file.bytes.count <= limit else { throw .tooLarge(limit: limit) }
    return file
  }
}

/// `docker compose config`, which needs no engine.
struct ComposeConfig {
  let tool: DockerTool

  /// The command, or nil where there is none and none is required.
  static let shared: ComposeConfig? = {
    let environment = Environment(["PATH": getenv("PATH").map { String(cString: $0) } ?? ""])
    guard let tool = try? DockerTool.find(nil, environment: environment),
      PodDisk.run([tool.path, "compose", "version"]) == 0
    else { return nil }
    return ComposeConfig(tool: tool)
  }()

  static let isRequired = getenv("CLAW_REQUIRE_DOCKER").map { String(cString: $0) == "1" } ?? false

  /// What compose makes of a file of a folder, or what it complains of.
  func config(
    _ folder: String, _ name: String, environment: [String: String] = [:], profiles: [String] = []
  ) throws -> (json: JSONValue?, complaint: String) {
    var arguments = ["compose", "-f", folder + "/" + name, "-p", "diff"]
    for profile in profiles { arguments += ["--profile", profile] }
    let variables = environment.map { "\($0)=\($1)" }
    let result = PodDisk.run(
      ["/usr/bin/env"] + variables + ["timeout", "60", tool.path] + arguments + ["config", "--format", "json"],
      output: folder + ".out")
    guard result == 0 else { return (nil, PodDisk.read(folder + ".out") ?? "") }
    return (try JSONParser.parse((PodDisk.read(folder + ".out") ?? "").utf8), "")
  }

  /// A folder with files in it that goes away again.
  static func withFolder<Result>(
    _ files: [String: [UInt8]], _ body: (String) throws -> Result
  ) throws -> Result {
    let folder = try TemporaryFolder.make("pod")
    defer {
      TemporaryFolder.remove(folder)
      unlink(folder + ".out")
    }
    for (path, bytes) in files {
      try ArtifactStore.makeFolder(FilePath.directory(of: folder + "/" + path))
      _ = try ArtifactStore.write([(folder + "/" + path, bytes)])
    }
    return try body(folder)
  }
}
