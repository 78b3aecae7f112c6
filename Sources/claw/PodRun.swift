import Driver
import IR
import Runtime
import Source

/// One run of `claw up`, step by step; each step throws the status that the command ends with.
struct PodRun {
  let tool: DockerTool
  let pod: PodPlan
  let compilation: Compilation
  /// The generated compose file.
  let file: Compilation.Artifact

  private var project: PodProject { PodProject(file: file.path, name: pod.name) }
  private var folder: String { FilePath.join(pod.folder, ".claw/\(pod.name)") }

  /// Refuses addresses that something else on this machine has.
  func checkAddresses() throws {
    guard !pod.networks.isEmpty else { return }
    let used = try Engine.run { () throws(EngineFailure) in try SubnetCheck.used(tool, project: pod.name) }
    let conflicts = SubnetCheck.conflicts(pod.networks, with: used)
    for conflict in conflicts {
      Console.say(
        "claw: the addresses \(conflict.subnet) of the network '\(conflict.network)' are taken by \(conflict.other)")
    }
    guard conflicts.isEmpty else {
      Console.say("  give the pod another range: 'network-range' in its x-claw block")
      throw Status.engine
    }
  }

  /// Keeps other runs away from this pod.
  func lock() throws -> PodLock { try PodLocks.take(folder) }

  /// Puts the generated files on disk, what containers mount first and the compose file last.
  func write(isQuiet: Bool) throws {
    try Artifacts.writeAll(compilation, isQuiet: isQuiet)
    let broken = ObjectCheck.broken(pod)
    if broken.isEmpty { return }
    for path in broken { Console.say("claw: '\(path)' is not what was compiled: something else changes it") }
    throw Status.refused
  }

  /// Builds the images of the pod: all, or those that are missing or whose Dockerfile has changed.
  func build(always: Bool, isQuiet: Bool) throws {
    let config = try readConfig()
    let built = config.services.filter(\.isBuilt)
    guard !built.isEmpty else { return }
    var names = built.map(\.name)
    if !always {
      let images = try Engine.run { () throws(EngineFailure) in try config.imageIDs(tool) }
      names = built.filter { images[$0.image] == nil || isStale($0) }.map(\.name)
    }
    // Instances of a claw share one image: building it once is enough.
    var seen: Set<String> = []
    names = built.filter { names.contains($0.name) && seen.insert($0.image).inserted }.map(\.name)
    guard !names.isEmpty else { return }
    if !isQuiet { Console.say("building \(names.joined(separator: ", "))") }
    try BuildProgress(isQuiet: isQuiet).run(
      tool, tool.compose(project, ["build"] + names, progress: "plain"), compilation)
    BuildNotes.write(pod, in: folder)
  }

  private func isStale(_ service: PodConfig.Service) -> Bool {
    guard let claw = service.labels["claw.service"], let build = pod.builds.first(where: { $0.service == claw }) else {
      return false
    }
    return !BuildNotes.isCurrent(build, in: folder)
  }

  /// What will happen.
  func plan(keepsVolumes: Bool) throws -> UpPlan {
    let config = try readConfig()
    return try Engine.run { () throws(EngineFailure) in
      let images = try config.imageIDs(tool)
      let containers = try PodState.containers(tool, project: pod.name)
      let volumes = try PodState.volumes(tool, project: pod.name)
      var plan = UpPlan.make(config, images: images, containers: containers, volumes: volumes, pod: pod)
      if keepsVolumes { plan.volumes = [] }
      return plan
    }
  }

  private func readConfig() throws -> PodConfig {
    try Engine.run { () throws(EngineFailure) in
      try PodConfig.read(file.bytes, folder: pod.folder, name: pod.name, tool)
    }
  }

  /// Lets compose do what the plan says.
  func start(_ plan: UpPlan, waits: Bool, isQuiet: Bool) throws {
    var words = ["up", "-d", "--remove-orphans", "--no-build"]
    if waits { words.append("--wait") }
    let child = tool.compose(project, words, progress: isQuiet ? "quiet" : nil)
    do {
      try Engine.run { () throws(EngineFailure) in try tool.passThrough(child) }
    } catch Status.engine {
      // A claw that does not come up is the better explanation, if that is what it was.
      try check(plan)
      throw Status.engine
    }
  }

  /// Looks whether every claw runs and can't change its contract.
  func check(_ plan: UpPlan) throws {
    guard !pod.claws.isEmpty else { return }
    let problems = try Engine.run { () throws(EngineFailure) in
      try StartCheck.run(tool, pod: pod, fresh: plan.fresh)
    }
    for problem in problems {
      Console.say("claw: '\(problem.service)' \(problem.message)")
      if problem.isInvariant { continue }
      let words = ["logs", "--no-log-prefix", "--no-color", "--tail", "10", problem.service]
      if let text = try? tool.output(tool.compose(project, words)) {
        for line in text.split(separator: "\n") { Console.say("  \(problem.service) | \(String(line).withoutErase)") }
      }
    }
    if problems.contains(where: \.isInvariant) { throw Status.refused }
    if !problems.isEmpty { throw Status.unhealthy }
  }

  /// Removes what belonged to ordinals that are gone.
  func removeVolumes(_ plan: UpPlan) throws {
    guard !plan.volumes.isEmpty else { return }
    try Engine.run { () throws(EngineFailure) in
      let volumes = try PodState.volumes(tool, project: pod.name)
      let names = plan.volumes.compactMap { volumes[$0] }
      if !names.isEmpty { _ = try tool.output(["volume", "rm", "--"] + names) }
    }
  }
}

/// The lock of a pod, with what to say where another run has it.
enum PodLocks {
  /// Takes the lock.
  static func take(_ folder: String) throws -> PodLock {
    do throws(PodLock.Failure) { return try PodLock(folder: folder) } catch {
      switch error {
      case .held(let holder):
        Console.say("claw: another run is changing this pod" + (holder.isEmpty ? "" : " (process \(holder))"))
      case .system(let path, let reason): Console.say("claw: '\(path)': \(reason)")
      }
      throw Status.failed
    }
  }
}
