package import JSON
package import Source

/// A sidecar of a pod: the way out of one claw's container, or of several where they share one.
package struct SidecarPlan: Sendable {
  /// How sidecars stand beside claws.
  package enum Topology: String, Sendable, CaseIterable {
    /// One for each container of a claw.
    case own
    /// One for all claws that ask for it.
    case shared
    /// One for each container, which has no network and reaches it by a socket.
    case hermetic
  }

  /// A container that the sidecar serves.
  package struct Instance: Sendable, Equatable {
    /// Its name.
    package var name: String
    /// The claw's service.
    package var service: String

    /// Joins the two.
    package init(name: String, service: String) {
      self.name = name
      self.service = service
    }
  }

  /// A secret of the sidecar, which it reads from a file.
  package struct Key: Sendable {
    /// Where it comes from.
    package enum Source: Sendable, Equatable {
      /// Text with variables in compose's spelling, which `up` expands.
      case variable(String)
      /// A file, as seen from the pod's folder.
      case file(String)
    }

    /// What the file is called below `/run/secrets`.
    package var name: String
    /// Where it comes from.
    package var source: Source
    /// Where it is asked for.
    package var location: Location

    /// Joins the parts.
    package init(name: String, source: Source, location: Location) {
      self.name = name
      self.source = source
      self.location = location
    }
  }

  /// Its service in the generated file.
  package var name: String
  /// How it stands beside claws.
  package var topology: Topology
  /// What it serves.
  package var instances: [Instance]
  /// The folder that its keys lie in, below the pod's folder of keys.
  package var keyFolder: String
  /// Its secrets, by name.
  package var keys: [Key]
  /// The policies that it decides with, by name: those of the pod that its stack names.
  package var policies: [String]
  /// The members of its configuration that don't depend on the machine, in their order.
  package var settings: [JSONValue.Member]
  /// What its folder below `.claw/POD/sidecars` is called.
  package var folder: String { topology == .shared ? name : instances.first?.name ?? name }
  /// Its address on each network of a claw; none where it has no such network.
  package var addresses: [(network: String, address: String)] = []

  /// Joins the parts.
  package init(
    name: String, topology: Topology, instances: [Instance], keyFolder: String, keys: [Key], policies: [String],
    settings: [JSONValue.Member]
  ) {
    self.name = name
    self.topology = topology
    self.instances = instances
    self.keyFolder = keyFolder
    self.keys = keys
    self.policies = policies
    self.settings = settings
  }
}

/// A policy that sidecars of a pod decide with.
package struct PodPolicy: Sendable {
  /// What stacks call it, behind `policy/`.
  package var name: String
  /// The ruleset or bundle, as seen from the pod's folder.
  package var path: String
  /// The public key of whoever signed the bundle; nil for a ruleset, which the pod's own key signs.
  package var key: String?
  /// Where it is declared.
  package var location: Location

  /// Joins the parts.
  package init(name: String, path: String, key: String?, location: Location) {
    self.name = name
    self.path = path
    self.key = key
    self.location = location
  }

  /// The bundle in a sidecar's folder, as it is planned; on disk its digest stands in the name too.
  package var bundlePath: String { "policies/\(name).bundle.json" }
  /// The public key in a sidecar's folder.
  package var keyPath: String { key == nil ? "trust/pod.pub" : "trust/\(name).pub" }
}

/// Names below a pod's own folder, `.claw/POD`, and inside sidecars.
package enum SidecarFiles {
  /// The image of sidecars.
  package static let image = "claw-cllama:0.1.0"
  /// What the folder with the sidecars' folders is called.
  package static let folder = "sidecars"
  /// The configuration in a sidecar's folder.
  package static let config = "cllama.json"
  /// Where a sidecar sees its folder.
  package static let mount = "/claw/config"
  /// Where a sidecar keeps its log.
  package static let audit = "/claw/audit"
  /// The folder with the skill map, as the sidecar and its claw see it.
  package static let skillmapFolder = "/claw/skillmap"
  /// The skill map.
  package static let skillmap = skillmapFolder + "/skillmap.json"
  /// Where a sidecar sees its secrets.
  package static let secrets = "/run/secrets"
  /// The folder that a hermetic claw and its sidecar have in common.
  package static let socketFolder = "/run/claw"
  /// The socket in it.
  package static let socket = socketFolder + "/cllama.sock"
  /// The variable that says where the files with keys lie.
  package static let keysVariable = "CLAW_KEYS"

  /// The file with a container's token, as seen from the pod's own folder.
  package static func token(_ instance: String) -> String { "\(folder)/\(instance).env" }
}
