import ArgumentParser
import Diagnostics
import Driver
import Runtime

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

/// What every command that reports findings takes.
struct ReportOptions: ParsableArguments {
  @Option(help: "How findings are written: text, json, sarif or github.")
  var format: ReportFormat = .text

  @Option(help: "When to colour: auto, always or never.")
  var color: ColourChoice = .auto

  @Option(
    name: .customLong("fail-on"), help: "The least severity that fails the run: error (the default), warning or info.")
  var failOn: Threshold?

  @Flag(help: "Treat rules about trust, such as foreign frontends, as errors.")
  var strict = false

  /// Writes findings and says what the run's status is.
  func report(_ bag: DiagnosticBag) -> Status {
    var bag = bag
    let configuration = ConfigurationFiles.load(into: &bag)
    configuration.apply(to: &bag, isStrict: strict)
    let diagnostics = bag.sorted()
    switch format {
    case .json: Console.write(JSONRenderer.render(diagnostics))
    case .sarif: Console.write(SARIFRenderer.render(diagnostics, version: Version.text))
    case .github: Console.write(GitHubRenderer.render(diagnostics))
    case .text:
      let renderer = TerminalRenderer(isColoured: Console.isColoured(color, 2), width: Console.width)
      let text = renderer.render(diagnostics) + renderer.summary(diagnostics)
      if !text.isEmpty { Console.say(text) }
    }
    if bag.hasErrors { return RuleCatalog.isRefusal(bag) ? .refused : .invalid }
    return diagnostics.contains { $0.severity >= failOn?.severity ?? configuration.failOn ?? .error } ? .failed : .done
  }
}
