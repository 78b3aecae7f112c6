import ArgumentParser
import Diagnostics
import Driver
import Governance
import IR
import Lowering
import Runtime
import Source

/// Packs by what people call them.
enum PackSources {
  /// The file of a built-in pack, or a path.
  static func file(_ name: String) throws -> SourceFile {
    if let file = BuiltInPacks.file(name) { return file }
    guard FileSearch.kind(of: name) == .file else {
      let near = Suggestion.nearest(to: name, in: BuiltInPacks.names)
      Console.say("claw: there is no pack '\(name)'")
      Console.say(
        near.map { "help: did you mean '\($0)'?" }
          ?? "help: built in are \(BuiltInPacks.names.joined(separator: ", ")); anything else is a file")
      throw Status.usage
    }
    var status = Status.done
    guard let file = Inputs.read(name, &status) else { throw status }
    return file
  }

  /// The pack of a file, which is sound; its findings are reported.
  ///
  /// - Parameter besidesData: whether standard output is for something else.
  static func lowered(
    _ file: SourceFile, _ report: ReportOptions, besidesData: Bool = false
  ) throws -> LoweredPack {
    var bag = DiagnosticBag()
    let lowered = PackCompiler.compile(file, into: &bag)
    let status = report.report(bag, besidesData: besidesData)
    guard let lowered, status == .done else { throw status == .done ? Status.invalid : status }
    return lowered
  }

  static func evaluator(_ name: String, _ report: ReportOptions) throws -> PackEvaluator {
    let lowered = try lowered(try file(name), report, besidesData: true)
    return PackEvaluator(lowered.plan, hash: lowered.hash)
  }
}

/// Reports of packs as people read them.
enum PackText {
  static func text(_ report: PackReport) -> String {
    var lines = ["pack \(report.packID) \(report.packVersion) on \(report.subject.rawValue) \(report.subjectName)"]
    for result in report.results {
      let mark = result.holds ? "ok" : result.severity == .error ? "failed" : result.severity.rawValue
      let id = result.id + String(repeating: " ", count: max(0, 40 - result.id.utf8.count))
      lines.append("  \(id) \(mark)")
      if let reason = result.reason { lines.append("      \(reason.printable)") }
    }
    let failed = report.results.count { !$0.holds && $0.severity == .error }
    let verdict =
      switch report.verdict {
      case .pass: "pass"
      case .fail: report.reason.map { "fail: \($0)" } ?? "fail, \(failed) error\(failed == 1 ? "" : "s")"
      case .notApplicable: "not applicable: \(report.reason ?? "")"
      }
    return (lines + ["  verdict: \(verdict.printable)", "  pack sha256 \(report.packHash)"]).joined(separator: "\n")
      + "\n"
  }
}
