package import Source

/// A workload as it was said, with every default filled in: what the planner places and the emitters write.
package struct WorkloadPlan: Sendable {
  /// Its id, from its name and content; what is not checked yet has none.
  package var id = ""
  /// The pod's service that it is; empty for a file of its own.
  package var service = ""
  /// Its name, a DNS label; names of workers are made from it.
  package var name: String
  /// Whether it ends by itself or is kept running.
  package var kind: Kind
  /// The image's reference, as it was written.
  package var image: String
  /// The command; empty for the image's own.
  package var command: [String] = []
  /// The keys of the pod's service that say something of its container and that the workload does not take.
  package var leftKeys: [String] = []
  /// Whether words of the command are what variables of whoever compiles hold.
  package var isCommandFromShell = false
  /// Variables, by name; never secrets.
  package var environment: [(name: String, value: String)] = []
  /// Secrets, by reference only.
  package var secrets: [SecretUse] = []
  /// Whole processor cores for each worker.
  package var cores: Int
  /// Memory for each worker, in MiB.
  package var memory: Int
  /// What GPUs each worker wants: the first that can be had; empty for none.
  package var gpus: [GPURequest] = []
  /// How many workers it has, and how many of them at a time.
  package var workers: Workers
  /// Where its workers may stand.
  package var placement: PlacementRules
  /// How it waits, and whom it gives way to.
  package var queueing: Queueing
  /// How often, and how, it is tried again.
  package var retries: Retries
  /// How long it may take.
  package var limits: TimeLimits
  /// Folders that it sees.
  package var volumes: [Volume] = []
  /// Ports that it listens at.
  package var ports: [Port] = []
  /// How one can tell that it lives.
  package var probes: [Probe] = []
  /// The addresses that it may reach beside its own workers.
  package var egress: [Egress] = []
  /// The user that it runs as; nil for the image's, which must not be root.
  package var user: Int?
  /// How a new version takes an old one's place; nil for what engines do by themselves.
  package var rollout: Rollout?
  /// How many workers there are by load; nil for a fixed number.
  package var scaling: Scaling?
  /// When somebody is told.
  package var alerts: [Alert] = []
  /// Where each field stands, by its path (`gpus.type`), for findings of emitters.
  package var origins: [String: Location] = [:]

  /// A workload with what must be said of it.
  package init(
    name: String, kind: Kind, image: String, cores: Int, memory: Int, workers: Workers = Workers(),
    placement: PlacementRules = PlacementRules(), queueing: Queueing = Queueing(), retries: Retries = Retries(),
    limits: TimeLimits = TimeLimits()
  ) {
    self.name = name
    self.kind = kind
    self.image = image
    self.cores = cores
    self.memory = memory
    self.workers = workers
    self.placement = placement
    self.queueing = queueing
    self.retries = retries
    self.limits = limits
  }

  /// Whether a workload ends.
  package enum Kind: String, Sendable, CaseIterable {
    /// Runs to its end.
    case job
    /// Is kept running.
    case service
  }

  /// A secret that an engine hands to the workload.
  package struct SecretUse: Sendable, Hashable {
    /// The engine's name of the secret.
    package var secret: String
    /// The key in it.
    package var key: String
    /// Where the workload finds it.
    package var target: Target

    /// Joins the parts.
    package init(secret: String, key: String, target: Target) {
      self.secret = secret
      self.key = key
      self.target = target
    }

    /// Where a secret is put.
    package enum Target: Sendable, Hashable {
      /// A variable.
      case variable(String)
      /// A file.
      case file(String)
    }
  }

  /// Workers, each a container with the cores, the memory and the GPUs that the workload names.
  package struct Workers: Sendable, Hashable {
    /// How many there are in all; for a service, its replicas.
    package var count = 1
    /// How many run at a time.
    package var parallelism = 1
    /// Whether each has a number of its own, from 0.
    package var isIndexed = false
    /// How many must run at the same moment for any to run; 1 where each may run by itself.
    package var gang = 1

    /// One worker, unless more is said.
    package init(count: Int = 1, parallelism: Int = 1, isIndexed: Bool = false, gang: Int = 1) {
      self.count = count
      self.parallelism = parallelism
      self.isIndexed = isIndexed
      self.gang = gang
    }
  }

  /// Where workers may stand.
  package struct PlacementRules: Sendable, Hashable {
    /// Labels that a node must have, by key.
    package var nodeLabels: [Label] = []
    /// Conditions that a node must be in, by type.
    package var conditions: [Condition] = []
    /// What must be taken away before any worker starts.
    package var gates: [Gate] = []
    /// The level of the fleet (`rack`) that all workers should share; nil for any place.
    package var within: String?
    /// Whether they must share it.
    package var isStrict = false
    /// The most workers on one node; nil for as many as fit.
    package var workersPerNode: Int?

    /// No rules.
    package init() {}
  }

  /// A label of a node.
  package struct Label: Sendable, Hashable {
    package var key: String
    package var value: String

    /// Joins the two.
    package init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// A condition of a node.
  package struct Condition: Sendable, Hashable {
    package var type: String
    package var status: Status

    /// Joins the two.
    package init(_ type: String, _ status: Status) {
      self.type = type
      self.status = status
    }

    /// Whether a condition holds.
    package enum Status: String, Sendable, CaseIterable {
      case `true`
      case `false`
      case unknown
    }
  }

  /// Something that somebody must take away before a workload starts.
  package struct Gate: Sendable, Hashable {
    package var name: String
    package var reason: String?
    /// Who takes it away.
    package var controller: String?

    /// Joins the parts.
    package init(name: String, reason: String? = nil, controller: String? = nil) {
      self.name = name
      self.reason = reason
      self.controller = controller
    }
  }

  /// How a workload waits.
  package struct Queueing: Sendable, Hashable {
    /// The queue's name; nil for the engine's usual one.
    package var queue: String?
    /// The name of its priority class.
    package var priorityClass = "default"
    /// The class's value, 0 to 1000: more goes first.
    package var priority = 500
    /// Whether it may take the place of workloads with less priority.
    package var preempts = false
    /// Whether none may take its place.
    package var isProtected = false
    /// The seconds that it has to end when another takes its place.
    package var grace = 30

    /// The usual.
    package init() {}
  }

  /// How often a workload is tried again.
  package struct Retries: Sendable, Hashable {
    /// Failures of the whole workload before it is given up.
    package var limit = 0
    /// Failures of each worker; nil for those of the whole.
    package var perWorker: Int?
    /// Whether a worker whose node is lost or taken is started again without counting.
    package var onInterruption = true

    /// The usual.
    package init() {}
  }

  /// How long a workload may take.
  package struct TimeLimits: Sendable, Hashable {
    /// Seconds from its start; nil for no limit.
    package var run: Int?
    /// The moment at which it must be done, in seconds since 1970; nil for none.
    package var finishBy: Int?

    /// No limits.
    package init() {}
  }

  /// A folder that workers see.
  package struct Volume: Sendable, Hashable {
    /// Where they see it.
    package var path: String
    package var source: Source
    package var isReadOnly: Bool

    /// Joins the parts.
    package init(path: String, source: Source, isReadOnly: Bool) {
      self.path = path
      self.source = source
      self.isReadOnly = isReadOnly
    }

    /// What a folder is.
    package enum Source: Sendable, Hashable {
      /// A folder of the node.
      case host(String)
      /// A volume of the engine's, by name.
      case claim(String)
      /// An empty one, with its size in MiB.
      case scratch(Int)
      /// Memory shared among a worker's processes, with its size in MiB.
      case sharedMemory(Int)
    }
  }

  /// A port that workers listen at.
  package struct Port: Sendable, Hashable {
    package var number: Int
    package var name: String?
    package var isUDP: Bool

    /// Joins the parts.
    package init(number: Int, name: String? = nil, isUDP: Bool = false) {
      self.number = number
      self.name = name
      self.isUDP = isUDP
    }
  }

  /// How one can tell that a worker is well.
  package struct Probe: Sendable, Hashable {
    package var purpose: Purpose
    package var check: Check
    /// Seconds between two looks.
    package var interval = 10
    /// Seconds that a look may take.
    package var timeout = 1
    /// How many in a row must fail.
    package var failures = 3
    /// Seconds before the first look.
    package var delay = 0

    /// Joins the two.
    package init(_ purpose: Purpose, _ check: Check) {
      self.purpose = purpose
      self.check = check
    }

    /// What it is for.
    package enum Purpose: String, Sendable, CaseIterable {
      case startup
      case readiness
      case liveness
    }

    /// How it looks.
    package enum Check: Sendable, Hashable {
      case http(path: String, port: Int)
      case tcp(port: Int)
      case command([String])
    }
  }

  /// Addresses that workers may reach.
  package struct Egress: Sendable, Hashable {
    /// In CIDR form.
    package var block: String
    /// The port; nil for all.
    package var port: Int?

    /// Joins the two.
    package init(block: String, port: Int?) {
      self.block = block
      self.port = port
    }
  }
}
