import Canonical
package import IR
import Source

/// Checks that what containers are about to mount is what was compiled: every object lies under its own digest.
package enum ObjectCheck {
  /// The paths of objects on disk whose bytes are not what their path says, or that are gone.
  package static func broken(_ pod: PodPlan) -> [String] {
    pod.objects.map { FilePath.join(pod.folder, $0.path) }.filter { !isIntact($0) }
  }

  /// Whether the file at `…/SHA256/NAME` has that digest.
  package static func isIntact(_ path: String) -> Bool {
    guard let file = try? DiskFiles().read(path, within: nil, limit: 64 << 20) else { return false }
    return Digest.sha256Hex(file.bytes) == FilePath.name(of: FilePath.directory(of: path))
  }
}
