package import Diagnostics
package import Driver
import Source

/// Finds configuration: the user's own, then `.claw.yml` here or in the nearest folder above.
package enum ConfigurationFiles {
  /// The configuration of a run in the current folder.
  package static func load(into bag: inout DiagnosticBag) -> Configuration {
    var configuration = Configuration()
    let environment = ProcessEnvironment.current
    let home = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" }
    let user = home.map { $0 + "/claw/config.yml" }
    for path in [user, nearest()].compactMap({ $0 }) where FileSearch.kind(of: path) == .file {
      guard let file = try? DiskFiles().read(path, within: nil, limit: 1 << 20) else { continue }
      configuration.apply(file, into: &bag)
    }
    return configuration
  }

  private static func nearest() -> String? {
    var folder = ""
    for _ in 0..<64 {
      if FileSearch.kind(of: folder + ".claw.yml") == .file { return folder + ".claw.yml" }
      if DiskFiles.realPath(folder.isEmpty ? "." : folder) == "/" { return nil }
      folder += "../"
    }
    return nil
  }
}
