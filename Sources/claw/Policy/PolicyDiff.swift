import ArgumentParser
import IR
import JSON
import Lowering
import Policy

/// `claw policy diff`
struct PolicyDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Shows what changed in meaning between two rulesets, each change with an event that shows it.",
    discussion: """
      Rulesets of the same meaning have no difference, however they are written. Every event that is shown was decided with \
      both rulesets.

      EXAMPLES
        claw policy diff strict permissive
        claw policy diff old.yml new.yml --fail-on widen --markdown
      """)

  /// What ends with status 1.
  enum FailOn: String, ExpressibleByArgument, CaseIterable {
    case never, widen, change
  }

  @Argument(help: "The old ruleset, or the name of a built-in one.", completion: .file()) var old: String
  @Argument(help: "The new ruleset, or the name of a built-in one.", completion: .file()) var new: String
  @Flag(help: "Write JSON.") var json = false
  @Flag(help: "Write Markdown, for a pull request.") var markdown = false
  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp("Which difference ends with status 1: widen, if the new one lets more through.", valueName: "what"))
  var failOn: FailOn = .never
  @OptionGroup var policy: PolicyOptions

  func run() throws {
    let (before, after) = (try policy.compile(old).program, try policy.compile(new).program)
    let comparison = try Comparison.make(before, after)
    if json {
      Console.write(PolicyReport.json(comparison).text(indented: true) + "\n")
    } else if markdown {
      Console.write(PolicyReport.markdown(comparison, old, new))
    } else {
      Console.write(PolicyReport.text(comparison, old, new))
    }
    switch failOn {
    case .never: break
    case .widen:
      // What could not be decided may be wider.
      if comparison.changes.contains(where: \.isWider) || comparison.undecided.contains(where: \.mayWiden) { throw Status.failed }
    case .change: if !comparison.changes.isEmpty || !comparison.undecided.isEmpty { throw Status.failed }
    }
  }
}

/// `claw policy prove`
struct PolicyProve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Shows that a ruleset lets nothing through that another one blocks, or the event that breaks it.",
    discussion: """
      EXAMPLES
        claw policy prove team.yml --within company.yml
        claw policy prove soc2 --within strict --json
      """)

  @Argument(help: "The ruleset, or the name of a built-in one.", completion: .file()) var path: String
  @Option(help: ArgumentHelp("The ruleset that it must stay within.", valueName: "ruleset"), completion: .file()) var within: String
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var policy: PolicyOptions

  func run() throws {
    let (inner, outer) = (try policy.compile(path).program, try policy.compile(within).program)
    let comparison = try Comparison.make(outer, inner)
    let breaks = comparison.changes.filter { $0.before == .blocked && $0.after != .blocked }
    let open = comparison.undecided.filter(\.mayUnblock)
    if json {
      let document: JSONValue = [
        "schema": 1, "proved": .bool(breaks.isEmpty && open.isEmpty),
        "breaks": .array(breaks.map(PolicyReport.json)), "undecided": PolicyReport.undecided(open),
      ]
      Console.write(document.text(indented: true) + "\n")
    } else {
      var text = ""
      for change in breaks {
        text += "'\(path)' lets through what '\(within)' blocks: \(PolicyReport.summary(change.witness))\n"
        text += "  \(change.witness.json.text())\n"
      }
      text += PolicyReport.undecidedText(open)
      if text.isEmpty { text = "'\(path)' lets nothing through that '\(within)' blocks\n" }
      Console.write(text)
    }
    if !breaks.isEmpty || !open.isEmpty { throw Status.failed }
  }
}

/// Comparisons for commands.
enum Comparison {
  static func make(_ old: PolicyProgram, _ new: PolicyProgram) throws -> PolicyComparison {
    do throws(PolicyEngine.Refusal) { return try PolicyComparison(old, new) } catch {
      Console.say("claw: nothing can be compared: \(error.message)")
      throw Status.invalid
    }
  }
}
