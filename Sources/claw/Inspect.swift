import ArgumentParser
import Diagnostics
import Driver
import IR
import JSON
import Runtime
import Source

/// `claw inspect`
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows every resolved setting and where it came from.",
    discussion: """
      Of an image, a Clawfile or a pod. With --source-map: where each line of a generated file came from.

      EXAMPLES
        claw inspect
        claw inspect compose.generated.yml --source-map
      """)

  @Argument(
    help: ArgumentHelp(
      "An image, a Clawfile, a pod file or a generated file; else the pod here or above.", valueName: "subject"),
    completion: .file())
  var given: String?
  @Flag(help: "Show the labels as they are.") var labels = false
  @Flag(help: "Write JSON.") var json = false
  @Flag(name: .customLong("source-map"), help: "Show where each generated line came from.") var sourceMap = false
  @Option(help: ArgumentHelp("The stage of a Clawfile.", valueName: "stage")) var target: String?
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  /// What is looked at.
  private var subject: String { given ?? CompileInputs.find(nil) ?? "claw-pod.yml" }

  func run() throws {
    if given == nil { _ = try CompileInputs.parse([]).resolved() }
    if sourceMap { return try showSourceMap() }
    let file = FileSearch.exists(subject) ? CompileInputs.find(subject) : nil
    guard let file, let kind = FileKind(path: file, isNamed: true) else { return try showImage() }
    if labels {
      Console.say("claw: --labels is for an image; '\(subject)' is a file")
      throw Status.usage
    }
    switch kind {
    case .clawfile:
      var status = Status.done
      guard let source = Inputs.read(file, &status) else { throw status }
      var bag = DiagnosticBag()
      let settings = ResolvedSetting.of(clawfile: source, target: target, into: &bag)
      guard let settings else { throw bag.hasErrors ? report.report(bag) : Status.usage }
      show([(nil, settings)])
    case .pod:
      let compilation = try compile(file)
      show(
        (compilation.pod?.claws ?? []).map { claw in
          (claw.service, claw.settings.map { .init(name: $0.name, value: $0.value, origin: $0.origin) })
        })
    case .ruleset, .suite, .pack, .workload, .fleet, .tenancy: try showImage()
    }
  }

  private func compile(_ path: String) throws -> Compilation {
    let compilation = try CompileInputs.named(path).compile()
    if compilation.bag.hasErrors {
      let status = report.report(compilation.bag)
      throw compilation.isRefused ? Status.refused : status
    }
    return compilation
  }

  private func showImage() throws {
    let tool = try engine.tool(isVerbose: verbose.verbose)
    let image = try Engine.run { () throws(EngineFailure) in try ImageFactsReader.read(subject, tool) }
    guard let image else {
      Console.say("claw: there is no file '\(subject)', and the engine has no such image")
      throw Status.failed
    }
    let sorted = image.facts.labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    if labels {
      if json {
        let members = sorted.map { JSONValue.Member($0.key, .string($0.value)) }
        let value: JSONValue = ["schema": 1, "image": .string(subject), "labels": .object(members)]
        return Console.write(value.text(indented: true) + "\n")
      }
      return Console.write(sorted.map { "\($0.key)=\($0.value)\n" }.joined())
    }
    guard image.facts.labels["claw.type"] != nil else {
      Console.say("claw: '\(subject)' is no claw's image: it has no label 'claw.type'")
      throw Status.failed
    }
    show([(nil, ResolvedSetting.of(labels: image.facts.labels))])
  }

  private func show(_ groups: [(name: String?, settings: [ResolvedSetting])]) {
    if json {
      let list: [JSONValue] = groups.map { group in
        let settings: [JSONValue] = group.settings.map {
          ["name": .string($0.name), "value": .string($0.value), "origin": .string($0.origin)]
        }
        return ["claw": group.name.map(JSONValue.string) ?? .null, "settings": .array(settings)]
      }
      let value: JSONValue = ["schema": 1, "subject": .string(subject), "claws": .array(list)]
      return Console.write(value.text(indented: true) + "\n")
    }
    for (index, group) in groups.enumerated() {
      if let name = group.name { Console.write((index > 0 ? "\n" : "") + name + "\n") }
      let width = group.settings.map(\.name.count).max() ?? 0
      for setting in group.settings {
        let value = setting.value.replacing("\n", with: "\\n")
        let indent = group.name == nil ? "" : "  "
        Console.write("\(indent)\(setting.name.padded(to: width))  \(value)  (\(setting.origin))\n")
      }
    }
  }

  // MARK: Source maps

  private func showSourceMap() throws {
    let folder = FilePath.directory(of: subject)
    let sources =
      FileKind(path: subject, isNamed: true) == nil
      ? ["claw-pod.yml", "claw-pod.yaml", "Clawfile"].map { FilePath.join(folder, $0) } : [subject]
    for source in sources where FileSearch.kind(of: source) == .file {
      let compilation = try compile(source)
      let wanted = compilation.origins.filter { source == subject || $0.key == subject }
      if wanted.isEmpty { continue }
      let maps = wanted.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      json ? Console.write(document(maps)) : Console.write(text(maps))
      return
    }
    Console.say("claw: '\(subject)' is nothing that a file beside it generates")
    throw Status.usage
  }

  private func place(_ location: Location?) -> (file: String, line: Int)? {
    location.map { ($0.file.path, $0.file.position(at: $0.range.lower).line) }
  }

  private func text(_ maps: [(key: String, value: [Location?])]) -> String {
    maps.map { path, origins in
      origins.enumerated().map { index, origin in
        "\(path):\(index + 1)  \(place(origin).map { "\($0.file):\($0.line)" } ?? "-")\n"
      }.joined()
    }.joined()
  }

  private func document(_ maps: [(key: String, value: [Location?])]) -> String {
    let files: [JSONValue] = maps.map { path, origins in
      let lines: [JSONValue] = origins.map { origin in
        place(origin).map { ["file": .string($0.file), "line": JSONValue($0.line)] } ?? .null
      }
      return ["file": .string(path), "lines": .array(lines)]
    }
    return JSONValue.object([.init("schema", 1), .init("files", .array(files))]).text(indented: true) + "\n"
  }
}
