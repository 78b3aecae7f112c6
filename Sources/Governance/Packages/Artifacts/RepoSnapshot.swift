/// A file by its path and what it holds.
struct FileDigest: Sendable {
  var path: String
  var hash: String
}

/// The files that a change was made for (`repo-snapshot.json`).
struct RepoSnapshot: Sendable {
  var sessionID: String
  var snapshotID: String
  var snapshotHash: String?
  var generatedAt: Instant?
  var files: [FileDigest]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    snapshotID = reader.id(object, "snapshotId")
    snapshotHash = reader.optionalHash(object, "snapshotHash")
    generatedAt = reader.time(object, "generatedAt")
    _ = reader.text(object, "rootDescriptor", 1...1000)
    files = reader.objects(object, "includedFiles").map { file in
      FileDigest(path: reader.text(file, "path", 1...1000), hash: reader.hash(file, "contentHash"))
    }
  }
}
