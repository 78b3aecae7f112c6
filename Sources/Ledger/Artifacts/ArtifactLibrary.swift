import Canonical
import Glibc
import Source

/// Files by their SHA-256: `artifacts/sha256/AB/ABCD…`.
package struct ArtifactLibrary: Sendable {
  /// Most bytes of an artifact.
  package static let limit = 104_857_600
  private static let piece = 1 << 20

  private let root: String

  package init(_ folder: LedgerFolder) { root = FilePath.join(folder.artifacts, "sha256") }

  /// A file that was taken in.
  package struct Stored: Sendable, Equatable {
    package var sha256: String
    package var size: Int
    /// Whether it was there before.
    package var wasThere: Bool
  }

  private func path(_ sha256: String) -> String { FilePath.join(root, "\(sha256.prefix(2))/\(sha256)") }

  /// Copies a file in, and waits until it and its name are on the disk. The digest is of the bytes that were copied.
  package func put(_ source: String) throws(LedgerFailure) -> Stored {
    guard let file = try DiskFile.artifact(source) else {
      throw LedgerFailure(.artifactNotFound, "'\(source)' doesn't exist")
    }
    return try put(named: "'\(source)'") { (offset) throws(LedgerFailure) in
      let bytes = try file.bytes(at: offset, count: Self.piece)
      return bytes.isEmpty ? nil : bytes
    }
  }

  /// Takes bytes in that must have a certain digest; nothing is kept if they have another one.
  package func put(
    _ sha256: String, _ next: () throws(LedgerFailure) -> [UInt8]?
  ) throws(LedgerFailure) {
    _ = try put(named: "the artifact \(sha256)", sha256) { (_) throws(LedgerFailure) in try next() }
  }

  /// - Parameters:
  ///   - expected: the digest that the bytes must have; nil if any will do.
  ///   - next: the bytes from an offset on; nil behind the last.
  private func put(
    named name: String, _ expected: String? = nil, _ next: (_ offset: Int) throws(LedgerFailure) -> [UInt8]?
  ) throws(LedgerFailure) -> Stored {
    try DiskFolder.make(root)
    let temporary = FilePath.join(root, ".new-\(getpid())-\(UInt64.random(in: .min ... .max))")
    defer { unlink(temporary) }
    let copy = try DiskFile.write(temporary, exclusive: true)
    var digest = RunningDigest()
    var size = 0
    while let bytes = try next(size) {
      size += bytes.count
      guard size <= Self.limit else {
        throw LedgerFailure(.artifactTooLarge, "\(name) has more than \(Self.limit) bytes")
      }
      digest.add(bytes)
      try copy.write(bytes, at: size - bytes.count)
    }
    guard size > 0 else { throw LedgerFailure(.emptyArtifact, "\(name) is empty") }
    let sha256 = Digest.hexadecimal(digest.value)
    guard expected.map({ $0 == sha256 }) ?? true else {
      throw LedgerFailure(.artifactMismatch, "\(name) has other bytes than its name says")
    }
    let place = path(sha256)
    if try isThere(sha256, size) { return Stored(sha256: sha256, size: size, wasThere: true) }
    try copy.sync()
    try DiskFolder.make(DiskFolder.parent(of: place))
    guard rename(temporary, place) == 0 else { throw DiskFile.failure(place, writing: true) }
    try DiskFolder.sync(DiskFolder.parent(of: place))
    return Stored(sha256: sha256, size: size, wasThere: false)
  }

  /// Takes bytes in.
  package func put(bytes: [UInt8]) throws(LedgerFailure) -> Stored {
    try put(named: "what is to be kept") { (offset) throws(LedgerFailure) in offset == 0 ? bytes : nil }
  }

  private func isThere(_ sha256: String, _ size: Int) throws(LedgerFailure) -> Bool {
    var status = stat()
    guard lstat(path(sha256), &status) == 0 else { return false }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw LedgerFailure(.pathTraversal, "'\(path(sha256))' is no regular file")
    }
    try check(sha256, size: size)
    return true
  }

  /// A failure if an artifact is missing or is not what its name says.
  package func check(_ sha256: String, size: Int? = nil) throws(LedgerFailure) {
    var total = 0
    var digest = RunningDigest()
    try read(sha256) { (bytes) throws(LedgerFailure) in
      total += bytes.count
      digest.add(bytes)
    }
    guard Digest.hexadecimal(digest.value) == sha256, size.map({ $0 == total }) ?? true else {
      throw LedgerFailure(.artifactMismatch, "the artifact \(sha256) has other bytes than its name says")
    }
  }

  /// Goes over the bytes of an artifact, which `check` is for testing.
  package func read(_ sha256: String, _ body: ([UInt8]) throws(LedgerFailure) -> Void) throws(LedgerFailure) {
    guard EventText.isDigest(sha256) else { throw LedgerFailure(.invalidHash, "'\(sha256)' is no SHA-256") }
    guard let file = try DiskFile.read(path(sha256)) else {
      throw LedgerFailure(.artifactNotFound, "the artifact \(sha256) is missing")
    }
    var offset = 0
    while true {
      let bytes = try file.bytes(at: offset, count: Self.piece)
      if bytes.isEmpty { return }
      offset += bytes.count
      try body(bytes)
    }
  }
}

extension DiskFile {
  /// Opens a file that is to become an artifact: a symbolic link is followed by nobody.
  fileprivate static func artifact(_ path: String) throws(LedgerFailure) -> DiskFile? {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
      throw LedgerFailure(.pathTraversal, "'\(path)' is a symbolic link")
    }
    return try read(path)
  }
}

/// What kind of content a file's name promises.
package enum MediaType {
  private static let types: [String: String] = [
    "json": "application/json", "txt": "text/plain", "md": "text/markdown", "html": "text/html", "css": "text/css",
    "js": "application/javascript", "ts": "text/x-typescript", "png": "image/png", "jpg": "image/jpeg",
    "jpeg": "image/jpeg", "gif": "image/gif", "svg": "image/svg+xml", "pdf": "application/pdf",
    "xml": "application/xml",
    "csv": "text/csv", "zip": "application/zip",
  ]

  /// The type by the end of a name; bytes if it promises nothing.
  package static func of(_ name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let end = parts.last else { return "application/octet-stream" }
    return types[end.lowercased()] ?? "application/octet-stream"
  }
}

extension Ledger {
  /// Takes a file in, and records it in a run.
  ///
  /// - Parameters:
  ///   - mime: its type; by its name if nil.
  ///   - label: what it is called; its name without folders if nil.
  package func put(
    _ source: String, run: String, mime: String? = nil, label: String? = nil, actor: EventActor
  ) throws(LedgerFailure) -> (receipt: Receipt, artifact: ArtifactLibrary.Stored) {
    let stored = try ArtifactLibrary(folder).put(source)
    let name = source.split(separator: "/").last.map(String.init) ?? source
    let receipt = try record(
      stored, run: run, mime: mime ?? MediaType.of(name), label: label ?? name, actor: actor)
    return (receipt, stored)
  }

  /// Takes bytes in, and records them in a run.
  package func put(
    bytes: [UInt8], run: String, mime: String, label: String, actor: EventActor
  ) throws(LedgerFailure) -> ArtifactLibrary.Stored {
    let stored = try ArtifactLibrary(folder).put(bytes: bytes)
    _ = try record(stored, run: run, mime: mime, label: label, actor: actor)
    return stored
  }

  private func record(
    _ stored: ArtifactLibrary.Stored, run: String, mime: String, label: String, actor: EventActor
  ) throws(LedgerFailure) -> Receipt {
    var payload = CanonicalObject()
    payload.add("artifactId", stored.sha256)
    payload.add("label", Self.shortened(label))
    payload.add("mime", mime)
    payload.add("sha256", stored.sha256)
    payload.add("size", stored.size)
    let draft = EventDraft(type: "ArtifactRecorded", payload: payload.bytes)
    guard let receipt = try append([draft], run: run, actor: actor).first else {
      throw LedgerFailure(.notWritten, "the artifact was not recorded")
    }
    return receipt
  }

  /// At most 500 UTF-16 units of a text, without half a character.
  private static func shortened(_ text: String) -> String {
    var count = 0
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix { scalar in
          count += scalar.value > 0xFFFF ? 2 : 1
          return count <= 500
        }))
  }
}
