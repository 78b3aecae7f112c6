import ArgumentParser
import Diagnostics
import Driver
import IR
import Runtime
import Source

/// `claw up`
struct Up: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Compiles a pod, shows what will happen, and brings it up.",
    discussion: """
      Images are built from what lies there now, and what did not change keeps running. Nothing on disk or in Docker \
      changes if anything is wrong with the files. A removed ordinal's own volumes go with it.

      EXAMPLES
        claw up --build --wait
        claw up examples/desk --dry-run
      """)

  @OptionGroup var inputs: CompileInputs
  @Flag(name: .customLong("dry-run"), help: "Show the plan and change nothing.") var dryRun = false
  @Flag(help: "With --dry-run: write the plan as JSON.") var json = false
  @Flag(help: "Show the builds also where nothing has changed.") var build = false
  @Flag(name: .customLong("no-build"), help: "Build no image, not even one that is missing.") var noBuild = false
  @Flag(help: "Wait until everything is healthy.") var wait = false
  @Flag(name: .customLong("keep-volumes"), help: "Keep the volumes of removed ordinals.") var keepVolumes = false
  @OptionGroup var quiet: QuietOption
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if build, noBuild { throw ValidationError("--build and --no-build can't be meant both") }
    if json, !dryRun { throw ValidationError("--json is for the plan: use it with --dry-run") }
    if json, report.format != .text {
      throw ValidationError("--json and --format can't both have the standard output")
    }
  }

  func run() throws {
    let compilation = try compiled()
    guard let pod = compilation.pod, let file = compilation.artifacts.last else {
      Console.say("claw: only a pod can be brought up; an image is built with 'claw build'")
      throw Status.usage
    }
    try refuseUnsupported(pod)
    try checkSidecars(pod)
    let keys = try sidecarKeys(compilation, pod)
    let run = PodRun(
      tool: try engine.tool(isVerbose: verbose.verbose), pod: pod, compilation: compilation, file: file)
    try run.checkAddresses()
    if dryRun {
      let plan = try run.plan(keepsVolumes: keepVolumes)
      return Console.write(json ? PlanText.document(plan, pod: pod.name) : PlanText.text(plan, pod: pod.name))
    }
    let lock = try run.lock()
    defer { withExtendedLifetime(lock) {} }
    try RunRecording.step("claw up") { notes in
      // Before anything goes that a record is in.
      try notes.take(try run.records(), pod: pod.name)
      try up(run, pod, keys, notes.run)
      notes.note(compilation, pod: pod.name)
    }
  }

  private func up(_ run: PodRun, _ pod: PodPlan, _ keys: PodKeys, _ recorded: String?) throws {
    try run.writeParts(isQuiet: quiet.quiet)
    let stale = try run.prepareSidecars(keys, run: recorded, buildsImage: !noBuild, isQuiet: quiet.quiet)
    if !noBuild { try run.build(showsAll: build, isQuiet: quiet.quiet, isVerbose: verbose.verbose) }
    let plan = try run.plan(keepsVolumes: keepVolumes)
    if !quiet.quiet { Console.say(PlanText.text(plan, pod: pod.name)) }
    try run.publish(isQuiet: quiet.quiet)
    try run.start(plan, waits: wait, isQuiet: quiet.quiet)
    try run.check(plan)
    try run.restart(stale, unless: plan)
    try run.removeVolumes(plan)
    try run.sweep()
  }

  /// Compiles; what is refused is refused here, before anything changes.
  private func compiled() throws -> Compilation {
    if inputs.mode == .worker {
      Console.say(
        "claw: [\(EngineRules.notYet.name)] 'up --mode worker' comes with a later version; nothing was changed")
      throw Status.engine
    }
    return try inputs.compiled(report, isQuiet: quiet.quiet, isVerbose: verbose.verbose, besidesData: json)
  }

  /// Refuses what a sidecar would refuse.
  private func checkSidecars(_ pod: PodPlan) throws {
    guard let refusal = SidecarCheck.refusal(pod) else { return }
    Console.say("claw: \(refusal)")
    throw Status.invalid
  }

  /// What the sidecars need of this machine; what is missing is told here, before anything changes.
  private func sidecarKeys(_ compilation: Compilation, _ pod: PodPlan) throws -> PodKeys {
    var bag = DiagnosticBag()
    let keys = PodKeys(pod, compilation.environment, into: &bag)
    for file in keys.files {
      do throws(ArtifactStore.Failure) { try KeyFolder.check(file.path) } catch {
        bag.report(EngineRules.keyFile, at: file.location, "'\(error.path)': \(error.reason)")
      }
    }
    guard bag.hasErrors else { return keys }
    _ = report.report(bag, besidesData: json)
    throw Status.invalid
  }

  private func refuseUnsupported(_ pod: PodPlan) throws {
    guard !pod.unsupported.isEmpty else { return }
    var bag = DiagnosticBag()
    for item in pod.unsupported {
      bag.report(
        EngineRules.notYet, at: item.location, "the pod asks for \(item.message), which claw can't bring up yet",
        help: "nothing was changed; 'claw compile' works")
    }
    _ = report.report(bag, besidesData: json)
    throw Status.engine
  }
}
