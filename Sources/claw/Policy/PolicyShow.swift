import ArgumentParser
import Canonical
import Driver
import JSON
import Lowering
import Source

/// `claw policy show`
struct PolicyShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows a ruleset with all that it builds on joined and every default filled in.",
    discussion: """
      EXAMPLES
        claw policy show policy.yml
        claw policy show strict --canonical
      """)

  @Argument(help: "A ruleset, or the name of a built-in one.", completion: .file()) var path: String
  @Flag(help: "One line of canonical JSON, whose SHA-256 is the source hash.") var canonical = false
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let lowered = try policy.compile(path, report)
    let value = RulesetJSON.value(lowered.ruleset)
    guard canonical else {
      Console.write(value.text(indented: true) + "\n")
      return
    }
    do throws(CanonicalJSON.Failure) { Console.write(try CanonicalJSON.bytes(value)) } catch {
      Console.say("claw: '\(path)' has no canonical form: \(error.message)")
      throw Status.invalid
    }
  }
}
