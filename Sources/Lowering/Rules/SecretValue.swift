import AST
import Diagnostics
import Lexer
import Source

/// A real key in the file.
enum SecretValue: LintRule {
  static let rule = Rule(
    "clawfile/secret-value", .error, "A value has the shape of a real key",
    explanation: """
      Whatever a Clawfile holds ends up in the image, its history or its labels, where everyone with the image can read it. \
      Revoke the key, and give the new one to 'RUN --mount=type=secret' or to the sidecar when the pod starts. In a \
      Dockerfile without Claw directives this is a warning.
      """)

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    let isClawfile = context.file.hasDirectives
    for finding in KeyShape.findings(in: context.file.file.bytes) {
      guard !context.file.comments.contains(where: { $0.range.contains(finding.range.lower) }) else { continue }
      var diagnostic = Diagnostic(
        rule, at: context.file.location(finding.range), "this looks like \(finding.kind)",
        help: "revoke it, and pass the new one as a secret when it is needed")
      diagnostic.isSecret = true
      if !isClawfile { diagnostic.severity = .warning }
      bag.add(diagnostic)
    }
  }
}
