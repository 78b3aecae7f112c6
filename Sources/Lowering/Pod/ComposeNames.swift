import IR
import Source

/// Names that claw gives to things in the compose file.
enum ComposeNames {
  /// The network of a claw.
  static func network(_ service: String) -> String { "claw-\(service)" }
  /// The network on which sidecars reach the world.
  static let egress = "claw-egress"
  /// The network on which a claw's sidecars reach the services that it declares. No claw's name has a '_'.
  static func services(_ service: String) -> String { "claw-\(service)_services" }
  /// The volume that a sidecar keeps its records in.
  static func audit(_ sidecar: String) -> String { "\(sidecar)-audit" }
  /// The volume that a sidecar writes its claw's skill map to.
  static func skillmap(_ sidecar: String) -> String { "\(sidecar)-skillmap" }
  /// The folder in memory that a hermetic claw and its sidecar have in common.
  static func socket(_ sidecar: String) -> String { "\(sidecar)-socket" }
  /// The sidecar of all claws that share one.
  static let sharedSidecar = "claw-cllama"
  /// The sidecar of an instance.
  static func sidecar(_ instance: String) -> String { "\(instance)-cllama" }
  /// Whether a label's key is claw's.
  static func isOwnLabel(_ key: String) -> Bool { key.utf8.starts(with: "claw.".utf8) }

  /// Whether a volume is by its name, the project's included, one that some pod gave to a claw alone.
  static func isOwnVolume(_ name: String) -> Bool {
    guard name.utf8.contains(0x5F) else { return false }
    return ownSuffixes.contains { name.hasSuffix($0) }
  }

  /// How the names of claws' own volumes end.
  private static let ownSuffixes = Set(
    (RunnerCatalog.all.flatMap(\.volumeFolders) + ["track"]).map { volume("", $0) } + [
      audit("-cllama"), socket("-cllama"), skillmap("-cllama"),
    ])

  /// An instance of a claw.
  static func instance(_ service: String, _ ordinal: Int?) -> String { ordinal.map { "\(service)-\($0)" } ?? service }
  /// A volume of an instance's own for a folder.
  static func volume(_ instance: String, _ folder: String) -> String {
    let slug = folder.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).joined(separator: "-").lowercased()
    return "\(instance)-\(slug)"
  }

  /// Whether a name can be a claw's: a host name that leaves room for an ordinal and `-cllama`.
  static func isClaw(_ name: String) -> Bool {
    guard let first = name.utf8.first, first != 0x2D, name.utf8.last != 0x2D, name.utf8.count <= 48 else {
      return false
    }
    return name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0.isASCIIDigit || $0 == 0x2D }
  }

  /// Whether a name can be the pod's: a compose project name.
  static func isPod(_ name: String) -> Bool {
    guard let first = name.utf8.first, first != 0x2D, first != 0x5F, name.utf8.count <= 63 else { return false }
    return name.utf8.allSatisfy {
      ($0 >= 0x61 && $0 <= 0x7A) || $0.isASCIIDigit || $0 == 0x2D || $0 == 0x5F
    }
  }
}
