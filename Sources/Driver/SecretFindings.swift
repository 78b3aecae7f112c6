package import Diagnostics
package import Policy
package import Source

/// Secrets in files, as findings.
package enum SecretFindings {
  /// The rules.
  static let all = [rule]

  package static let rule = Rule(
    "secrets/found", .error, "A file holds what looks like a secret",
    explanation: """
      A ruleset's guard 'secret_leak' found it: a key, a token, a password. Once it is committed it stays in the history, so \
      take it out, and change it if it was pushed. What is no secret, such as a made-up key of a test, can be passed over \
      by a ruleset with 'skip_paths'.
      """)

  /// The findings of a file.
  ///
  /// - Parameter lines: the lines that matter, from 1; nil for all.
  package static func check(
    _ file: SourceFile, _ scan: SecretScan, lines: [ClosedRange<Int>]? = nil, into bag: inout DiagnosticBag
  ) {
    if scan.skips(file.path) { return }
    for finding in scan.findings(in: file.bytes) {
      if let lines, !finding.range.isEmpty {
        let first = file.position(at: finding.range.lowerBound).line
        let last = file.position(at: finding.range.upperBound - 1).line
        guard lines.contains(where: { $0.overlaps(first...last) }) else { continue }
      }
      let range = SourceRange(finding.range.lowerBound, finding.range.upperBound)
      let hidden = finding.range.isEmpty ? " once invisible characters are left out" : ""
      var diagnostic = Diagnostic(
        rule, at: Location(file, range), "this looks like a secret of the pattern '\(finding.name)'\(hidden)",
        help: finding.description.map { "\($0): take it out, and change it if it was pushed" }
          ?? "take it out, and change it if it was pushed")
      diagnostic.isSecret = true
      if !finding.isBlocking { diagnostic.severity = .warning }
      bag.add(diagnostic)
    }
  }
}
