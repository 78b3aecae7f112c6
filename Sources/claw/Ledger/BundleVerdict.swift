import Canonical
import JSON
import Ledger
import Runtime
import Source

/// What verifying an evidence bundle found, as `claw ledger verify --bundle` prints it.
struct BundleVerdict {
  let path: String
  let report: BundleReport

  /// For people.
  var text: String {
    var lines = report.findings.map { "\($0.message) [\($0.rule.rawValue)]".printable }
    lines.append(report.verdict)
    let checkpoint = report.checkpoint.map { "; checkpoint of \($0.size) records of \($0.origin)".printable } ?? ""
    lines.append(
      "run \(report.runId.printable): \(report.eventCount) events, \(report.includedCount) of \(report.artifactCount) "
        + "artifacts\(checkpoint)")
    return lines.map { $0 + "\n" }.joined()
  }

  /// What nothing in the bundle vouches for, for people.
  var notes: [String] {
    var notes = report.notes
    if let checkpoint = report.checkpoint, report.isConsistent, let doubt = report.doubt {
      notes.append("the checkpoint of \(checkpoint.origin) proves nothing: \(doubt); name keys with --pubkey")
    }
    return notes.map(\.printable)
  }

  /// For programs.
  var json: String {
    let findings = report.findings.map { (try? JSONParser.parse($0.bytes[...], strict: true)) ?? .null }
    let checkpoint = report.checkpoint.map { checkpoint -> JSONValue in
      [
        "origin": .string(checkpoint.origin), "size": JSONValue(checkpoint.size), "root": .string(checkpoint.root.hex),
      ]
    }
    let document: JSONValue = [
      "schema": 1, "bundle": .string(path), "runId": .string(report.runId), "verdict": .string(report.verdict),
      "consistent": .bool(report.isConsistent), "signed": .bool(report.isSigned),
      "complete": .bool(report.isComplete), "anchored": .bool(report.isAnchored),
      "layout": .string(report.isReference ? "clawforge" : "claw"), "events": JSONValue(report.eventCount),
      "artifacts": JSONValue(report.artifactCount), "included": JSONValue(report.includedCount),
      "checkpoint": checkpoint ?? .null, "signers": .array(report.signers.map { .string($0) }),
      "findings": .array(findings), "notes": .array(report.notes.map { .string($0) }),
    ]
    return document.text(indented: true) + "\n"
  }

  /// The status that a command ends with; nil if nothing is wrong.
  var failure: Status? {
    if report.isConsistent { return nil }
    return report.findings.contains { LedgerRun.status($0.rule) == .refused } ? .refused : .failed
  }
}
