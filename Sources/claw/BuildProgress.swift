import Diagnostics
import Driver
import Glibc
import IR
import Processes
import Runtime
import Source
import Synchronization

/// Shows a build: everything BuildKit says where nobody watches, one line that changes where somebody does; and, when
/// it fails, what failed, at the line that the author wrote.
final class BuildProgress: Sendable {
  private struct State {
    var log = BuildLog()
    /// The step that is shown.
    var step: String?
    var started = ContinuousClock.now
    /// Lines that are shown only if something is really done.
    var held: [String] = []
  }

  private let state = Mutex(State())
  private let isTerminal: Bool
  private let isQuiet: Bool
  private let showsWorkOnly: Bool

  /// Shows a build.
  ///
  /// - Parameter isVerbose: whether all that BuildKit says is shown to people, too.
  /// - Parameter showsWorkOnly: whether a build that finds everything in the cache is nothing to speak of.
  init(isQuiet: Bool = false, isVerbose: Bool = false, showsWorkOnly: Bool = false) {
    self.isQuiet = isQuiet
    self.showsWorkOnly = showsWorkOnly
    isTerminal = !isVerbose && isatty(STDERR_FILENO) == 1 && Console.variable("TERM") != "dumb"
  }

  /// Runs a build to its end.
  ///
  /// - Parameter input: what it reads; nil for nothing.
  func run(_ tool: DockerTool, _ child: ChildProcess, input: [UInt8]? = nil, _ compilation: Compilation) throws {
    let clock = isTerminal && !isQuiet ? Task.detached { await self.tick() } : nil
    defer {
      clock?.cancel()
      clear()
    }
    let status = try Engine.run { () throws(EngineFailure) in try tool.follow(child, input: input) { self.take($0) } }
    clock?.cancel()
    clear()
    if status == 0 { return }
    report(status, compilation)
    throw Status.engine
  }

  private func take(_ line: String) {
    state.withLock { state in
      switch state.log.take(line) {
      case .hidden: return
      case .line: if !isTerminal, !isQuiet { say(line, &state) }
      case .step(let step):
        if isQuiet { return }
        guard isTerminal else { return say(line, &state) }
        state.step = step
        draw(state)
      }
    }
  }

  private func draw(_ state: State) {
    guard let step = state.step else { return }
    let seconds = (ContinuousClock.now - state.started) / .seconds(1)
    let text = "\(Int(seconds))s \(step)".prefix(max(20, Console.width - 1))
    Console.talk("\r\u{1B}[K\(text)")
  }

  /// Lets the elapsed time go on where a step takes long.
  private func tick() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(1))
      state.withLock { if !Task.isCancelled { draw($0) } }
    }
  }

  /// Says a line, or keeps it until there is something to say.
  private func say(_ line: String, _ state: inout State) {
    guard showsWorkOnly, !state.log.hasWorked else {
      for line in state.held { Console.say(line) }
      state.held = []
      return Console.say(line)
    }
    state.held.append(line)
  }

  private func clear() {
    state.withLock { state in
      if state.step != nil { Console.talk("\r\u{1B}[K") }
      state.step = nil
    }
  }

  private func report(_ status: Int32, _ compilation: Compilation) {
    guard let failure = state.withLock({ $0.log.failure }) else {
      return Console.say("claw: 'docker build' failed with status \(status)")
    }
    if isTerminal || isQuiet { for line in failure.output { Console.say("  \(line)") } }
    if let location = location(of: failure, compilation) {
      let finding = Diagnostic(EngineRules.buildFailed, at: location, "the build failed: \(failure.message)")
      Console.say(TerminalRenderer(isColoured: Console.isColoured(.auto, 2), width: Console.width).render([finding]))
    } else if failure.step == nil, failure.line == nil {
      let engine = EngineFailure(status: status, complaint: failure.message, running: "docker build")
      Console.say("claw: \(engine.message)")
    } else {
      let place = failure.file.map { file in failure.line.map { "\(file):\($0): " } ?? "\(file): " } ?? ""
      Console.say("claw: \(place)the build failed: \(failure.message)")
    }
  }

  /// The author's line of a failure: in the file that was built for the service that compose names, or in the only one.
  private func location(of failure: BuildLog.Failure, _ compilation: Compilation) -> Location? {
    let builds = compilation.pod?.builds.filter { build in
      guard let service = failure.service else { return true }
      return build.service == service || service.hasPrefix(build.service + "-")
    }
    let paths = builds.map { $0.compactMap(\.generated) } ?? compilation.artifacts.prefix(1).map(\.path)
    for path in paths {
      guard let artifact = compilation.artifacts.first(where: { $0.path == path }) else { continue }
      let generated = (path: path, bytes: artifact.bytes)
      let origins = compilation.origins[path] ?? []
      if let found = BuildOrigin.location(of: failure, in: generated, origins: origins) { return found }
    }
    return nil
  }
}
