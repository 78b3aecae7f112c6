import ArgumentParser
import Canonical
import Driver
import JSON
import Ledger
import Runtime
import Source

/// `claw ledger verify`
struct LedgerVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Finds out whether a ledger, a run, an exported chain or an evidence bundle is what was recorded.",
    discussion: """
      Without a checkpoint that a trusted key signed, and without a head that this machine kept, nothing vouches for the end: \
      then the verdict is 'internally consistent, unanchored'. What is wrong ends with status 1, a ledger that is shorter \
      or other than what was signed or seen with status 4.

      EXAMPLES
        claw ledger verify --pubkey signer.pem.pub
        claw ledger verify --bundle evidence.zip --pubkey signer.pem.pub --require-anchor
        claw ledger verify --events evidence/events.jsonl --checkpoint checkpoint.txt --pubkey signer.pem.pub --json
      """)

  @Argument(help: "Only the chain of this run.") var runId: String?
  @Option(
    help: ArgumentHelp(
      "An exported chain, an event a line, instead of the ledger; '-' for standard input.", valueName: "file"),
    completion: .file())
  var events: String?
  @Option(help: ArgumentHelp("An evidence bundle instead of the ledger.", valueName: "file"), completion: .file())
  var bundle: String?
  @Option(
    help: ArgumentHelp("A signed note that the records must fit, instead of the ledger's last one.", valueName: "file"),
    completion: .file())
  var checkpoint: String?
  @Flag(help: "Also read every artifact that was recorded.") var artifacts = false
  @Flag(name: .customLong("require-anchor"), help: "Fail if nothing vouches for the end.") var requireAnchor = false
  @Flag(name: .customLong("no-remember"), help: "Don't keep the head of a ledger that was found right.")
  var noRemember = false
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var pinned: PinnedOptions
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    guard [runId, events, bundle].count(where: { $0 != nil }) <= 1 else {
      Console.say("claw: name one thing: a run, exported events, or a bundle")
      throw Status.usage
    }
    if let bundle { return try whole(bundle) }
    if let events { return try chain(of: events) }
    if let runId { return try chain(ofRun: runId) }
    try whole()
  }

  // MARK: Chains

  private func given() throws -> SignedCheckpoint? {
    guard let checkpoint else { return nil }
    let note = try CanonicalCommand.read(checkpoint).bytes
    let keys = try pinned.ledgerKeys()
    let signed = try LedgerRun.run { try SignedCheckpoint(note, keys: keys) }
    if let doubt = signed.doubt { Console.say("claw: the checkpoint proves nothing: \(doubt)") }
    return signed
  }

  private func chain(of path: String) throws {
    var verification = ChainVerification()
    // A chain may be longer than what is read at once.
    try InputLines.each(path) { line in verification.add(line: line) }
    try tell(verification, try given())
  }

  private func chain(ofRun run: String) throws {
    let signed = try given()
    let verification = try LedgerRun.run {
      let view = try LedgerView(try ledger.existing())
      var verification = ChainVerification()
      _ = try view.run(run)
      try view.events(run) { (record) throws(LedgerFailure) in
        guard let event = record.event else {
          throw LedgerFailure(.pruned, "event \(record.entry.seq) was pruned: verify the whole ledger instead")
        }
        verification.add(line: event.bytes)
      }
      return verification
    }
    try tell(verification, signed)
  }

  private func tell(_ verification: ChainVerification, _ signed: SignedCheckpoint?) throws {
    let result = signed.map { verification.finished(against: $0.checkpoint) } ?? verification.finished()
    let isAnchored = signed.map { !$0.signers.isEmpty } ?? false
    if json {
      Console.write(result.bytes + [0x0A])
    } else {
      for failure in result.failures {
        let text = "event \(failure.seq) \(failure.eventId): \(failure.reason.rawValue)"
        Console.write((text + ": expected \(failure.expected), found \(failure.actual)").printable + "\n")
      }
      let verdict = isAnchored ? "consistent, and as the checkpoint has it" : "internally consistent, unanchored"
      Console.write("\(result.isValid ? verdict : "invalid"): \(result.eventCount) events\n")
    }
    for loss in verification.losses {
      Console.say("claw: the hashes don't cover \(loss.rawValue)")
    }
    guard result.isValid else { throw Status.failed }
    if requireAnchor, !isAnchored { throw Status.failed }
  }

  // MARK: Bundles

  private func whole(_ path: String) throws {
    let keys = try pinned.ledgerKeys()
    let report = try LedgerRun.run {
      var report = try EvidenceBundle(path).verify(keys: keys)
      if let origin = report.checkpoint?.origin, let head = try pinned.heads.head(origin) { report.hold(against: head) }
      return report
    }
    let verdict = BundleVerdict(path: path, report: report)
    Console.write(json ? verdict.json : verdict.text)
    for note in verdict.notes { Console.say("claw: \(note)") }
    if let failure = verdict.failure { throw failure }
    if requireAnchor, !verdict.report.isAnchored { throw Status.failed }
  }

  // MARK: Ledgers

  private func whole() throws {
    let keys = try pinned.ledgerKeys()
    let report = try LedgerRun.run { () throws -> LedgerReport in
      let folder = try ledger.existing()
      var verification = LedgerVerification(folder)
      verification.checksArtifacts = artifacts
      let signed = try given() ?? folder.lastCheckpoint(keys: keys)
      if let signed, try !verification.add(signed), checkpoint == nil, let doubt = signed.doubt {
        Console.say("claw: the ledger is sealed, and \(doubt): name them with --pubkey")
      }
      if let head = try pinned.heads.head(folder.origin) { verification.add(head) }
      let report = try verification.run()
      // Only what a trusted key signed is remembered, and only if all of it is right.
      if report.isAnchored, !noRemember, let anchor = report.anchors.first(where: { $0.kind == .checkpoint }) {
        try pinned.heads.keep(folder.origin, size: anchor.size, root: anchor.root)
      }
      return report
    }
    if json {
      Console.write(document(report))
    } else {
      Console.write(Self.text(report))
    }
    guard report.isConsistent else { throw Self.status(report) }
    if requireAnchor, !report.isAnchored { throw Status.failed }
  }

  private static func text(_ report: LedgerReport) -> String {
    var text = ""
    for finding in report.findings {
      let place = finding.index.map { "record \($0): " } ?? ""
      text += "\(place)\(finding.message) [\(finding.rule.rawValue)]".printable + "\n"
    }
    let pruned = report.pruned > 0 ? ", \(report.pruned) of them pruned" : ""
    return text + "\(report.verdict)\n"
      + "\(report.size) records: \(report.events) events of \(report.runs) runs\(pruned); root \(report.root.hex)\n"
  }

  private static func status(_ report: LedgerReport) -> Status {
    report.isRefuted ? .refused : .failed
  }

  /// Says what is wrong with a ledger that something else was to be done with; the status that this ends with.
  static func tell(_ report: LedgerReport) -> Status {
    Console.say("claw: the ledger is not what was recorded:")
    Console.say(text(report).trimmed)
    return status(report)
  }

  private func document(_ report: LedgerReport) -> String {
    let anchors = report.anchors.map { anchor -> JSONValue in
      [
        "kind": .string(anchor.kind.rawValue), "size": JSONValue(anchor.size), "root": .string(anchor.root.hex),
        "signers": .array(anchor.signers.map { .string($0) }),
      ]
    }
    let findings = report.findings.map { (try? JSONParser.parse($0.bytes[...], strict: true)) ?? .null }
    let document: JSONValue = [
      "schema": 1, "origin": .string(report.origin), "verdict": .string(report.verdict),
      "consistent": .bool(report.isConsistent), "anchored": .bool(report.isAnchored), "size": JSONValue(report.size),
      "anchoredSize": JSONValue(report.anchoredSize), "root": .string(report.root.hex), "runs": JSONValue(report.runs),
      "events": JSONValue(report.events), "pruned": JSONValue(report.pruned), "anchors": .array(anchors),
      "findings": .array(findings),
    ]
    return document.text(indented: true) + "\n"
  }
}
