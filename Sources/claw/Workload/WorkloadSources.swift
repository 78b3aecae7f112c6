import ArgumentParser
import Diagnostics
import Driver
import Emitters
import IR
import Runtime
import Source

/// Workloads and fleets by the files that they stand in.
enum WorkloadSources {
  /// The file of a path; `-` is standard input.
  static func file(_ path: String) throws -> SourceFile {
    var status = Status.done
    if path == "-" {
      let inputs = Inputs.find(["-"], as: .workload, status: &status)
      guard let file = inputs.first?.file else { throw status }
      return file
    }
    guard let file = Inputs.read(path, &status) else { throw status }
    return file
  }

  /// The workload of a file, or of a pod's service, which is sound; its findings are reported.
  ///
  /// - Parameter path: a workload's file, a pod's file with one workload, or `POD#SERVICE`.
  static func plan(_ path: String, _ report: ReportOptions) throws -> WorkloadPlan {
    var bag = DiagnosticBag()
    let found = try plans(path, into: &bag)
    let status = report.report(bag, isQuiet: !bag.hasErrors, besidesData: true)
    guard status == .done else { throw status }
    if let only = found.first, found.count == 1 { return only }
    guard FileKind(path: path, isNamed: true) == .pod else { throw Status.invalid }
    Console.say(
      found.isEmpty
        ? "claw: no service of '\(path)' has an x-claw.workload"
        : "claw: '\(path)' has the workloads \(found.map(\.service).joined(separator: ", ")): "
          + "write \(path)#\(found[0].service)")
    throw Status.usage
  }

  /// The workloads of a file: the one that it is, or all that a pod has, or `POD#SERVICE`; their findings are added.
  static func plans(_ path: String, into bag: inout DiagnosticBag) throws -> [WorkloadPlan] {
    let parts = path.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard FileKind(path: parts[0], isNamed: true) == .pod else {
      return [WorkloadCompiler.compile(try file(path), into: &bag)].compactMap { $0 }
    }
    let compilation = Compiler.compile(
      try file(parts[0]), kind: .pod, files: DiskFiles(), options: CompileOptions.here(parts[0]))
    bag.add(contentsOf: compilation.bag)
    let all = compilation.pod?.workloads ?? []
    guard parts.count > 1, compilation.pod != nil else { return all }
    let found = all.filter { $0.service == parts[1] }
    guard found.isEmpty else { return found }
    Console.say("claw: '\(parts[0])' has no workload '\(parts[1])'")
    let names = all.map(\.service).joined(separator: ", ")
    Console.say(all.isEmpty ? "  no service of it has an x-claw.workload" : "  there are: \(names)")
    throw Status.usage
  }

  /// The fleet of a file, which is sound; its findings are reported.
  static func fleet(_ path: String, _ report: ReportOptions) throws -> Fleet {
    var bag = DiagnosticBag()
    let fleet = WorkloadCompiler.fleet(try file(path), into: &bag)
    let status = report.report(bag, besidesData: true)
    guard let fleet, status == .done else { throw status == .done ? Status.invalid : status }
    return fleet
  }

  /// The tenancy of a file, which is sound; its findings are reported.
  static func tenancy(_ path: String, _ report: ReportOptions) throws -> Tenancy {
    var bag = DiagnosticBag()
    let tenancy = TenancyCompiler.compile(try file(path), into: &bag)
    let status = report.report(bag, isQuiet: !bag.hasErrors, besidesData: true)
    guard let tenancy, status == .done else { throw status == .done ? Status.invalid : status }
    return tenancy
  }
}

/// What engine a workload is for, and what may be lost on the way.
struct TargetOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The engine: \(WorkloadTarget.words).", valueName: "engine"))
  var target: String
  @Option(
    help: ArgumentHelp("Fields that the engine can't express and that may be lost.", valueName: "field"))
  var waive: [String] = []

  /// The engine that is meant.
  func resolved() throws -> WorkloadTarget {
    if let target = WorkloadTarget(target) { return target }
    if target == "kubernetes" || target.utf8.starts(with: "kubernetes@".utf8) {
      Console.say("claw: '\(target)' is no version of Kubernetes that claw knows; a manifest is for one version")
      let minors = WorkloadTarget.kubernetesMinors
      Console.say("  there are: kubernetes@1.\(minors.lowerBound) to kubernetes@1.\(minors.upperBound)")
      throw Status.usage
    }
    let words = ["slurm", "slurm-plain", "compose", "swarm", "json", "protobuf", "kubernetes@1.37"]
    Console.say("claw: there is no engine '\(target)'")
    Console.say(
      Suggestion.nearest(to: target, in: words).map { "help: did you mean '\($0)'?" }
        ?? "help: there are \(WorkloadTarget.words)")
    throw Status.usage
  }

  /// What a workload becomes; what would be lost is reported and ends the command.
  func emitted(_ plan: WorkloadPlan, _ report: ReportOptions) throws -> EmittedWorkload {
    var bag = DiagnosticBag()
    let target = try resolved()
    let emitted = WorkloadCompiler.emit(plan, for: target, waived: waived, into: &bag)
    let status = report.report(bag, besidesData: true)
    sayNeedless(emitted ?? WorkloadEmitter.emit(plan, for: target, waived: waived))
    guard let emitted, status == .done else { throw status == .done ? Status.invalid : status }
    return emitted
  }

  /// The fields that may be lost.
  var waived: Set<String> { Set(waive.flatMap { $0.split(separator: ",").map(String.init) }) }

  /// A waiver for something that is not lost says that somebody thinks it is.
  func sayNeedless(_ emitted: EmittedWorkload) {
    for field in waived.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    where !emitted.losses.contains(where: { $0.field == field }) {
      let meant = Suggestion.nearest(to: field, in: emitted.losses.map(\.field))
      Console.say(
        meant.map { "claw: nothing is lost of '\(field)'; did you mean --waive \($0)?" }
          ?? "claw: nothing is lost of '\(field)'; --waive \(field) can go")
    }
  }
}
