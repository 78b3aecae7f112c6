package import Emitters
import Glibc
package import IR
import JSON
import Processes
package import Source

/// An engine that runs workloads, by its own command.
///
/// Nothing is kept of what was handed to it: the engine is asked for what has the workload's id.
package struct WorkloadEngine: Sendable {
  /// The engines.
  package enum Kind: Sendable {
    case slurm
    /// Kubernetes 1.`minor`.
    case kubernetes(minor: Int)
    case compose
  }

  package let kind: Kind
  private let environment: Environment
  /// Gets each call before it is made; nil where nobody wants to know.
  package var trace: (@Sendable (String) -> Void)?
  /// The namespace of Kubernetes; nil for the usual.
  package var namespace: String?

  /// The engine of a target; nil where a target is only a format.
  package init?(_ target: WorkloadTarget, environment: Environment) {
    switch target {
    case .slurm: kind = .slurm
    case .kubernetes(let minor): kind = .kubernetes(minor: minor)
    case .compose: kind = .compose
    case .swarm, .json, .protobuf: return nil
    }
    self.environment = environment
  }

  /// Hands a workload over; what the engine calls it.
  package func submit(_ plan: WorkloadPlan, _ emitted: EmittedWorkload) throws(EngineFailure) -> String {
    guard let file = emitted.files.first else { throw EngineFailure(.failed, "there is nothing to hand over") }
    switch kind {
    case .slurm:
      if let open = try jobs(plan).first(where: { !$0.worker.state.isFinal }) {
        throw EngineFailure(
          .failed, "\(plan.id) is \(open.worker.state.rawValue) as job \(open.id) already: cancel that first")
      }
      // A deadline is in the zone of whoever submits it.
      let text = try output("sbatch", ["--parsable"], input: file.bytes, variables: ["TZ": "UTC"])
      return String(text.trimmed.prefix { $0 != ";" })
    case .kubernetes:
      // Jobs don't change: applied again, one that has ended stays as it is.
      if plan.kind == .job, let found = try status(plan), found.state.isFinal {
        throw EngineFailure(
          .failed, "\(plan.id) is there already, and is \(found.state.rawValue): 'claw workload cancel' takes it away")
      }
      _ = try output("kubectl", scope + ["apply", "-f", "-"], input: file.bytes, timeout: .seconds(120))
      if case .kubernetes(let minor) = kind, plan.kind == .service { try removeLeftovers(plan, minor: minor) }
      return plan.id
    case .compose:
      _ = try output(
        "docker", compose(plan) + ["-f", "-", "up", "--detach", "--quiet-pull"], input: file.bytes,
        timeout: .seconds(600))
      return plan.id
    }
  }

  /// What became of a workload; nil where the engine knows nothing of it.
  package func status(_ plan: WorkloadPlan) throws(EngineFailure) -> WorkloadStatus? {
    switch kind {
    case .slurm: return WorkloadStatus(SlurmStatus.latest(try jobs(plan)).map(\.worker))
    case .kubernetes(let minor):
      let kinds = WorkloadEmitter.kubernetesKinds(plan, minor: minor).filter { kind in
        ["job.", "deployment.", "rollout."].contains { kind.utf8.starts(with: $0.utf8) }
      }
      let words = ["get", (kinds + ["pods"]).joined(separator: ","), "-l", label(plan), "-o", "json"]
      let text = try output("kubectl", scope + words)
      guard let list = try? JSONParser.parse(Array(text.utf8)) else {
        throw EngineFailure(.failed, "'kubectl get' wrote no JSON")
      }
      return KubernetesStatus.status(list)
    case .compose:
      return WorkloadStatus(
        ComposeStatus.workers(try output("docker", compose(plan) + ["ps", "--all", "--format", "json"])))
    }
  }

  /// What the workers of a workload say, each with its name.
  package func logs(_ plan: WorkloadPlan, tail: Int?) throws(EngineFailure) -> [(worker: String, text: [UInt8])] {
    switch kind {
    case .slurm:
      var result: [(worker: String, text: [UInt8])] = []
      for job in SlurmStatus.latest(try jobs(plan)) where !job.output.isEmpty {
        guard let file = try? DiskFiles().read(job.output, within: nil, limit: 64 << 20) else { continue }
        result.append((job.id, Self.last(tail, of: Array(file.bytes))))
      }
      return result
    case .kubernetes:
      var words = ["logs", "-l", label(plan), "--prefix", "--all-containers", "--tail=\(tail ?? -1)"]
      words.append("--max-log-requests=1000")
      return [("", Array(try output("kubectl", scope + words).utf8))]
    case .compose:
      let words = ["logs", "--no-color"] + (tail.map { ["--tail", String($0)] } ?? [])
      return [("", Array(try output("docker", compose(plan) + words).utf8))]
    }
  }

  /// Ends a workload; false where the engine knows nothing of it that could be ended.
  package func cancel(_ plan: WorkloadPlan) throws(EngineFailure) -> Bool {
    switch kind {
    case .slurm:
      let open = try jobs(plan).filter { !$0.worker.state.isFinal }.map(\.id)
      guard !open.isEmpty else { return false }
      _ = try output("scancel", open)
      return true
    case .kubernetes(let minor):
      // What is deleted is what was made of the workload, and nothing else that happens to have its label.
      let kinds = WorkloadEmitter.kubernetesKinds(plan, minor: minor).joined(separator: ",")
      let text = try output(
        "kubectl",
        scope + ["delete", kinds, "-l", plan.kind == .service ? nameLabel(plan) : label(plan), "--ignore-not-found"],
        timeout: .seconds(360))
      return !text.trimmed.isEmpty
    case .compose:
      guard try status(plan) != nil else { return false }
      _ = try output(
        "docker", compose(plan) + ["down", "--timeout", String(plan.queueing.grace)], timeout: .seconds(600))
      return true
    }
  }

  /// Takes away what an earlier version of a service had and this one has not: its scaler, or what kept its workers.
  private func removeLeftovers(_ plan: WorkloadPlan, minor: Int) throws(EngineFailure) {
    let kinds = WorkloadEmitter.kubernetesKinds(plan, minor: minor)
    for kind in ["deployment.v1.apps", "horizontalpodautoscaler.v2.autoscaling"] + Self.foreignKinds
    where !kinds.contains(kind) {
      let words = ["delete", kind, "-l", "\(nameLabel(plan)),\(Self.idLabel)!=\(plan.id)", "--ignore-not-found"]
      do throws(EngineFailure) {
        _ = try output("kubectl", scope + words, timeout: .seconds(360))
      } catch {
        // A cluster without Argo Rollouts or KEDA doesn't know their kinds, and so has nothing of them.
        if !Self.foreignKinds.contains(kind) { throw error }
      }
    }
  }

  private static let foreignKinds = ["rollout.v1alpha1.argoproj.io", "scaledobject.v1alpha1.keda.sh"]

  private func jobs(_ plan: WorkloadPlan) throws(EngineFailure) -> [SlurmStatus.Job] {
    SlurmStatus.jobs(try output("scontrol", ["--oneliner", "show", "job"]), id: plan.id, user: Int(getuid()))
  }

  private static let idLabel = "claw.workload/id"

  private func label(_ plan: WorkloadPlan) -> String { "\(Self.idLabel)=\(plan.id)" }
  /// Of a service, whatever its version.
  private func nameLabel(_ plan: WorkloadPlan) -> String { "claw.workload/name=\(plan.name)" }

  private var scope: [String] { namespace.map { ["--namespace", $0] } ?? [] }

  private func compose(_ plan: WorkloadPlan) -> [String] { ["compose", "-p", plan.id] }

  private static func last(_ count: Int?, of bytes: [UInt8]) -> [UInt8] {
    guard let count else { return bytes }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let full = bytes.last == 0x0A ? lines.dropLast() : lines[...]
    return full.suffix(count).flatMap { $0 + [0x0A] }
  }

  // MARK: Calls

  private func output(
    _ program: String, _ arguments: [String], input: [UInt8]? = nil, variables: [String: String] = [:],
    timeout: Duration = .seconds(60)
  ) throws(EngineFailure) -> String {
    guard let path = Programs.find(program, environment: environment) else {
      throw EngineFailure(.missing, "there is no '\(program)' command on PATH")
    }
    var child = ChildProcess(path, arguments)
    child.environment = variables
    trace?(([program] + arguments).map(ShellText.word).joined(separator: " "))
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) { result = try child.capture(input: input, timeout: timeout) } catch {
      throw EngineFailure(error, running: program)
    }
    guard result.status == 0 else {
      let said = result.complaint.split(separator: "\n").suffix(12).map { "  \(program): \($0)" }
      throw EngineFailure(
        .failed, (["'\(program)' failed with status \(result.status)"] + said).joined(separator: "\n"))
    }
    return result.text
  }
}
