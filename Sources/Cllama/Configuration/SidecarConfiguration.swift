package import Canonical
package import IR
package import JSON

/// What a sidecar is told: the file `cllama.json` that claw writes for it.
///
/// It holds no secret: tokens are there as their SHA-256, and the keys of upstreams as the paths of files.
package struct SidecarConfiguration: Sendable, Equatable {
  /// The pod's name.
  package var pod: String
  /// The instances that it serves; one, unless the topology is shared.
  package var instances: [Instance]
  /// The run of the ledger that was open when the pod was brought up; its lines say so. nil: none was.
  package var run: String?
  package var listen = Listen()
  /// Where those are who may connect through it and ask it for names; nil: anywhere.
  package var clients: [AddressRange]?
  /// A unix socket to serve too, for a claw without any network.
  package var socket: String?
  package var upstreams: [Upstream] = []
  package var models = Models()
  package var limits = Limits()
  package var retry = Retry()
  package var budget = BudgetLimits()
  package var prices: [Price] = []
  package var stages: [StageSetting] = []
  /// Public keys, as paths beside the configuration, that bundles must be signed with.
  package var policyKeys: [String] = []
  package var egress: [EgressHost] = []
  package var services: [ServiceTarget] = []
  package var log = LogSetting()
  package var sinks: [SinkSetting] = []
  package var drift = Drift.Thresholds()
  /// nil: no skill map is written.
  package var skillMap: SkillMapSetting?

  package init(pod: String, instances: [Instance]) {
    self.pod = pod
    self.instances = instances
  }

  /// A container that may call.
  package struct Instance: Sendable, Equatable {
    package var name: String
    /// The claw's service.
    package var service: String
    /// The SHA-256 of its token.
    package var tokenDigest: Hash256

    package init(name: String, service: String, tokenDigest: Hash256) {
      self.name = name
      self.service = service
      self.tokenDigest = tokenDigest
    }
  }

  /// Ports; 0 turns one off.
  package struct Listen: Sendable, Equatable {
    package var address = "0.0.0.0"
    package var api = 8080
    package var connect = 0
    package var dns = 0

    package init() {}
  }

  /// Which of the two families of APIs an upstream speaks.
  package enum Family: String, Sendable, CaseIterable {
    case openai
    case anthropic
  }

  /// How an upstream takes its key.
  package enum KeyHeader: String, Sendable, CaseIterable {
    case bearer
    case apiKey = "x-api-key"
    case none
  }

  /// A provider of models.
  package struct Upstream: Sendable, Equatable {
    package var name: String
    /// `http` or `https`, a host, a path that the API's own path is put behind.
    package var url: String
    package var family: Family
    package var keyHeader: KeyHeader
    package var keyFile: String?

    package init(
      name: String, url: String, family: Family = .openai, keyHeader: KeyHeader = .none, keyFile: String? = nil
    ) {
      self.name = name
      self.url = url
      self.family = family
      self.keyHeader = keyHeader
      self.keyFile = keyFile
    }
  }

  /// Which models may be asked.
  package struct Models: Sendable, Equatable {
    /// References `upstream/model`; `upstream/*` allows all of an upstream.
    package var allow: [String] = []
    /// What a request without a model gets; nil refuses it.
    package var fallbackForNone: String?
    /// What is asked, in order, when an upstream fails before its first byte.
    package var fallback: [String] = []
    /// Names that stand for references.
    package var aliases: [String: String] = [:]

    package init() {}
  }

  /// Bounds of a request. Times are in seconds; 0 for requests a minute is none.
  package struct Limits: Sendable, Equatable {
    package var requestBytes = 32 << 20
    package var responseBytes = 64 << 20
    package var firstByteSeconds = 300
    package var idleSeconds = 120
    package var totalSeconds = 1800
    package var requestsPerMinute = 0
    package var concurrent = 64

    package init() {}
  }

  /// How often an upstream is asked before the next one is.
  package struct Retry: Sendable, Equatable {
    package var attempts = 2
    package var backoffMilliseconds = 250

    package init() {}
  }

  /// What may be spent in a window; nil is no bound.
  package struct BudgetLimits: Sendable, Equatable {
    package var tokens: Int?
    package var dollars: Money?
    package var requests: Int?
    package var windowSeconds = 86_400

    package init() {}

    /// Whether anything is bounded.
    package var isBounded: Bool { tokens != nil || dollars != nil || requests != nil }
  }

  /// What a model costs, a million tokens.
  package struct Price: Sendable, Equatable {
    /// A reference `upstream/model`.
    package var model: String
    package var input: Money
    package var output: Money
    /// For input that the upstream had in its cache; nil costs as much as other input.
    package var cached: Money?

    package init(model: String, input: Money, output: Money, cached: Money? = nil) {
      self.model = model
      self.input = input
      self.output = output
      self.cached = cached
    }
  }

  /// A stage of the pipeline.
  package struct StageSetting: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
      case purpose
      case policy
      case tone
      case obfuscation
    }

    package var kind: Kind
    /// The word behind the slash.
    package var profile: String
    /// A policy's bundle, as a path beside the configuration.
    package var bundle: String?
    /// What the stage itself reads.
    package var settings: JSONValue

    package init(kind: Kind, profile: String, bundle: String? = nil, settings: JSONValue = .object([])) {
      self.kind = kind
      self.profile = profile
      self.bundle = bundle
      self.settings = settings
    }

    /// As stacks and records name it.
    package var name: String { "\(kind.rawValue)/\(profile)" }
  }

  /// A host that a claw declared.
  package struct EgressHost: Sendable, Equatable {
    /// A host name; `*.` in front takes every name below it.
    package var host: String
    package var port: Int
    /// The surface that asks for it.
    package var surface: String

    package init(host: String, port: Int, surface: String) {
      self.host = host
      self.port = port
      self.surface = surface
    }
  }

  /// A service of the pod that is reached through the sidecar.
  package struct ServiceTarget: Sendable, Equatable {
    package var name: String
    package var url: String
    /// `mcp`, `rest` or `grpc`.
    package var protocolName: String
    /// Stages that a call must have passed.
    package var required: [String]
    /// Whether a tool that changed is denied until somebody accepted it.
    package var isPinned: Bool

    package init(
      name: String, url: String, protocolName: String, required: [String] = [], isPinned: Bool = false
    ) {
      self.name = name
      self.url = url
      self.protocolName = protocolName
      self.required = required
      self.isPinned = isPinned
    }
  }

  /// What becomes of the texts of calls.
  package enum BodyLog: String, Sendable, CaseIterable {
    /// Only their digests are kept.
    case none
    /// They are kept, what the policy finds in them masked.
    case redacted
  }

  /// The claw's skill map.
  package struct SkillMapSetting: Sendable, Equatable {
    /// Where it is written.
    package var file: String
    /// What claw knows of it; the tools of services are filled in.
    package var base: JSONValue

    package init(file: String, base: JSONValue) {
      self.file = file
      self.base = base
    }
  }

  /// Where the record goes.
  package struct LogSetting: Sendable, Equatable {
    package var folder = "/claw/audit"
    package var bodies = BodyLog.none
    /// A file that has as many bytes is followed by another one.
    package var segmentBytes = 64 << 20
    /// How many files are kept.
    package var segments = 16

    package init() {}
  }
}
