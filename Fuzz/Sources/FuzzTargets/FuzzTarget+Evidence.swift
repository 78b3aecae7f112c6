import Canonical
import Glibc
import Governance
import Ledger

extension FuzzTarget {
  /// A zip file is refused, or read to its end: its entries are those of a bundle, and each event that is read can be written.
  func bundle(_ bytes: [UInt8]) {
    let path = "/tmp/claw-fuzz-\(getpid()).zip"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(file >= 0 && write(file, bytes, bytes.count) == bytes.count, "there is no place for the input")
    close(file)
    defer { unlink(path) }
    do throws(LedgerFailure) {
      let bundle = try EvidenceBundle(path)
      for finding in bundle.verify(keys: []).findings {
        precondition(!finding.message.isEmpty, "a finding says nothing")
      }
      for event in try bundle.events() {
        let again = try AuditEvent(json: event.bytes)
        precondition(again == event, "an event changes when it is written")
      }
    } catch {
      precondition(!error.message.isEmpty, "a refusal says nothing")
    }
  }

  /// A package is validated whatever its files hold, and without anybody to trust it never passes.
  ///
  /// The input has one file behind the other, each behind a byte 0x1E and a line with its name.
  func package(_ bytes: [UInt8]) {
    var files: [String: [UInt8]] = [:]
    for piece in bytes.split(separator: 0x1E, omittingEmptySubsequences: true) {
      let name = String(decoding: piece.prefix { $0 != 0x0A }, as: UTF8.self)
      guard name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ PackageFiles.isName(String($0)) })
      else { continue }
      files[name] = Array(piece.dropFirst(name.utf8.count + 1))
    }
    let package = PackageFiles(files)
    for profile in HashProfile.allCases {
      let report = PackageValidator(profile: profile, now: 1_800_000_000).validate(package)
      let normal = report.normalForm.bytes
      precondition((try? CanonicalText.canonical(normal)) == normal, "the normal form is not canonical")
      precondition(!report.passes || report.kind == .records, "a package passes that nobody trusts")
      for problem in report.errors + report.warnings { _ = problem.position(in: package) }
    }
  }
}
