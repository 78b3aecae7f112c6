package import Source

/// A pod file for an engine that isn't compose: every container that it means, with nothing of compose's spelling left.
package struct PodManifestPlan: Sendable {
  /// The pod's name.
  package var name: String
  /// The containers, in the order of the compose file.
  package var services: [Service] = []
  /// The networks, by name.
  package var networks: [Network] = []
  /// The volumes that outlive containers, by name.
  package var volumes: [Volume] = []
  /// Files that never change, by name.
  package var files: [File] = []
  /// What somebody must make before containers start: they hold secrets, of which only names stand here.
  package var secrets: [SecretNeed] = []
  /// What is lost, with the place that it stands at.
  package var losses: [Loss] = []

  /// An empty one.
  package init(name: String) { self.name = name }

  /// Something that the engine has no word for.
  package struct Loss: Sendable {
    package var field: String
    package var reason: String
    package var location: Location
    /// Where the service stands that it is of, for what claw wrote itself; nil where it is of none.
    package var service: Location?
    /// Whether it may be waived; what may not would give a manifest that can't work.
    package var canBeWaived: Bool

    /// Joins the parts.
    package init(_ field: String, _ reason: String, at location: Location, canBeWaived: Bool = true) {
      self.field = field
      self.reason = reason
      self.location = location
      self.canBeWaived = canBeWaived
    }
  }

  /// A secret that somebody makes.
  package struct SecretNeed: Sendable, Hashable {
    package var name: String
    /// How, in kubectl's words behind the name; nil for one that claw makes.
    package var source: String?

    /// Joins the two.
    package init(name: String, source: String?) {
      self.name = name
      self.source = source
    }
  }

  /// A network.
  package struct Network: Sendable {
    package var name: String
    /// Whether nothing outside is reached from it.
    package var isInternal: Bool

    /// Joins the two.
    package init(name: String, isInternal: Bool) {
      self.name = name
      self.isInternal = isInternal
    }
  }

  /// A volume.
  package struct Volume: Sendable {
    package var name: String
    /// Whether more than one container sees it.
    package var isShared: Bool

    /// Joins the two.
    package init(name: String, isShared: Bool) {
      self.name = name
      self.isShared = isShared
    }
  }

  /// A file that containers mount.
  package struct File: Sendable {
    /// The name of the object that holds it.
    package var object: String
    /// Its own name.
    package var name: String
    package var text: String

    /// Joins the parts.
    package init(object: String, name: String, text: String) {
      self.object = object
      self.name = name
      self.text = text
    }
  }

  /// What a mount shows.
  package enum MountSource: Sendable, Hashable {
    case volume(String)
    /// A file of `files`.
    case file(object: String, name: String, isProgram: Bool)
    /// One key of a secret.
    case secret(String, key: String)
    /// A folder of a secret's keys.
    case secretFolder(String, [SecretItem])
    /// Memory, with its size in MiB.
    case memory(Int?)
    /// An empty folder that goes with the container.
    case scratch
  }

  /// A key of a secret, and the file that it becomes.
  package struct SecretItem: Sendable, Hashable {
    package var key: String
    package var path: String

    /// The item of a path; keys have no slashes.
    package init(path: String) {
      self.path = path
      key = String(decoding: path.utf8.map { $0 == 0x2F ? 0x2E : $0 }, as: UTF8.self)
    }
  }

  /// A mount.
  package struct Mount: Sendable {
    package var path: String
    package var source: MountSource
    package var isReadOnly: Bool

    /// Joins the parts.
    package init(path: String, source: MountSource, isReadOnly: Bool) {
      self.path = path
      self.source = source
      self.isReadOnly = isReadOnly
    }
  }

  /// The value of a variable.
  package enum Value: Sendable, Hashable {
    case text(String)
    case secret(String, key: String)
  }

  /// How one can tell that a container is well.
  package struct Check: Sendable {
    package var command: [String]
    package var interval: Int
    package var timeout: Int
    package var failures: Int
    package var delay: Int

    /// Joins the parts.
    package init(command: [String], interval: Int = 30, timeout: Int = 30, failures: Int = 3, delay: Int = 0) {
      self.command = command
      self.interval = interval
      self.timeout = timeout
      self.failures = failures
      self.delay = delay
    }
  }

  /// Who a container is.
  package enum Role: String, Sendable {
    case agent
    case cllama
    /// A service that is no claw.
    case plain
  }

  /// A container.
  package struct Service: Sendable {
    package var name: String
    package var role: Role
    /// The claw's or the service's own name.
    package var owner: String
    /// Other names that it is found by.
    package var aliases: [String] = []
    package var image = ""
    /// Whether compose builds its image.
    package var isBuilt = false
    /// `Never` or `IfNotPresent` or `Always`.
    package var pull = "IfNotPresent"
    package var entrypoint: [String]?
    package var command: [String]?
    package var environment: [(name: String, value: Value)] = []
    /// Secrets of which every key becomes a variable.
    package var environmentSecrets: [String] = []
    package var workingFolder: String?
    package var hostName: String?
    package var user: Int?
    package var group: Int?
    package var isReadOnly = false
    package var dropsCapabilities = false
    package var capabilities: [String] = []
    package var forbidsNewPrivileges = false
    package var hasInit = false
    package var sysctls: [(name: String, value: String)] = []
    /// In MiB; nil for no limit.
    package var memory: Int?
    /// In thousandths of a core; nil for no limit.
    package var milliCores: Int?
    package var replicas = 1
    package var grace = 10
    package var mounts: [Mount] = []
    package var check: Check?
    package var networks: [String] = []
    /// Ports that its sidecar's clients call; they make an address of its own.
    package var ports: [Int] = []
    /// The sidecar that is its only way out, so that it asks nobody for names; nil for a container that does.
    package var sidecar: String?
    /// Notes for people.
    package var labels: [(name: String, value: String)] = []

    /// A container.
    package init(name: String, role: Role, owner: String) {
      self.name = name
      self.role = role
      self.owner = owner
    }
  }

  // MARK: Secrets that claw makes

  /// The secret with a sidecar's folder, and what is in it.
  package static func configuration(_ sidecar: SidecarPlan, of pod: PodPlan) -> (name: String, items: [SecretItem]) {
    var paths = [SidecarFiles.config]
    for policy in pod.policies where sidecar.policies.contains(policy.name) {
      for path in [policy.bundlePath, policy.keyPath] where !paths.contains(path) { paths.append(path) }
    }
    return ("\(sidecar.name)-config", paths.map(SecretItem.init(path:)))
  }

  /// The secret with a sidecar's keys, each under its file's name.
  package static func keys(_ sidecar: SidecarPlan) -> String { "\(sidecar.name)-keys" }

  /// The secret with the token of a claw's container, under the names of its variables.
  package static func token(_ instance: String) -> String { "\(instance)-token" }
}
