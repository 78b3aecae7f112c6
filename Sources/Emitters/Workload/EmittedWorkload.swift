package import IR
import JSON

/// An engine that workloads are written for.
package enum WorkloadTarget: Sendable, Hashable {
  /// Kubernetes 1.`minor`.
  case kubernetes(minor: Int)
  /// Slurm, whose workers run in containers by pyxis, or plainly on the node.
  case slurm(isPlain: Bool)
  /// docker compose on one machine.
  case compose
  /// A stack of Docker Swarm.
  case swarm
  /// proto3's JSON mapping of grammars/claw.proto.
  case json
  /// The binary form of the same.
  case protobuf

  /// The versions of Kubernetes whose schemas the tests hold manifests against.
  package static let kubernetesMinors = 33...37

  /// The words for it, with those that need a version.
  package static let words = "kubernetes@1.37, slurm, slurm-plain, compose, swarm, json or protobuf"

  /// The target of a text; nil for any other.
  package init?(_ text: String) {
    switch text {
    case "slurm": self = .slurm(isPlain: false)
    case "slurm-plain": self = .slurm(isPlain: true)
    case "compose": self = .compose
    case "swarm": self = .swarm
    case "json": self = .json
    case "protobuf": self = .protobuf
    default:
      let prefix = "kubernetes@1."
      guard text.utf8.starts(with: prefix.utf8), let minor = Int(text.dropFirst(prefix.count)),
        Self.kubernetesMinors.contains(minor), String(minor).utf8.count + prefix.utf8.count == text.utf8.count
      else { return nil }
      self = .kubernetes(minor: minor)
    }
  }

  /// What people call it.
  package var name: String {
    switch self {
    case .kubernetes(let minor): "Kubernetes 1.\(minor)"
    case .slurm: "Slurm"
    case .compose: "docker compose"
    case .swarm: "Docker Swarm"
    case .json: "JSON"
    case .protobuf: "protobuf"
    }
  }
}

/// Something that an engine has no word for.
package struct WorkloadLoss: Sendable, Hashable {
  /// The field's path, as a waiver names it: `gpus.selector`.
  package var field: String
  /// Why it is lost, in a sentence without a full stop.
  package var reason: String

  /// Joins the two.
  package init(_ field: String, _ reason: String) {
    self.field = field
    self.reason = reason
  }
}

/// What a workload becomes for an engine.
package struct EmittedWorkload: Sendable {
  /// A file of it.
  package struct File: Sendable {
    /// Its name, without a folder.
    package var name: String
    package var bytes: [UInt8]

    /// Joins the two.
    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The file that is handed to the engine, and what else belongs to it.
  package var files: [File]
  /// What is lost, in the order of fields.
  package var losses: [WorkloadLoss]

  /// Joins the two.
  package init(files: [File], losses: [WorkloadLoss] = []) {
    self.files = files
    self.losses = losses
  }
}

/// Writes workloads for engines; each target has an emitter, a pure function.
package enum WorkloadEmitter {
  /// What a workload becomes.
  ///
  /// - Parameter waived: the fields that may be lost; what is lost all the same is in the result's losses, and the files
  ///   are of use only if each of those is waived.
  package static func emit(_ plan: WorkloadPlan, for target: WorkloadTarget, waived: Set<String>) -> EmittedWorkload {
    var emitted = artifact(plan, for: target, waived: waived)
    switch target {
    case .json, .protobuf: break
    case .kubernetes, .slurm, .compose, .swarm:
      // No engine tells anybody; Prometheus does, wherever a workload runs.
      if let rules = PrometheusRules.file(plan) { emitted.files.append(rules) }
    }
    return emitted
  }

  private static func artifact(_ plan: WorkloadPlan, for target: WorkloadTarget, waived: Set<String>) -> EmittedWorkload
  {
    switch target {
    case .json:
      let text = WorkloadWire.message(plan, id: plan.id).json.text(indented: true) + "\n"
      return EmittedWorkload(
        files: [.init(name: "\(plan.name).workload.json", bytes: Array(text.utf8))], losses: LossReport(plan).losses)
    case .protobuf:
      let bytes = ProtobufText.bytes(WorkloadWire.message(plan, id: plan.id))
      return EmittedWorkload(
        files: [.init(name: "\(plan.name).workload.pb", bytes: bytes)], losses: LossReport(plan).losses)
    case .slurm(let isPlain): return SlurmEmitter.emit(plan, isPlain: isPlain, waived: waived)
    case .compose: return ComposeWorkloadEmitter.emit(plan, isStack: false, waived: waived)
    case .swarm: return ComposeWorkloadEmitter.emit(plan, isStack: true, waived: waived)
    case .kubernetes(let minor): return KubernetesEmitter.emit(plan, minor: minor, waived: waived)
    }
  }
}

/// What is lost of a workload while it is written, and the lines that say so in the artifact.
struct LossReport {
  private(set) var losses: [WorkloadLoss] = []
  private let plan: WorkloadPlan

  /// What is lost for every engine, because the plan has no place for it.
  init(_ plan: WorkloadPlan) {
    self.plan = plan
    for key in plan.leftKeys {
      lose("service.\(key)", "of a service, engines get what x-claw.workload says")
    }
    if plan.isCommandFromShell {
      lose(
        "command",
        "words of it come from the shell of whoever compiles, and may be secrets: they would stand in the file")
    }
  }

  /// Says that a field is lost.
  mutating func lose(_ field: String, _ reason: String) {
    let loss = WorkloadLoss(field, reason)
    if !losses.contains(loss) { losses.append(loss) }
  }

  /// Says that a field is lost if the author wrote it; its default asks for nothing that anybody would miss.
  mutating func lose(ifSaid field: String, _ reason: String) {
    if plan.origins[field] != nil { lose(field, reason) }
  }

  /// The lines of a file's head: where it is from, and what was waived.
  func head(waived: Set<String>) -> [String] {
    ["Written by claw from the workload \(plan.id); edit that, not this."]
      + losses.filter { waived.contains($0.field) }.map { "waived: \($0.field): \($0.reason)" }
  }
}

/// Texts of generated files.
enum EmittedText {
  /// A text on one line, for a comment.
  static func oneLine(_ text: String) -> String {
    String(
      text.unicodeScalars.map {
        // All that YAML takes for the end of a line or does not let stand in a file.
        $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || [0x2028, 0x2029].contains($0.value) ? " " : Character($0)
      })
  }
}
