import ArgumentParser
import Canonical
import Driver
import JSON
import IR
import Lowering
import Policy
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
  @Flag(
    help: "What the ruleset means, in conjunctive normal form, as canonical JSON; its SHA-256 is the semantic hash.")
  var meaning = false
  @Flag(help: "The two hashes.") var hash = false
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let lowered = try policy.compile(path, report)
    let value = RulesetJSON.value(lowered.ruleset)
    guard canonical || meaning || hash else {
      Console.write(value.text(indented: true) + "\n")
      return
    }
    do throws(CanonicalJSON.Failure) {
      let source = try CanonicalJSON.bytes(value)
      if canonical { Console.write(source) }
      guard meaning || hash else { return }
      let meant = PolicyMeaning(lowered.program)
      if meaning { Console.write(try CanonicalJSON.bytes(meant.canonicalJSON)) }
      if hash {
        let exact = meant.isExact ? "exact" : "some literals are compared by their text"
        Console.write("source    sha256:\(Digest.sha256Hex(source))\n")
        Console.write("semantic  sha256:\(meant.hash) (\(policy.profile.rawValue), \(exact))\n")
      }
    } catch {
      Console.say("claw: '\(path)' has no canonical form: \(error.message)")
      throw Status.invalid
    }
  }
}
