import ArgumentParser

/// `claw workload`
struct WorkloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workload",
    abstract: "Workloads on GPUs: says them once, places them, hands them to the scheduler that is there.",
    discussion: """
      EXAMPLES
        claw workload intent "Run Llama 70B on 4 H100s" -o llama.yml
        claw workload plan llama.yml --fleet fleet.yml
        claw workload submit llama.yml --target slurm
      """,
    subcommands: [
      WorkloadCheck.self, WorkloadShow.self, WorkloadIntentCommand.self, WorkloadPlanCommand.self, WorkloadEmit.self,
      WorkloadSubmit.self, WorkloadStatusCommand.self, WorkloadLogs.self, WorkloadCancel.self,
    ])
}

/// `claw fleet`
struct FleetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Fleets: the machines that workloads are placed on.",
    discussion: """
      EXAMPLES
        claw fleet probe > this-machine.yml
        kubectl get nodes -o json | claw fleet import kubernetes - > fleet.yml
      """,
    subcommands: [FleetCheck.self, FleetProbe.self, FleetImport.self])
}
