import Canonical
import IR
import Ledger

extension PackSubject {
  /// A sealed change package.
  ///
  /// - Parameter report: what the validator found. A package passes it only if a key from outside vouches for it.
  package init(package files: PackageFiles, name: String, report: PackageReport) {
    let artifacts = files.digests.map { digest in
      Artifact(sha256: digest.sha256, label: digest.name, mime: MediaType.of(digest.name))
    }
    let count = report.errors.count
    let problem = report.errors.first.map {
      "\($0.code.rawValue): \($0.message)" + (count > 1 ? ", and \(count - 1) more" : "")
    }
    self.init(
      kind: .sealedPackage, name: report.sessionID ?? name, artifacts: artifacts, documents: files.files,
      verification: Verification(problem: problem, isSigned: problem == nil && report.hasTrust)
    ) { artifact in
      guard let bytes = files.files[artifact.label] else { return "the file is missing" }
      return Digest.sha256Hex(bytes) == artifact.sha256 ? nil : "it has other bytes than its digest says"
    }
  }
}
