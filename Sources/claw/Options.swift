import ArgumentParser
import Diagnostics
import Driver
import Runtime
import Source

/// When to colour.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// How findings are written.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, sarif, github
}

/// The least severity that fails a run.
enum Threshold: String, ExpressibleByArgument, CaseIterable {
  case error, warning, info

  var severity: Severity {
    switch self {
    case .error: .error
    case .warning: .warning
    case .info: .info
    }
  }
}

extension ExpressibleByArgument where Self: CaseIterable & RawRepresentable, RawValue == String {
  /// The words of a choice: ArgumentParser's own way to them takes key paths, which are made anew at every start.
  static var allValueStrings: [String] { allCases.map { $0.rawValue } }
}

/// Whether to say less.
struct QuietOption: ParsableArguments {
  @Flag(name: [.customShort("q"), .long], help: "Say only what goes wrong.") var quiet = false
}

/// Whether to say more.
struct VerboseOption: ParsableArguments {
  @Flag(name: [.customShort("v"), .long], help: "Say what is read and which commands are run.") var verbose = false
}

/// What every command that reports findings takes.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How findings are written.", valueName: "how"))
  var format: ReportFormat = .text

  @Option(help: ArgumentHelp("When to colour findings.", valueName: "when"))
  var color: ColourChoice = .auto

  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp("The least severity that fails the run: error, if not given.", valueName: "severity"))
  var failOn: Threshold?

  @Flag(help: "Treat rules about trust, such as foreign frontends, as errors.")
  var strict = false

  /// Writes findings and says what the run's status is.
  ///
  /// - Parameter isQuiet: whether people are told only what fails the run.
  /// - Parameter besidesData: whether standard output is for other data, so that findings for machines go to standard
  ///   error.
  func report(_ bag: DiagnosticBag, isQuiet: Bool = false, besidesData: Bool = false) -> Status {
    // Each finding is judged by the configuration of its own file; that of the current folder always is looked at.
    var configurations = ConfigurationFiles()
    _ = configurations.configuration(for: "")
    var judged = DiagnosticBag()
    var failing = DiagnosticBag()
    for finding in bag.diagnostics {
      let configuration = configurations.configuration(for: finding.location.file.path)
      guard let finding = configuration.judged(finding, isStrict: strict) else { continue }
      judged.add(finding)
      if finding.severity >= failOn?.severity ?? configuration.failOn ?? .error { failing.add(finding) }
    }
    judged.add(contentsOf: configurations.bag)
    failing.add(contentsOf: configurations.bag)
    let diagnostics = judged.sorted()
    let write: (String) -> Void = { besidesData ? Console.talk($0) : Console.write($0) }
    switch format {
    case .json: write(JSONRenderer.render(diagnostics))
    case .sarif: write(SARIFRenderer.render(diagnostics, version: Version.text))
    case .github: write(GitHubRenderer.render(diagnostics))
    case .text:
      let renderer = TerminalRenderer(isColoured: Console.isColoured(color, 2), width: Console.width)
      let shown = isQuiet ? failing.sorted() : diagnostics
      let text = renderer.render(shown) + (isQuiet ? "" : renderer.summary(diagnostics))
      if !text.isEmpty { Console.say(text) }
    }
    if judged.hasErrors { return RuleCatalog.isRefusal(judged) ? .refused : .invalid }
    return failing.isEmpty ? .done : .failed
  }
}
