import Diagnostics
import Lowering
import Source

/// What the compose tests share.
enum ComposeFixture {
  /// Loads `pod.yml` out of texts by path.
  static func load(
    _ texts: [String: String], environment: [String: String] = [:], profiles: [String]? = nil
  ) -> (project: ComposeProject, bag: DiagnosticBag) {
    let files = texts.reduce(into: [String: SourceFile]()) { $0[$1.key] = SourceFile(path: $1.key, text: $1.value) }
    var bag = DiagnosticBag()
    let main = files["pod.yml"] ?? SourceFile(path: "pod.yml", text: "")
    let project = ComposeLoader.load(
      main: main, files: MemoryFiles(files), environment: Environment(environment), projectName: "p",
      profiles: profiles, into: &bag)
    return (project, bag)
  }

  /// Loads one text.
  static func load(_ text: String, environment: [String: String] = [:]) -> (project: ComposeProject, bag: DiagnosticBag)
  {
    load(["pod.yml": text], environment: environment)
  }
}
