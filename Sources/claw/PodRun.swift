import Driver
import IR
import Processes
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
    let moved = try Engine.run { () throws(EngineFailure) in try SubnetCheck.moved(pod, tool) }
    for network in moved {
      Console.say(
        "claw: the network '\(network.network)' has the addresses \(network.other) and needs \(network.subnet) now")
    }
    guard moved.isEmpty else {
      Console.say("  run 'claw down', then 'claw up': volumes stay")
      throw Status.engine
    }
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

  /// What the sidecars wrote down so far.
  func records() throws -> SidecarRecords {
    try SidecarRecords(
      try Engine.run { () throws(EngineFailure) in try PodState.containers(tool, project: pod.name) }, tool)
  }

  /// Keeps other runs away from this pod.
  func lock() throws -> PodLock { try PodLocks.take(folder) }

  /// Puts what images and containers are made of on disk. The compose file is not among it: until something starts, the
  /// one on disk belongs to what runs, and `down` needs that.
  func writeParts(isQuiet: Bool) throws {
    var parts = compilation
    parts.artifacts.removeAll { $0.path == file.path }
    try Artifacts.writeAll(parts, isQuiet: isQuiet)
    let broken = ObjectCheck.broken(pod)
    if broken.isEmpty { return }
    for path in broken { Console.say("claw: '\(path)' is not what was compiled: something else changes it") }
    throw Status.refused
  }

  /// Gives the sidecars what they need: folders, tokens, keys, signed policies, and their image.
  ///
  /// - Parameter run: the run of the ledger that is open, for their records.
  /// - Returns: the sidecars that still have a key that changed.
  func prepareSidecars(_ keys: PodKeys, run: String?, buildsImage: Bool, isQuiet: Bool) throws -> [String] {
    guard !pod.sidecars.isEmpty else { return [] }
    let policies = try TrustRun.run {
      try PodSigner(pod).sign(compilation.policies, now: try Now.made(), version: Version.text)
    }
    let changed = try TrustRun.run {
      let store = SidecarStore(pod)
      let changed = try KeyFolder(pod: pod.name).write(keys.keys)
      try store.write(tokens: try store.tokens(), policies: policies, run: run)
      return changed
    }
    if buildsImage { try SidecarImages.provide(tool, isQuiet: isQuiet) }
    return pod.sidecars.filter { changed.contains($0.keyFolder) }.map(\.name)
  }

  /// Starts sidecars anew that go on with an old key: they read keys when they start.
  func restart(_ sidecars: [String], unless plan: UpPlan) throws {
    let names = sidecars.filter { !plan.fresh.contains($0) }
    if names.isEmpty { return }
    try Engine.run { () throws(EngineFailure) in
      try tool.passThrough(tool.compose(project, ["restart"] + names))
    }
  }

  /// Puts the compose file in place.
  func publish(isQuiet: Bool) throws {
    var last = compilation
    last.artifacts = [file]
    try Artifacts.write(last, isQuiet: isQuiet)
  }

  /// Builds the images of the pod. All of them every time: only BuildKit knows whether a file that goes into an image
  /// has changed, and if none has, it is done at once and the image stays the same one.
  ///
  /// - Parameter showsAll: whether to show also what is only found in the cache.
  func build(showsAll: Bool, isQuiet: Bool, isVerbose: Bool) throws {
    let config = try readConfig()
    // Instances of a claw share one image: building it once is enough.
    var seen: Set<String> = []
    let built = config.services.filter { $0.isBuilt && seen.insert($0.image).inserted }
    guard !built.isEmpty else { return }
    let images = try Engine.run { () throws(EngineFailure) in try config.imageIDs(tool) }
    let missing = built.filter { images[$0.image] == nil }.map(\.name)
    if !missing.isEmpty, !isQuiet { Console.say("building \(missing.joined(separator: ", "))") }
    let child = buildCall(built.map(\.name))
    let progress = BuildProgress(
      isQuiet: isQuiet, isVerbose: isVerbose, showsWorkOnly: !showsAll && missing.isEmpty && !isVerbose)
    do { try progress.run(tool, child, input: file.bytes, compilation) } catch Status.engine {
      if missing.isEmpty {
        Console.say("  nothing was started or stopped; --no-build starts the images that are there")
      }
      throw Status.engine
    }
  }

  /// The call that builds images; compose gets the file on its standard input.
  func buildCall(_ words: [String]) -> ChildProcess {
    var child = tool.compose(
      PodProject(pipedFor: pod.folder, name: pod.name), ["build"] + words, progress: "plain")
    // An attestation holds the time, so every build would make another image of the same content.
    child.environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] = "1"
    return child
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
      // A sidecar that denies, or a claw that does not come up, is the better explanation, if that is what it was.
      if waits || !pod.sidecars.isEmpty { try checkHealth() }
      try check(plan)
      throw Status.engine
    }
  }

  /// Says what is unhealthy, and ends with the status for that.
  private func checkHealth() throws {
    let containers = try Engine.run { () throws(EngineFailure) in try PodState.containers(tool, project: pod.name) }
    let sick = containers.filter { $0.health == "unhealthy" }
    for container in sick where container.isSidecar {
      Console.say(
        "claw: '\(container.service)' denies everything: \(container.sidecarState.reason ?? "no reason given")")
    }
    for container in sick where !container.isSidecar {
      let said = container.healthOutput.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
      Console.say("claw: '\(container.service)' is unhealthy\(said)")
    }
    if !sick.isEmpty { throw Status.unhealthy }
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

  /// Removes what no container mounts any more.
  func sweep() throws {
    try Engine.run { () throws(EngineFailure) in
      _ = try ObjectSweep.run(tool, folder: folder, composeFile: file.path)
      SidecarStore(pod).sweep()
    }
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
