import Governance
import Source

/// A report as people read it: each step, what is wrong in it, and the verdict.
struct PackageReportText {
  let text: String

  init(_ report: PackageReport, _ path: String, _ files: PackageFiles) {
    var lines = [
      "\(path): " + (report.kind == .package ? "sealed change package" : "records of a change")
        + (report.sessionID.map { " of session \($0)" } ?? ""), "",
    ]
    for step in report.steps {
      let errors = report.errors(of: step)
      let warnings = report.warnings.filter { $0.step == step }
      let number = step.rawValue < 10 ? " \(step.rawValue)" : "\(step.rawValue)"
      let title = step.title + String(repeating: " ", count: max(0, 44 - step.title.count))
      lines.append("  \(number)  \(title) \(errors.isEmpty ? "ok" : "failed")")
      for error in errors { lines.append("        \(error.code.rawValue) \(Self.place(error, files))\(error.message)") }
      for warning in warnings { lines.append("        warning: \(Self.place(warning, files))\(warning.message)") }
    }
    lines.append("")
    for record in report.records { lines.append("\(record.file): \(record.type), sha256 \(record.hash)") }
    lines.append("contents: sha256 \(report.contentsHash)")
    let count = report.errors.count
    lines.append(report.passes ? "verdict: pass" : "verdict: fail, \(count) error\(count == 1 ? "" : "s")")
    if !report.passes, !report.hasTrust {
      lines.append("help: name a trust file with --trust; docs/packs.md says what stands in it")
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func place(_ problem: PackageProblem, _ files: PackageFiles) -> String {
    guard let file = problem.file else { return problem.artifact == .trust ? "" : "\(problem.artifact.rawValue): " }
    guard let position = problem.position(in: files) else { return "\(file): " }
    return "\(file):\(position.line):\(position.column): "
  }
}
