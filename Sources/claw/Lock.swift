import ArgumentParser
import Diagnostics
import Driver
import Lowering
import Runtime
import Source

/// `claw lock`
struct Lock: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Writes claw.lock: what a compile needs to know of images that no Clawfile here makes.",
    discussion: """
      The engine is asked once, here, and the file is committed: what a compile writes then never depends on the \
      machine. The images must be there: pull or build them first.

      EXAMPLES
        claw lock
        claw lock examples/desk --check
      """)

  @OptionGroup var inputs: CompileInputs
  @Flag(help: "Fail if claw.lock is not what it would be now; write nothing.") var check = false
  @OptionGroup var quiet: QuietOption
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let path = try inputs.resolved()
    let kind = try inputs.kind(of: path)
    var status = Status.done
    guard let file = Inputs.read(path, &status) else { throw status }
    var bag = DiagnosticBag()
    let environment = ProcessEnvironment.current
    let references = ImageNeeds.references(
      of: file, kind: kind, files: DiskFiles(), environment: environment, into: &bag)
    if bag.hasErrors { throw report.report(bag) }

    if references.isEmpty { return try sayNothingToLock(beside: path) }

    let tool = try engine.tool(isVerbose: verbose.verbose)
    var lock = ClawLock()
    var missing: [String] = []
    for reference in references {
      let image = try Engine.run { () throws(EngineFailure) in try ImageFactsReader.read(reference, tool) }
      guard let image else {
        missing.append(reference)
        continue
      }
      lock.images[reference] = .init(id: image.id, digest: image.digest, facts: image.facts)
    }
    guard missing.isEmpty else {
      Console.say("claw: the engine lacks: \(missing.joined(separator: ", "))")
      Console.say("  pull or build what is missing, then run 'claw lock' again; claw.lock was left as it is")
      throw Status.engine
    }
    try write(lock, beside: path)
  }

  /// Without images that need it no file is written, and one that is there is not removed behind its owner's back.
  private func sayNothingToLock(beside path: String) throws {
    let target = FilePath.join(FilePath.directory(of: path), ClawLock.fileName)
    if FileSearch.kind(of: target) == .missing {
      if !quiet.quiet { Console.say("there is nothing to lock: claw knows every image that '\(path)' needs") }
      return
    }
    Console.say("claw: '\(target)' is not needed: claw knows every image that '\(path)' needs; remove it")
    if check { throw Status.failed }
  }

  private func write(_ lock: ClawLock, beside path: String) throws {
    let target = FilePath.join(FilePath.directory(of: path), ClawLock.fileName)
    if check {
      if ArtifactStore.isCurrent(target, lock.bytes) { return }
      Console.say("claw: '\(target)' is stale: run 'claw lock'")
      throw Status.failed
    }
    do throws(ArtifactStore.Failure) {
      let changed = try ArtifactStore.write([(target, lock.bytes)])
      let count = "\(lock.images.count) image\(lock.images.count == 1 ? "" : "s")"
      if quiet.quiet { return }
      Console.say(changed.isEmpty ? "'\(target)' is right: \(count)" : "wrote \(target): \(count)")
    } catch {
      Console.say("claw: '\(error.path)': \(error.reason)")
      throw Status.failed
    }
  }
}
