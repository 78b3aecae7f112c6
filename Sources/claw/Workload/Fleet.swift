import ArgumentParser
import Emitters
import JSON
import Lowering
import Runtime
import Source

/// `claw fleet probe`
struct FleetProbe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Writes this machine as a fleet: its cores, its memory, and the GPUs that its drivers' tools know.",
    discussion: """
      EXAMPLES
        claw fleet probe
        claw fleet probe > this-machine.yml
      """)

  func run() throws {
    let found = Runtime.FleetProbe.run(environment: ProcessEnvironment.current)
    Console.write(FleetText.write(found.fleet, notes: found.notes))
  }
}

/// `claw fleet import`
struct FleetImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Writes a fleet from what another tool says of it.",
    discussion: """
      The tools: 'kubectl get nodes -o json', 'scontrol --details --oneliner show node', 'docker info --format {{json .}}'.
      With Slurm's partitions behind its nodes, the default one is where workloads go that name no queue.

      EXAMPLES
        kubectl get nodes -o json | claw fleet import kubernetes - > fleet.yml
        (scontrol -d -o show node; scontrol -o show partition) | claw fleet import slurm - > fleet.yml
      """)

  /// Whose description it is.
  enum Origin: String, ExpressibleByArgument, CaseIterable { case kubernetes, slurm, docker }

  @Argument(help: "Whose description it is: kubernetes, slurm or docker.") var origin: Origin
  @Argument(help: "The description; '-' for standard input.", completion: .file()) var file: String

  func run() throws {
    let source = try WorkloadSources.file(file)
    guard let found = read(source) else {
      Console.say("claw: '\(file)' is no description of \(origin.rawValue)'s nodes")
      throw Status.invalid
    }
    Console.write(FleetText.write(found.fleet, notes: found.notes))
  }

  private func read(_ file: SourceFile) -> ImportedFleet? {
    switch origin {
    case .slurm: SlurmNodes.fleet(String(decoding: file.bytes, as: UTF8.self))
    case .kubernetes: (try? JSONParser.parse(Array(file.bytes))).flatMap { KubernetesNodes.fleet($0) }
    case .docker: (try? JSONParser.parse(Array(file.bytes))).flatMap { DockerMachine.fleet($0) }
    }
  }
}
