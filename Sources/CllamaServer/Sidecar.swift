import CMalloc
import Canonical
import Cllama
import Dispatch
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

/// What a sidecar is at the moment: its configuration, its stages, what its instances spent.
///
/// Belongs to one event loop, on which everything of a sidecar runs but the writing of its record.
final class Sidecar {
  /// The version, which bundles may ask for.
  static let version = "0.1.0"

  static let userAgent = "cllama/\(version)"

  /// A configuration that is in force. Calls hold on to it, so it is shared and never changes.
  final class Serving {
    let configuration: SidecarConfiguration
    let pipeline: Pipeline
    let keys: [String: UpstreamKey]
    let policies: [PolicyFiles.Loaded]
    /// The names of its stages, as every record of a request has them.
    let stageNames: JSONValue
    /// What is still to be found out of its policies; they hold bundles, so they are let go of once it is.
    private var claims: [PolicyFiles.Claim]

    init(
      _ configuration: SidecarConfiguration, pipeline: Pipeline, keys: [String: UpstreamKey],
      policies: [PolicyFiles.Loaded], claims: [PolicyFiles.Claim]
    ) {
      self.configuration = configuration
      self.pipeline = pipeline
      self.keys = keys
      self.policies = policies
      self.claims = claims
      stageNames = .array(configuration.stages.map { .string($0.name) })
    }

    func takeClaims() -> [PolicyFiles.Claim] {
      defer { claims = [] }
      return claims
    }
  }

  /// What an instance did. Shared by the calls that it has under way.
  final class Account {
    var spending: Spending
    var rate: RateLimit
    var running = 0
    var drift: DriftKeeper
    var activity = Activity()

    init(spending: Spending, rate: RateLimit, drift: DriftKeeper) {
      self.spending = spending
      self.rate = rate
      self.drift = drift
    }

    /// What it comes to so far.
    func balance(_ instance: String, now: Int) -> CallRecord {
      var record = CallRecord(.balance)
      record.set("gen_ai.agent.id", instance)
      record.set("level", drift.level.rawValue)
      let spent = spending.spent(now: now)
      record.set("requests", spent.requests)
      record.set("tokens", spent.tokens)
      record.set("cost_usd", spent.cost.description)
      return record
    }
  }

  let loop: any EventLoop
  let log: RecordLog
  let client: PeerClient
  let sinks: Sinks
  let deadlines: Deadlines
  /// nil: everything is denied, and `reason` says why.
  private(set) var serving: Serving?
  private(set) var reason: String?
  private(set) var accounts: [String: Account] = [:]
  var metrics = Metrics()
  /// Streams of MCP servers of the first transport, by where messages to them are posted.
  var streams: [String: ServiceAnswer] = [:]
  /// The tools of services as they were first seen.
  var pins: PinKeeper
  /// Whether it is on its way to its end: what runs is finished, nothing new begins.
  private(set) var isStopping = false
  private var running = 0
  private var stopped: EventLoopPromise<Void>?
  private var lastNumber = 0
  /// So that numbers of calls differ from those of a sidecar that ran before.
  private let started = RecordTime.now

  init(loop: any EventLoop, log: RecordLog, client: PeerClient) {
    self.loop = loop
    self.log = log
    self.client = client
    pins = PinKeeper(log.folder)
    deadlines = Deadlines(loop)
    sinks = Sinks(loop: loop, log: log, client: client)
    // The record forgets files; what follows from them must not be forgotten with them.
    log.onFile = { [unowned self] in
      let now = RecordTime.now
      self.log.note(accounts.sorted { $0.key < $1.key }.map { $1.balance($0, now: now) })
    }
  }

  /// Takes a configuration over, or denies everything from now on.
  func take(_ result: Result<Serving, ConfigurationFailure>) {
    var record = CallRecord(.configuration)
    switch result {
    case .success(let next):
      for instance in next.configuration.instances {
        let limits = (next.configuration.budget, next.configuration.limits.requestsPerMinute)
        if let old = serving?.configuration, accounts[instance.name] != nil,
          old.budget == limits.0, old.limits.requestsPerMinute == limits.1
        {
          continue
        }
        let known = accounts[instance.name]
        let account =
          known
          ?? Account(
            spending: Spending(limits.0), rate: RateLimit(perMinute: limits.1),
            drift: restoredDrift[instance.name] ?? DriftKeeper(instance.name))
        if known != nil {
          account.spending = account.spending.under(limits.0)
          account.rate = RateLimit(perMinute: limits.1)
        }
        for call in restored[instance.name] ?? [] where known == nil {
          if call.requests == 1 { account.activity.add(cost: call.cost, now: call.time) }
          account.spending.restore(requests: call.requests, tokens: call.tokens, cost: call.cost, time: call.time)
        }
        accounts[instance.name] = account
      }
      serving = next
      checkMeaning(of: next)
      client.most = max(64, next.configuration.limits.concurrent)
      reason = nil
      log.setRun(next.configuration.run)
      sinks.take(next.configuration)
      record.set("verdict", "serving")
      record.set("instances", value: .array(next.configuration.instances.map { .string($0.name) }))
      let drift = next.configuration.drift
      record.set(
        "drift",
        value: [
          "restrict": .string(DriftKeeper.text(drift.restrict)),
          "quarantine": .string(DriftKeeper.text(drift.quarantine)),
          "calls": JSONValue(drift.calls),
        ])
      if let policy = next.policies.first {
        record.set("policy", policy.path)
        record.set("policy_sha256", policy.digest)
        record.set("policy_semantic_sha256", policy.semanticHash)
        record.set("policy_sequence", policy.sequence)
      }
      // A name must not be there twice: with more than one they are a list.
      if next.policies.count > 1 { record.set("policies", value: .array(next.policies.map(\.json))) }
    case .failure(let failure):
      serving = nil
      reason = failure.path.isEmpty ? failure.message : "\(failure.path): \(failure.message)"
      record.set("verdict", "deny")
      record.set("reason", reason)
    }
    log.note([record])
    // Compiling a policy takes memory that serving does not.
    malloc_trim(0)
  }

  /// Sees on a thread of its own whether policies mean what their bundles say, as their signers claim. Whoever signed is
  /// trusted, so that calls need not wait for it; but a bundle that says what it is not ends the serving.
  private func checkMeaning(of next: Serving) {
    takes += 1
    let (number, claims) = (takes, next.takeClaims())
    if claims.isEmpty { return }
    let own = NIOLoopBound(self, eventLoop: loop)
    DispatchQueue.global(qos: .utility).async { [loop] in
      let wrong = claims.first { !$0.isTrue() }
      // What was compared is let go of when this ends; then the memory is given back. The loop may have ended by then.
      DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + 1) { malloc_trim(0) }
      guard let wrong else { return }
      loop.execute {
        // Another configuration may have come meanwhile.
        guard own.value.takes == number else { return }
        own.value.take(
          .failure(ConfigurationFailure(wrong.path, "the ruleset does not mean what the bundle says of it")))
      }
    }
  }

  /// How many configurations were taken over.
  private var takes = 0

  /// What instances spent before the sidecar was started, from the record.
  var restored: [String: [RestoredCall]] = [:]
  /// How far they had drifted.
  var restoredDrift: [String: DriftKeeper] = [:]

  /// A name for a call, that no other has.
  func nextCall() -> String {
    lastNumber += 1
    return "\(String(started, radix: 36))-\(lastNumber)"
  }

  /// The instance that a token belongs to. All are compared, so that the time tells nothing.
  func instance(token: some Collection<UInt8>) -> SidecarConfiguration.Instance? {
    guard let serving else { return nil }
    let digest = Hash256(of: Array(token))
    var found: SidecarConfiguration.Instance?
    for instance in serving.configuration.instances where instance.tokenDigest == digest { found = instance }
    return found
  }

  /// The stages for an instance, with what its drift asks for in front.
  func pipeline(_ instance: SidecarConfiguration.Instance) -> Pipeline {
    guard let serving else { return Pipeline([]) }
    let level = accounts[instance.name]?.drift.level ?? .free
    if level == .free { return serving.pipeline }
    let stage = DriftStage(readOnly: serving.configuration.drift.readOnly)
    stage.level = level
    return serving.pipeline.behind(stage)
  }

  /// Counts a call's drift.
  func drifted(_ instance: String, _ call: Drift.Call) -> [CallRecord] {
    guard let thresholds = serving?.configuration.drift else { return [] }
    return (accounts[instance]?.drift.add(call, thresholds)).map { [$0] } ?? []
  }

  /// Takes note of what people allowed again.
  func take(_ lifts: [Lifts.Lift]) {
    for lift in lifts {
      if let record = accounts[lift.instance]?.drift.lift(lift.id, reason: lift.reason) {
        log.note([record])
      }
    }
  }

  /// Takes note of tools that people accepted.
  func take(_ acceptances: [ToolPins.Acceptance]) {
    let records = pins.take(acceptances)
    if !records.isEmpty { log.note(records) }
  }

  /// Counts a call that begins.
  func begin(_ account: Account) {
    running += 1
    account.running += 1
  }

  /// Counts a call that ended.
  func end(_ account: Account) {
    running -= 1
    account.running -= 1
    if isStopping, running == 0 { stopped?.succeed(()) }
  }

  var runningCount: Int { running }

  private var strangerNotedAt = 0

  /// Whether a refusal of somebody unknown is worth a line: one a second is.
  func mayNoteStranger() -> Bool {
    let now = RecordTime.now
    if now - strangerNotedAt < 1_000 { return false }
    strangerNotedAt = now
    return true
  }

  /// Begins nothing new; the future tells when what ran has ended.
  func stop() -> EventLoopFuture<Void> {
    if let stopped { return stopped.futureResult }
    isStopping = true
    let promise = loop.makePromise(of: Void.self)
    stopped = promise
    if running == 0 { promise.succeed(()) }
    return promise.futureResult
  }
}
