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

  /// Loads a service `a` with some lines, and more text behind it.
  static func service(_ lines: String, more: String = "", environment: [String: String] = [:]) -> [String] {
    let body = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    return findings(load("services:\n  a:\n    image: x\n" + body + more, environment: environment).bag)
  }

  /// Every finding as `rule line:column 'text'`.
  static func findings(_ bag: DiagnosticBag, of severity: Severity = .error) -> [String] {
    bag.sorted().filter { $0.severity >= severity }.map { finding in
      let place = finding.location.file.position(at: finding.location.range.lower)
      let file = finding.location.file.path == "pod.yml" ? "" : finding.location.file.path + ":"
      return
        "\(finding.rule.name) \(file)\(place.line):\(place.column) '\(finding.location.file.text(finding.location.range))'"
    }
  }

  /// The names of the rules that a text breaks.
  static func rules(_ text: String) -> [String] {
    load(text).bag.sorted().filter { $0.severity == .error }.map(\.rule.name)
  }

  /// A value as one line.
  static func dump(_ value: ComposeValue?) -> String {
    guard let value else { return "-" }
    switch value.content {
    case .null: return "null"
    case .untouched: return "untouched"
    case .sequence(let elements): return "[" + elements.map { dump($0) }.joined(separator: ", ") + "]"
    case .mapping(let entries):
      return "{" + entries.map { "\($0.key): \(dump($0.value))" }.joined(separator: ", ") + "}"
    default: return value.scalarText ?? ""
    }
  }

  /// `file:line` of a value.
  static func place(_ value: ComposeValue?) -> String {
    guard let location = value?.location else { return "-" }
    return "\(location.file.path):\(location.file.position(at: location.range.lower).line)"
  }
}
