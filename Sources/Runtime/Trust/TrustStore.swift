package import Driver
import Glibc
import Source

/// What this machine trusts and what it has seen: the pinned trust root, and the sequences of bundles.
package struct TrustStore: Sendable {
  /// Where it lies.
  package let folder: String
  private static let limit = 16 << 20

  /// A store in a folder; the user's own one if none is named.
  package init(folder: String?) {
    if let folder {
      self.folder = folder
    } else {
      self.folder = FilePath.join(StateFolder.path, "trust")
    }
  }

  private var rootPath: String { FilePath.join(folder, "root.json") }
  private var marksPath: String { FilePath.join(folder, "sequences.json") }

  private func read(_ path: String) throws(TrustFailure) -> [UInt8]? {
    do throws(FileFailure) { return try DiskFiles().read(path, within: nil, limit: Self.limit).bytes } catch {
      if case .missing = error { return nil }
      throw TrustFailure(.unreadableState, "'\(path)' \(error.reason)")
    }
  }

  private func write(_ path: String, _ bytes: [UInt8]) throws(TrustFailure) {
    do {
      try ArtifactStore.makeFolder(folder, mode: 0o700)
      _ = try ArtifactStore.write([(path, bytes)], mode: 0o600)
    } catch {
      throw TrustFailure(.unreadableState, "'\(error.path)': \(error.reason)")
    }
  }

  /// Keeps others out while something is read, tested and remembered.
  package func alone<Result>(_ body: () throws(TrustFailure) -> Result) throws(TrustFailure) -> Result {
    do { try ArtifactStore.makeFolder(folder, mode: 0o700) } catch {
      throw TrustFailure(.unreadableState, "'\(error.path)': \(error.reason)")
    }
    let descriptor = open(FilePath.join(folder, "lock"), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw TrustFailure(.unreadableState, "'\(folder)': \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw TrustFailure(.unreadableState, "'\(folder)' can't be locked") }
    }
    return try body()
  }

  // MARK: The trust root

  /// The trust root that was pinned; nil if none was. It was tested when it was written.
  package func root() throws(TrustFailure) -> TrustRoot? {
    guard let bytes = try read(rootPath) else { return nil }
    return try TrustRoot.unverified(bytes)
  }

  /// Pins the first version of a trust root, or goes on to the next one.
  package func accept(_ bytes: [UInt8], fingerprint: String?, now: Int) throws(TrustFailure) -> TrustRoot {
    try alone { () throws(TrustFailure) in
      let accepted: TrustRoot
      if let current = try root() {
        guard fingerprint == nil else {
          throw TrustFailure(.wrongFingerprint, "a trust root is pinned already; its next version needs no fingerprint")
        }
        accepted = try current.next(bytes, now: now)
      } else {
        guard let fingerprint else {
          throw TrustFailure(
            .unauthenticated, "no trust root is pinned: give the fingerprint of this one, from another source")
        }
        accepted = try TrustRoot.first(bytes, fingerprint: fingerprint, now: now)
      }
      try write(rootPath, bytes)
      return accepted
    }
  }

  // MARK: Sequences

  /// The sequences seen.
  package func marks() throws(TrustFailure) -> SequenceMarks {
    guard let bytes = try read(marksPath) else { return SequenceMarks() }
    return try SequenceMarks(bytes)
  }

  /// Remembers sequences; only what was trusted may come here.
  package func remember(_ marks: SequenceMarks) throws(TrustFailure) { try write(marksPath, marks.bytes) }
}
