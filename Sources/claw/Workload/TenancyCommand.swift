import ArgumentParser
import Diagnostics
import Driver
import Emitters
import IR
import Runtime
import Source

/// `claw tenancy`
struct TenancyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenancy",
    abstract: "Tenancies: who shares a cluster, how much each may have, and who may do what.",
    discussion: """
      EXAMPLES
        claw tenancy check tenants.yml
        claw tenancy emit tenants.yml --target kubernetes@1.37 > tenancy.kubernetes.yml
        claw workload check --tenancy tenants.yml --tenant research jobs/*.yml
      """,
    subcommands: [TenancyCheck.self, TenancyEmit.self])
}

/// `claw tenancy check`
struct TenancyCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks tenancies, and says what they have.",
    discussion: """
      EXAMPLES
        claw tenancy check tenants.yml
      """)

  @Argument(help: "Tenancies.", completion: .file()) var files: [String]
  @OptionGroup var report: ReportOptions

  func run() throws {
    var bag = DiagnosticBag()
    var sound: [(String, Tenancy)] = []
    for path in files {
      if let found = TenancyCompiler.compile(try WorkloadSources.file(path), into: &bag) { sound.append((path, found)) }
    }
    let status = report.report(bag)
    if report.format == .text {
      for (path, tenancy) in sound {
        let namespaces = tenancy.tenants.reduce(0) { $0 + $1.namespaces.count }
        Console.write("\(path): \(tenancy.tenants.count) tenants, \(namespaces) namespaces\n")
      }
    }
    if status != .done { throw status }
  }
}

/// `claw tenancy emit`
struct TenancyEmit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emit",
    abstract:
      "Writes a tenancy for Kubernetes: namespaces, quotas and roles; what it can't express is an error unless waived.",
    discussion: """
      EXAMPLES
        claw tenancy emit tenants.yml --target kubernetes@1.37 > tenancy.kubernetes.yml
      """)

  @Argument(help: "A tenancy; '-' for standard input.", completion: .file()) var file: String
  @OptionGroup var target: TargetOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    guard case .kubernetes(let minor) = try target.resolved() else {
      Console.say("claw: a tenancy is written for Kubernetes alone")
      throw Status.usage
    }
    var bag = DiagnosticBag()
    let tenancy = try WorkloadSources.tenancy(file, report)
    let emitted = TenancyCompiler.emit(tenancy, minor: minor, waived: target.waived, into: &bag)
    let status = report.report(bag, besidesData: true)
    guard let emitted, status == .done, let made = emitted.files.first else {
      throw status == .done ? Status.invalid : status
    }
    target.sayNeedless(emitted)
    Console.write(made.bytes)
  }
}
