import Canonical
import Driver
import JSON
import Ledger
import Source

/// What a command does while a run is open (`CLAW_RUN`): a step of the run in the ledger, with the files that it made.
///
/// A command that can't be recorded is not run: who asks for a record wants no work without one.
struct RunRecording {
  /// What a command says of its work.
  struct Notes {
    /// Files that it wrote, and what they are called.
    var files: [(path: String, label: String)] = []
    /// The run; nil if none is open.
    fileprivate(set) var run: String?
    /// What came of it.
    var result: [JSONValue.Member] = []
  }

  /// Does something as a step, if a run is open; else just does it.
  static func step<Result>(_ name: String, _ body: (inout Notes) throws -> Result) throws -> Result {
    var notes = Notes()
    guard let run = Console.variable("CLAW_RUN"), !run.isEmpty else { return try body(&notes) }
    guard let recording = try RunRecording(run) else { return try body(&notes) }
    notes.run = run
    try recording.append("StepStarted") { payload in
      payload.add("name", name)
      payload.add("stepId", recording.stepID)
      payload.add("stepIndex", recording.index)
    }
    let result: Result
    do { result = try body(&notes) } catch {
      let status = (error as? Status)?.rawValue ?? Status.failed.rawValue
      try recording.append("StepFailed") { payload in
        payload.add("code", String(status))
        payload.add("error", "\(name) ended with status \(status)")
        payload.add("stepId", recording.stepID)
      }
      throw error
    }
    try LedgerRun.run {
      for file in notes.files {
        _ = try recording.ledger.put(file.path, run: run, label: file.label, actor: recording.actor)
      }
    }
    let text = (try? CanonicalJSON.bytes(.object(notes.result))) ?? Array("{}".utf8)
    try recording.append("StepCompleted") { payload in
      payload.add("result", canonical: text)
      payload.add("stepId", recording.stepID)
    }
    return result
  }

  private let run: String
  private let ledger: Ledger
  private let stepID = UUID.random()
  private let index: Int
  private let actor = ActorOptions.standard

  /// Nothing for a run that is closed: what looks at it afterwards is none of it.
  private init?(_ run: String) throws {
    self.run = run
    let opened = try LedgerRun.run { () throws(LedgerFailure) -> (Ledger, Int)? in
      let folder = try LedgerFolder(existing: LedgerOptions.path(nil))
      let found = try LedgerView(folder).run(run)
      // The number of events so far grows with every step, and no two steps share it.
      return found.phase == .open ? (try Ledger(folder, options: Ledger.Options()), found.eventCount) : nil
    }
    guard let opened else {
      Console.say("claw: the run \(run) has ended: what is done now is not recorded")
      return nil
    }
    (ledger, index) = opened
  }

  private func append(_ type: String, _ fill: (inout CanonicalObject) -> Void) throws {
    var payload = CanonicalObject()
    fill(&payload)
    try LedgerRun.run {
      _ = try ledger.append([EventDraft(type: type, payload: payload.bytes)], run: run, actor: actor)
    }
  }
}

extension RunRecording.Notes {
  /// Notes what was compiled: the artifacts by the paths that they have in the project.
  mutating func note(_ compilation: Compilation, images: [String] = [], pod: String? = nil) {
    files = compilation.artifacts.filter { !$0.bytes.isEmpty }.map { ($0.path, FilePath.normalize($0.path)) }
    if !images.isEmpty { result.append(.init("images", .array(images.map { .string($0) }))) }
    if let pod { result.append(.init("pod", .string(pod))) }
    let artifacts = files.map { file -> JSONValue in .string(file.label) }
    result.append(.init("artifacts", .array(artifacts)))
  }
}
