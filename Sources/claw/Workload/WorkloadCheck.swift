import ArgumentParser
import Diagnostics
import Driver
import IR
import JSON
import Source

/// `claw workload check`
struct WorkloadCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks workloads, and prints the id of each.",
    discussion: """
      EXAMPLES
        claw workload check train.yml
        claw workload check claw-pod.yml claw-pod.yml#train
        claw workload check --format sarif jobs/*.yml > findings.sarif
        claw workload check --tenancy tenants.yml --tenant research jobs/*.yml
      """)

  @Argument(help: "Workloads; of a pod all that it has, or POD#SERVICE.", completion: .file()) var files: [String]
  @Option(help: ArgumentHelp("Count them against a tenant's quota.", valueName: "file"), completion: .file())
  var tenancy: String?
  @Option(help: ArgumentHelp("The tenant.", valueName: "name")) var tenant: String?
  @Option(help: ArgumentHelp("The tenant's namespace that they are for.", valueName: "name")) var namespace: String?
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if (tenancy == nil) != (tenant == nil) { throw ValidationError("--tenancy and --tenant go together") }
    if namespace != nil, tenant == nil { throw ValidationError("--namespace needs --tenancy and --tenant") }
  }

  func run() throws {
    var bag = DiagnosticBag()
    var sound: [WorkloadPlan] = []
    // One that can't be read takes nothing from what is said of the others.
    var unread: Status?
    for path in files {
      do { sound += try WorkloadSources.plans(path, into: &bag) } catch let status as Status { unread = status }
    }
    if let tenancy, let tenant {
      let file = try WorkloadSources.tenancy(tenancy, report)
      guard TenancyCompiler.count(sound, against: file, tenant: tenant, namespace: namespace, into: &bag) else {
        let what = namespace.map { "namespace '\($0)' of the tenant '\(tenant)'" } ?? "tenant '\(tenant)'"
        Console.say("claw: '\(tenancy)' has no \(what)")
        throw Status.usage
      }
    }
    let status = report.report(bag)
    if report.format == .text { for plan in sound { Console.write("\(plan.id)\n") } }
    if let unread { throw unread }
    if status != .done { throw status }
  }
}

/// `claw workload show`
struct WorkloadShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Prints a workload with every default filled in, as text or as JSON.",
    discussion: """
      EXAMPLES
        claw workload show train.yml
        claw workload show train.yml --json | jq .gpus
      """)

  @Argument(help: "A workload; '-' for standard input.", completion: .file()) var file: String
  @Flag(help: "Write the JSON form of grammars/claw.proto.") var json = false
  @OptionGroup var report: ReportOptions

  func run() throws {
    let plan = try WorkloadSources.plan(file, report)
    let value = WorkloadWire.message(plan, id: plan.id).json
    if json { return Console.write(value.text(indented: true) + "\n") }
    var lines: [String] = []
    Self.write(value, "", into: &lines)
    Console.write(lines.map { $0 + "\n" }.joined())
  }

  /// A line for each value, with its path in front.
  private static func write(_ value: JSONValue, _ path: String, into lines: inout [String]) {
    switch value {
    case .object(let members):
      for member in members { write(member.value, path.isEmpty ? member.name : "\(path).\(member.name)", into: &lines) }
    case .array(let elements):
      if elements.allSatisfy({ $0.string != nil }) {
        return lines.append("\(path): \(elements.map { $0.text() }.joined(separator: " "))")
      }
      for (index, element) in elements.enumerated() { write(element, "\(path)[\(index)]", into: &lines) }
    // What would pretend to be a line of its own stands between quotes.
    case .string(let text): lines.append("\(path): \(text.printable == text ? text : value.text().printable)")
    default: lines.append("\(path): \(value.text())")
    }
  }
}

/// `claw fleet check`
struct FleetCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks a fleet, and says what it has.",
    discussion: """
      EXAMPLES
        claw fleet check fleet.yml
        claw fleet check --format sarif fleets/*.yml > findings.sarif
      """)

  @Argument(help: "Fleets.", completion: .file()) var files: [String]
  @OptionGroup var report: ReportOptions

  func run() throws {
    try FileChecks.run(try files.map(WorkloadSources.file), report, WorkloadCompiler.fleet) { file, fleet in
      let gpus = fleet.nodes.reduce(0) { $0 + $1.gpus.count }
      let taken = fleet.running.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.gpus.count } }
      return "\(file.path): \(fleet.nodes.count) nodes, \(gpus) GPUs, \(taken) of them taken"
    }
  }
}
