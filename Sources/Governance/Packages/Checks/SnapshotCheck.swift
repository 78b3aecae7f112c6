extension PackageRun {
  /// Step 4: the snapshot is one, and what capsule and packets say of its files is so.
  mutating func checkSnapshot() {
    guard let snapshot = package.snapshot else {
      return fail(.snapshot, .snapshotInvalid, Place(.snapshot), "there is no snapshot of the repository")
    }
    let place = snapshot.place
    require(
      snapshot.content.snapshotHash != nil, .snapshot, .snapshotHashMissing, place.at("/snapshotHash"),
      "the snapshot has no digest")
    require(
      !snapshot.content.files.isEmpty, .snapshot, .snapshotInvalid, place.at("/includedFiles"),
      "the snapshot has no file")
    require(
      Self.areDistinct(snapshot.content.files.map(\.path)), .snapshot, .snapshotInvalid, place.at("/includedFiles"),
      "a path is there twice")
    for (index, file) in snapshot.content.files.enumerated() where !TextForms.isPath(file.path) {
      fail(
        .snapshot, .snapshotInvalid, place.at("/includedFiles/\(index)/path"),
        "'\(file.path)' is no path below the repository")
    }
    func check(_ digests: [FileDigest], _ place: Place) {
      for (index, digest) in digests.enumerated() {
        let file = snapshot.content.files.first { TextForms.same($0.path, digest.path) }
        guard let file else {
          fail(.snapshot, .snapshotHashMismatch, place.at("/\(index)/path"), "'\(digest.path)' is not in the snapshot")
          continue
        }
        same(
          digest.hash, file.hash, .snapshot, .snapshotHashMismatch, place.at("/\(index)/sha256"),
          "the digest of '\(digest.path)'")
      }
    }
    if let capsule = package.capsule { check(capsule.content.fileDigests, capsule.place.at("/inputs/fileDigests")) }
    for packet in package.packets { check(packet.content.fileDigests, packet.place.at("/context/fileDigests")) }
  }
}
