package import IR

/// Why a node doesn't take a worker. The reasons are looked for in this order, and the first is said.
package enum NodeRefusal: Sendable, Hashable {
  /// It takes no new work.
  case drained
  /// The workload's queue may not use it; nil for a workload without one.
  case queue(String?)
  case label(WorkloadPlan.Label)
  case condition(WorkloadPlan.Condition, is: WorkloadPlan.Condition.Status)
  /// It hasn't as many GPUs in all.
  case gpuCount(Int, needs: Int)
  /// Too few of its GPUs have a trait that the request asks for, and those before it.
  case gpus(GPURequest.Trait, Int, needs: Int)
  /// No so many of its GPUs are joined as it is demanded.
  case link(GPURequest.Link, needs: Int)
  case cores(Int, needs: Int)
  /// In MiB.
  case memory(Int, needs: Int)
  /// Too few cores are free.
  case coresFree(Int, of: Int, needs: Int)
  /// Too little memory is free, in MiB.
  case memoryFree(Int, of: Int, needs: Int)
  /// Too few of the GPUs that would do are free.
  case gpusFree(Int, of: Int, needs: Int)
  /// Enough are free, but not so many that are joined as it is demanded.
  case linkFree(GPURequest.Link, free: Int, needs: Int)
  /// A worker would fit, but the fleet has no such level to stay within.
  case level(String)
  /// A worker would fit, but all that must run together don't fit into what the node shares with others: the level's name, the domain's.
  case domain(level: String, name: String, holds: Int, needs: Int)
  /// It would hold more workers than the workload lets it, and more workers have no place.
  case workersPerNode(Int, holds: Int)

  /// The reason as a phrase.
  package var text: String {
    switch self {
    case .drained: "takes no new work"
    case .queue(let queue): queue.map { "not for queue \($0)" } ?? "only for workloads of some queues"
    case .label(let label): "no label \(label.key)=\(label.value)"
    case .condition(let condition, let status):
      "\(condition.type) is \(status.rawValue), not \(condition.status.rawValue)"
    case .gpuCount(let has, let needs): "has \(Self.gpus(has)) of \(needs)"
    case .gpus(let trait, let has, let needs): "\(Self.phrase(trait, has)), \(needs) needed"
    case .link(let link, let needs): "no \(Self.gpus(needs)) joined by \(Self.phrase(link))"
    case .cores(let has, let needs): "has \(has) of \(needs) cores"
    case .memory(let has, let needs): "has \(has) of \(needs) MiB of memory"
    case .coresFree(let free, let all, let needs): "\(free) of \(all) cores are free, \(needs) needed"
    case .memoryFree(let free, let all, let needs): "\(free) of \(all) MiB of memory are free, \(needs) needed"
    case .gpusFree(let free, let all, let needs):
      "\(free) of \(Self.gpus(all)) \(free == 1 ? "is" : "are") free, \(needs) needed"
    case .linkFree(let link, let free, let needs):
      "of \(free) free GPUs no \(needs) are joined by \(Self.phrase(link))"
    case .level(let level): "the fleet has no level \(level)"
    case .domain(let level, let name, let holds, let needs):
      "\(name.isEmpty ? "the \(level)" : "\(level) \(name)") holds \(holds) of \(needs) workers"
    case .workersPerNode(let limit, let holds): "would hold \(holds) workers, may hold \(limit)"
    }
  }

  private static func gpus(_ count: Int) -> String { count == 1 ? "1 GPU" : "\(count) GPUs" }

  private static func phrase(_ link: GPURequest.Link) -> String {
    switch link {
    case .nvlink: "NVLink"
    case .socket: "one socket"
    }
  }

  private static func phrase(_ trait: GPURequest.Trait, _ count: Int) -> String {
    let verb = count == 1 ? "is" : "are"
    return switch trait {
    case .health: "\(gpus(count)) \(verb) healthy"
    case .type: "\(gpus(count)) \(verb) of the type"
    case .memory: "\(gpus(count)) \(count == 1 ? "has" : "have") the memory"
    case .model: "\(gpus(count)) \(verb) of the model"
    case .selector: "\(gpus(count)) \(count == 1 ? "meets" : "meet") the selector"
    }
  }
}
