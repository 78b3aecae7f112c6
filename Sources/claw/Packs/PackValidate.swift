import ArgumentParser
import Governance
import IR
import JSON
import Ledger
import Runtime
import Source

/// `claw pack validate`
struct PackValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Validates a sealed change package, a run or an evidence bundle against its rules and against packs.",
    discussion: """
      SUBJECT is the folder of a sealed change package, an evidence bundle, or a run in the ledger by its identity. All twelve steps \
      of a package run, whatever is found on the way; keys that come with it prove nothing: without --trust none passes. Runs and \
      bundles have no rules of their own, so that they need a pack.

      EXAMPLES
        claw pack validate session/ --trust trust.json
        claw pack validate evidence.zip --pack agent-session --pubkey signer.pem.pub
        claw pack validate "$CLAW_RUN" --pack change-shipping --pack team.yml
      """)

  @Argument(help: "A package's folder, an evidence bundle, or a run.", completion: .file()) var subject: String
  @Option(
    name: .customLong("pack"),
    help: ArgumentHelp("A built-in pack, or a file; can be repeated.", valueName: "pack"), completion: .file())
  var packs: [String] = []
  @OptionGroup var options: PackageOptions
  @OptionGroup var pinned: PinnedOptions
  @OptionGroup var ledger: LedgerOptions
  @Flag(help: "Print the report in the Conformance Normal Form: one line that other validators print too.") var cnf =
    false
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var report: ReportOptions

  func run() throws {
    guard !cnf || !json else {
      Console.say("claw: --cnf and --json are two forms of the report: name one")
      throw Status.usage
    }
    let evaluators = try packs.map { try PackSources.evaluator($0, report) }
    let isPackage = FileSearch.kind(of: subject) == .folder
    guard isPackage || !evaluators.isEmpty else {
      Console.say("claw: a run or a bundle is validated against packs: name one with --pack")
      Console.say("help: 'claw pack list' has those that come with claw")
      throw Status.usage
    }
    let passes = try RunRecording.step("claw pack validate") { notes in
      isPackage ? try package(evaluators, &notes) : try tell(evaluators, &notes)
    }
    if !passes { throw Status.failed }
  }

  // MARK: Packages

  private func package(_ evaluators: [PackEvaluator], _ notes: inout RunRecording.Notes) throws -> Bool {
    let validator = try options.validator()
    let files: PackageFiles
    do throws(FileFailure) { files = try PackageFolder.read(subject) } catch {
      Console.say("claw: '\(subject)' \(error.reason)")
      throw Status.invalid
    }
    let report = validator.validate(files)
    let packSubject = PackSubject(package: files, name: subject, report: report)
    let reports = evaluators.map { $0.evaluate(packSubject) }
    let passes = report.passes && reports.allSatisfy(\.passes)
    notes.result = [.init("contentsHash", .string(report.contentsHash))] + Self.notes(reports, passes)
    if cnf {
      var form = report.normalForm
      form.problems += reports.flatMap(\.problems)
      form.passes = passes
      Console.write(form.bytes)
    } else if json {
      var members = PackageReportJSON(report, subject, files).document.members ?? []
      if !reports.isEmpty { members.append(.init("packs", .array(reports.map(\.json)))) }
      Console.write(JSONValue.object(members).text(indented: true) + "\n")
    } else {
      Console.write(PackageReportText(report, subject, files).text)
      for report in reports { Console.write("\n" + PackText.text(report)) }
    }
    return passes
  }

  private static func notes(_ reports: [PackReport], _ passes: Bool) -> [JSONValue.Member] {
    let packs = reports.map { report -> JSONValue in
      [
        "pack": .string(report.packID), "packHash": .string(report.packHash),
        "verdict": .string(report.verdict.rawValue), "version": .string(report.packVersion),
      ]
    }
    return [.init("packs", .array(packs)), .init("verdict", .string(passes ? "pass" : "fail"))]
  }

  // MARK: Runs and bundles

  private func packSubject() throws -> PackSubject {
    try LedgerRun.run {
      if FileSearch.kind(of: subject) == .file {
        let bundle = try EvidenceBundle(subject)
        let report = bundle.verify(keys: try pinned.ledgerKeys())
        // A pack that asks for something else must not pass a bundle that is not what was recorded.
        guard report.isConsistent else {
          Console.say(BundleVerdict(path: subject, report: report).text)
          throw Status.failed
        }
        return try PackSubject(bundle: bundle, name: subject, report: report)
      }
      let folder = try ledger.existing()
      let view = try LedgerView(folder)
      let runId = try RunName.resolve(subject, view)
      let report = try pinned.report(of: folder, keys: try pinned.ledgerKeys())
      // A pack that asks for something else must not pass a ledger that is not what was recorded.
      guard report.isConsistent else { throw LedgerVerify.tell(report) }
      return try PackSubject(run: runId, in: view, report: report)
    }
  }

  private func tell(_ evaluators: [PackEvaluator], _ notes: inout RunRecording.Notes) throws -> Bool {
    let subject = try packSubject()
    let reports = evaluators.map { $0.evaluate(subject) }
    let passes = reports.allSatisfy(\.passes)
    if cnf {
      let form = CNFReport(mode: .session, passes: passes, problems: reports.flatMap(\.problems))
      Console.write(form.bytes)
    } else if json {
      let document: JSONValue = [
        "schema": 1, "subject": .string(reports.first?.subject.rawValue ?? ""),
        "name": .string(reports.first?.subjectName ?? ""), "verdict": .string(passes ? "pass" : "fail"),
        "packs": .array(reports.map(\.json)),
      ]
      Console.write(document.text(indented: true) + "\n")
    } else {
      Console.write(reports.map(PackText.text).joined(separator: "\n"))
    }
    notes.result = [.init("subject", .string(subject.name))] + Self.notes(reports, passes)
    return passes
  }
}
