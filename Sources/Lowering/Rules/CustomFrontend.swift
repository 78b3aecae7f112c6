import AST
package import Diagnostics
import Lexer
import Source

/// `# syntax=` with a frontend that is not Docker's.
package enum CustomFrontend: LintRule {
  package static let rule = Rule(
    "clawfile/custom-frontend", .warning, "'# syntax=' names a frontend that is not Docker's",
    explanation: """
      The frontend is a program that reads the Dockerfile and decides what is built; it is fetched and run by the engine. \
      claw checks the file by the rules of docker/dockerfile. An error under --strict.
      """,
    bad: "# syntax=example.com/frontend\nFROM scratch\n", good: "# syntax=docker/dockerfile:1\nFROM scratch\n")

  package static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    guard let directive = context.file.parserDirectives.first(where: { $0.name == "syntax" }) else { return }
    let name = directive.value.split(separator: " ").first.map(String.init) ?? ""
    if let reference = try? ImageReference(name), reference.domain == "docker.io",
      ["docker/dockerfile", "docker/dockerfile-upstream"].contains(reference.path)
    {
      return
    }
    bag.report(
      rule, at: context.file.location(directive.valueRange), "the frontend '\(name)' is not Docker's",
      help: "use 'docker/dockerfile:1', or remove the line")
  }
}
