import ArgumentParser
import Driver
import JSON
import Runtime
import Source

/// `claw doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Says what this machine can do, one line each, with the fix.",
    discussion: """
      The exit status is 6 if something will not work.

      EXAMPLES
        claw doctor
        claw doctor --json | jq '.checks[] | select(.verdict != "ok")'
      """)

  @Argument(help: "The pod whose folder is looked at.", completion: .file()) var path: String?
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let folder = path.map { FileSearch.kind(of: $0) == .folder ? $0 : FilePath.directory(of: $0) } ?? ""
    let checks = Doctor.run(
      docker: engine.docker, environment: ProcessEnvironment.current, folder: folder, stale: stale())
    Console.write(json ? document(checks) : text(checks))
    if checks.contains(where: { $0.verdict == .failed }) { throw Status.unhealthy }
  }

  /// Generated files on disk that a compile would change now.
  private func stale() -> [String] {
    guard let file = CompileInputs.find(path), let kind = FileKind(path: file, isNamed: true),
      let source = try? DiskFiles().read(file, within: nil, limit: Inputs.limit)
    else { return [] }
    let compilation = Compiler.compile(source, kind: kind, files: DiskFiles(), options: .here(file))
    return compilation.artifacts.filter {
      FileSearch.kind(of: $0.path) == .file && !ArtifactStore.isCurrent($0.path, $0.bytes)
    }.map(\.path)
  }

  private func text(_ checks: [DoctorCheck]) -> String {
    let width = checks.map(\.name.count).max() ?? 0
    return checks.map { check in
      let mark = check.verdict == .ok ? "ok  " : check.verdict == .warning ? "note" : "FAIL"
      let detail = check.detail.split(separator: "\n").map { String($0).trimmed }.joined(separator: " ")
      return "\(mark)  \(check.name.padded(to: width))  \(detail)\(check.fix.map { ": \($0)" } ?? "")\n"
    }.joined()
  }

  private func document(_ checks: [DoctorCheck]) -> String {
    let list: [JSONValue] = checks.map {
      [
        "name": .string($0.name), "verdict": .string($0.verdict.rawValue), "detail": .string($0.detail),
        "fix": $0.fix.map(JSONValue.string) ?? .null,
      ]
    }
    return JSONValue.object([.init("schema", 1), .init("checks", .array(list))]).text(indented: true) + "\n"
  }
}
