import ArgumentParser
import Diagnostics
import Driver
import IR
import Runtime
import Source

/// `claw up`
struct Up: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compiles a pod, shows what will happen, and brings it up.",
    discussion: """
      What did not change keeps running. Nothing on disk or in Docker changes if anything is wrong with the files. A \
      removed ordinal's own volumes go with it.

      EXAMPLES
        claw up --build --wait
        claw up examples/desk --dry-run
      """)

  @OptionGroup var inputs: CompileInputs
  @Flag(name: .customLong("dry-run"), help: "Show the plan and change nothing.") var dryRun = false
  @Flag(help: "Build images first, also those that are there.") var build = false
  @Flag(name: .customLong("no-build"), help: "Build no image, not even one that is missing.") var noBuild = false
  @Flag(help: "Wait until everything is healthy.") var wait = false
  @Flag(name: .customLong("keep-volumes"), help: "Keep the volumes of removed ordinals.") var keepVolumes = false
  @Flag(name: .shortAndLong, help: "Say only what goes wrong.") var quiet = false
  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if build, noBuild { throw ValidationError("--build and --no-build can't be meant both") }
  }

  func run() throws {
    let compilation = try compiled()
    guard let pod = compilation.pod, let file = compilation.artifacts.last else {
      Console.say("claw: only a pod can be brought up; an image is built with 'claw build'")
      throw Status.usage
    }
    try refuseUnsupported(pod)
    let tool = try engine.tool()
    let run = PodRun(tool: tool, pod: pod, compilation: compilation, file: file)
    try run.checkAddresses()
    if dryRun {
      let plan = try run.plan(keepsVolumes: keepVolumes)
      return Console.write(PlanText.text(plan, pod: pod))
    }
    let lock = try run.lock()
    defer { withExtendedLifetime(lock) {} }
    try run.write(isQuiet: quiet)
    if !noBuild { try run.build(always: build, isQuiet: quiet) }
    let plan = try run.plan(keepsVolumes: keepVolumes)
    if !quiet { Console.say(PlanText.text(plan, pod: pod)) }
    try run.start(plan, waits: wait, isQuiet: quiet)
    try run.check(plan)
    try run.removeVolumes(plan)
  }

  /// Compiles; what is refused is refused here, before anything changes.
  private func compiled() throws -> Compilation {
    if inputs.mode == .worker {
      Console.say(
        "claw: [\(EngineRules.notYet.name)] 'up --mode worker' comes with a later version; nothing was changed")
      throw Status.engine
    }
    return try inputs.compiled(report)
  }

  private func refuseUnsupported(_ pod: PodPlan) throws {
    guard !pod.unsupported.isEmpty else { return }
    var bag = DiagnosticBag()
    for item in pod.unsupported {
      bag.report(
        EngineRules.notYet, at: item.location, "the pod asks for \(item.message), which claw can't bring up yet",
        help: "nothing was changed; 'claw compile' works")
    }
    _ = report.report(bag)
    throw Status.engine
  }
}
