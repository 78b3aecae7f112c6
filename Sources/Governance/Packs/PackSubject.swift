package import IR
package import Ledger

/// What a pack is held against, as its adapter sees it.
package struct PackSubject: Sendable {
  /// An artifact as it was recorded.
  package struct Artifact: Sendable, Equatable {
    /// Hexadecimal digits.
    package var sha256: String
    package var label: String
    package var mime: String

    package init(sha256: String, label: String, mime: String) {
      self.sha256 = sha256
      self.label = label
      self.mime = mime
    }
  }

  /// What a verifier says of it.
  package struct Verification: Sendable, Equatable {
    /// The first thing that is wrong; nil if nothing is.
    package var problem: String?
    /// Whether a trusted key vouches for all of it.
    package var isSigned: Bool

    package init(problem: String? = nil, isSigned: Bool) {
      self.problem = problem
      self.isSigned = isSigned
    }
  }

  package var kind: PackSubjectKind
  /// The run, the session or the file.
  package var name: String
  package var events: [AuditEvent]
  /// Events of which only the entry is left: what they said, nobody can tell.
  package var prunedEvents = 0
  package var artifacts: [Artifact]
  /// Documents by their names; of sealed change packages alone.
  package var documents: [String: [UInt8]]
  package var verification: Verification
  /// Reads an artifact again, and says what is wrong with it; nil if it is what its digest says.
  package var rehash: @Sendable (Artifact) -> String?

  package init(
    kind: PackSubjectKind, name: String, events: [AuditEvent] = [], artifacts: [Artifact],
    documents: [String: [UInt8]] = [:], verification: Verification,
    rehash: @escaping @Sendable (Artifact) -> String?
  ) {
    self.kind = kind
    self.name = name
    self.events = events
    self.artifacts = artifacts
    self.documents = documents
    self.verification = verification
    self.rehash = rehash
  }
}
