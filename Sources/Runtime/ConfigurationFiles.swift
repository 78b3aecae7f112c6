package import Diagnostics
package import Driver
import Source

/// Finds configuration, lowest first: the user's own, `.claw.yml` beside a file or in the nearest folder above, variables.
package struct ConfigurationFiles {
  /// What is wrong with the files and variables read so far.
  package private(set) var bag = DiagnosticBag()
  private let environment = ProcessEnvironment.current
  private var user = Configuration()
  private var byFolder: [String: Configuration] = [:]
  private var byPath: [String: Configuration] = [:]

  /// Reads the user's own.
  package init() {
    let home = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" }
    if let home { user = Self.read(home + "/claw/config.yml", on: user, into: &bag) }
  }

  /// What holds for a file, or for what else lies in its folder.
  package mutating func configuration(for path: String) -> Configuration {
    let folder = FilePath.directory(of: path)
    if let known = byFolder[folder] { return known }
    let own = FileSearch.upwards([".claw.yml"], from: folder)
    var configuration = own.flatMap { byPath[$0] } ?? user
    if let own, byPath[own] == nil {
      configuration = Self.read(own, on: configuration, into: &bag)
      byPath[own] = configuration
    }
    // Variables are wrong once, not once for each folder.
    var found = DiagnosticBag()
    configuration.apply(environment, into: &found)
    if byFolder.isEmpty { bag.add(contentsOf: found) }
    byFolder[folder] = configuration
    return configuration
  }

  private static func read(_ path: String, on base: Configuration, into bag: inout DiagnosticBag) -> Configuration {
    guard let file = try? DiskFiles().read(path, within: nil, limit: 1 << 20) else { return base }
    var configuration = base
    configuration.apply(file, into: &bag)
    return configuration
  }
}
