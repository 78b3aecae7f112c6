package import Source

/// What a pod comes down to: its claws with everything that each needs, and what that asks of the rest of the file.
package struct PodPlan: Sendable {
  /// The pod's name, which is the compose project's.
  package var name: String
  /// The folder of the pod file, as seen from where the command runs; "" for there.
  package var folder: String
  /// The claws, by service name.
  package var claws: [Claw] = []
  /// Files that containers mount, by content.
  package var objects: [MountedObject] = []
  /// The sidecars, by the claws that they serve.
  package var sidecars: [SidecarPlan] = []
  /// The policies that the pod declares, by name.
  package var policies: [PodPolicy] = []
  /// The services that are workloads for a scheduler, in the order of the file.
  package var workloads: [WorkloadPlan] = []
  /// Networks that claw adds, by name.
  package var networks: [Network] = []
  /// Volumes that claw adds, by name.
  package var volumes: [String] = []
  /// Clawfiles to compile and images to build.
  package var builds: [ImageBuild] = []
  /// What `up` must refuse for now, with the place that asks for it.
  package var unsupported: [Unsupported] = []

  /// An empty pod.
  package init(name: String, folder: String) {
    self.name = name
    self.folder = folder
  }

  /// Something that a file may say and that `up` can't do yet.
  package struct Unsupported: Sendable {
    /// What it is.
    package var message: String
    /// Where it stands.
    package var location: Location

    /// Joins the two.
    package init(message: String, location: Location) {
      self.message = message
      self.location = location
    }
  }

  /// A service that is a claw.
  package struct Claw: Sendable {
    /// The service's name in the pod file.
    package var service: String
    /// The runner type's name.
    package var type: String
    /// The containers, by ordinal.
    package var instances: [Instance]
    /// The network of its own.
    package var network: String
    /// The network by which it, or its sidecar, reaches services.
    package var serviceNetwork: String
    /// The stack of its sidecar; nil for `cllama: none`.
    package var cllama: [String]?
    /// Whether its network is an ordinary one, by a privilege.
    package var hasOpenEgress = false
    /// The variables that hold the sidecar's token in its containers.
    package var tokenVariables: [String] = []
    /// The SHA-256 of the contract that the containers see, in hexadecimal digits.
    package var contractDigest: String
    /// The contract's path on the host.
    package var contractPath: String
    /// The services that it may reach.
    package var services: [String]
    /// The volumes that it mounts, with whether it may write.
    package var surfaceVolumes: [(name: String, isReadOnly: Bool)]
    /// Every resolved setting and where it came from, for `claw inspect`.
    package var settings: [(name: String, value: String, origin: String)] = []

    /// Joins the parts.
    package init(
      service: String, type: String, instances: [Instance], network: String, serviceNetwork: String,
      cllama: [String]?, contractDigest: String, contractPath: String, services: [String],
      surfaceVolumes: [(name: String, isReadOnly: Bool)]
    ) {
      self.service = service
      self.type = type
      self.instances = instances
      self.network = network
      self.serviceNetwork = serviceNetwork
      self.cllama = cllama
      self.contractDigest = contractDigest
      self.contractPath = contractPath
      self.services = services
      self.surfaceVolumes = surfaceVolumes
    }
  }

  /// One container of a claw.
  package struct Instance: Sendable {
    /// Its name: the service's, or with `-0`, `-1` … if the claw has a count.
    package var name: String
    /// Its ordinal; nil where the claw has no count.
    package var ordinal: Int?
    /// Volumes that are its alone, without the project's name in front.
    package var ownVolumes: [String]

    /// Joins the parts.
    package init(name: String, ordinal: Int?, ownVolumes: [String]) {
      self.name = name
      self.ordinal = ordinal
      self.ownVolumes = ownVolumes
    }
  }

  /// A file that containers mount: it lies under its own digest and never changes.
  package struct MountedObject: Sendable {
    /// Its path below the pod's folder: `.claw/POD/objects/SHA256/NAME`.
    package var path: String
    /// Its content.
    package var bytes: [UInt8]

    /// Joins the two.
    package init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }

    /// The SHA-256 of its content, which its path holds; empty where there is no path.
    package var digest: String { FilePath.name(of: FilePath.directory(of: path)) }
  }

  /// A network of claw's.
  package struct Network: Sendable {
    /// Its name in the compose file.
    package var name: String
    /// Its addresses, in CIDR form.
    package var subnet: String
    /// Whether nothing outside can be reached from it.
    package var isInternal: Bool

    /// Joins the parts.
    package init(name: String, subnet: String, isInternal: Bool) {
      self.name = name
      self.subnet = subnet
      self.isInternal = isInternal
    }
  }

  /// An image that the pod builds.
  package struct ImageBuild: Sendable {
    /// The service that it is for.
    package var service: String
    /// The file it is built from, as seen from where the command runs: a Clawfile or a Dockerfile.
    package var source: String
    /// The generated Dockerfile; nil where the source is used as it is.
    package var generated: String?

    /// Joins the parts.
    package init(service: String, source: String, generated: String?) {
      self.service = service
      self.source = source
      self.generated = generated
    }
  }
}
