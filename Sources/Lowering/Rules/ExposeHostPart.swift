import AST
import Diagnostics
import Source

/// BuildKit's ExposeInvalidFormat.
enum ExposeHostPart: LintRule {
  static let rule = Rule(
    "clawfile/expose-host-part", .warning, "EXPOSE names an address or a port of the host",
    explanation: "EXPOSE names ports of the container; where they are published is said when it starts.",
    bad: "FROM scratch\nEXPOSE 127.0.0.1:80:80\n", good: "FROM scratch\nEXPOSE 80\n", aliases: ["ExposeInvalidFormat"])

  static let phase = LintPhase.instructions

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for (index, port, spec) in ports(context) where spec.hasHostPart {
      bag.report(
        rule, at: location(of: port, index, context), "'\(port)' names more than a port of the container",
        help: "write '\(port.split(separator: ":").last ?? "")'")
    }
  }

  /// The valid ports of the file.
  static func ports(_ context: LintContext) -> [(index: Int, port: String, spec: ExposedPort)] {
    context.model.ports.flatMap { index, words in
      words.compactMap { word in (try? ExposedPort(word)).map { (index, word, $0) } }
    }
  }

  /// Where a port stands, if it stands there as it is.
  static func location(of port: String, _ index: Int, _ context: LintContext) -> Location {
    guard case .expose(let words) = context.file.instructions[index].body,
      let word = words.first(where: { $0.text == port })
    else { return context.location(index) }
    return context.location(index, word.range)
  }
}
