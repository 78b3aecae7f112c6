import Canonical
package import IR
import Source

/// Remembers which Dockerfile each image of a pod was last built from, so that `up` builds anew what was edited.
package enum BuildNotes {
  private static let fileName = "built"

  /// Whether an image was built from the Dockerfile that lies there now.
  package static func isCurrent(_ build: PodPlan.ImageBuild, in folder: String) -> Bool {
    guard let line = line(build),
      let file = try? DiskFiles().read(FilePath.join(folder, fileName), within: nil, limit: 1 << 20)
    else { return false }
    return String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").contains {
      $0.utf8.elementsEqual(line.utf8)
    }
  }

  /// Notes that all images of a pod were built. A note that can't be written costs a build, and nothing else.
  package static func write(_ pod: PodPlan, in folder: String) {
    let text = pod.builds.compactMap(line).map { $0 + "\n" }.joined()
    _ = try? ArtifactStore.write([(FilePath.join(folder, fileName), Array(text.utf8))])
  }

  private static func line(_ build: PodPlan.ImageBuild) -> String? {
    guard let file = try? DiskFiles().read(build.generated ?? build.source, within: nil, limit: 64 << 20) else {
      return nil
    }
    return "\(build.service) sha256:\(Digest.sha256Hex(file.bytes))"
  }
}
