import Canonical
import Cllama
import JSON
import Ledger
import Runtime
import Source

/// Takes what sidecars wrote down into the open run of the ledger: the lines as an artifact, their range and head as an event,
/// so that a seal signs them. No line is taken twice, in whichever run it was taken.
struct SidecarIntake {
  /// The type of the events, and the extension that has it.
  static let type = "SidecarRecordTaken"
  static let extensionId = "dev.claw.sidecar"

  /// What was taken of each sidecar, for people and for the step.
  private(set) var taken: [(sidecar: String, part: RecordPart)] = []

  /// Takes what is new.
  init(_ records: SidecarRecords, pod: String, run: String) throws {
    let parts = try LedgerRun.run { () throws(LedgerFailure) in
      let folder = try LedgerFolder(existing: LedgerOptions.path(nil))
      try folder.register(Self.extensionId, version: "1.0.0", types: [Self.type])
      let kept = try Self.kept(try LedgerView(folder), pod: pod)
      let ledger = try Ledger(folder, options: Ledger.Options())
      var taken: [(String, RecordPart)] = []
      for one in records.records {
        for part in RecordPart.new(one.files.map(\.bytes), kept: kept[one.sidecar] ?? []) {
          try Self.record(part, of: one.sidecar, pod: pod, run: run, ledger)
          taken.append((one.sidecar, part))
        }
      }
      return taken
    }
    taken = parts
  }

  /// What was taken of the sidecars of a pod before, in any run.
  private static func kept(_ view: LedgerView, pod: String) throws(LedgerFailure) -> [String: [RecordPart.Kept]] {
    var kept: [String: [RecordPart.Kept]] = [:]
    try view.events(ofType: type) { record throws(LedgerFailure) in
      guard let payload = record.event.flatMap({ try? JSONValue.strict($0.payload) }), payload["pod"]?.string == pod,
        let sidecar = payload["sidecar"]?.string, let first = payload["firstSeq"]?.integer,
        let last = payload["lastSeq"]?.integer, let begin = payload["firstChain"]?.string,
        let head = payload["chainHead"]?.string
      else { return }
      kept[sidecar, default: []].append(.init(first: first, last: last, firstChain: begin, head: head))
    }
    return kept
  }

  /// The artifact first, so that no event names bytes that are not there.
  private static func record(
    _ part: RecordPart, of sidecar: String, pod: String, run: String, _ ledger: Ledger
  ) throws(LedgerFailure) {
    let label = "\(sidecar) record \(part.range.first)-\(part.range.last)"
    let artifact = try ledger.put(
      bytes: part.bytes, run: run, mime: "application/x-ndjson", label: label, actor: ActorOptions.standard)
    var payload = CanonicalObject()
    payload.add("artifactId", artifact.sha256)
    payload.add("bytes", part.bytes.count)
    payload.add("chainHead", part.range.head)
    payload.add("count", part.count)
    payload.add("firstChain", part.range.firstChain)
    payload.add("firstSeq", part.range.first)
    payload.add("lastSeq", part.range.last)
    payload.add("pod", pod)
    payload.add("relation", part.relation.rawValue)
    payload.add("sidecar", sidecar)
    if let broken = part.broken.first { payload.add("brokenSeq", broken) }
    _ = try ledger.append(
      [EventDraft(type: type, payload: payload.bytes)], run: run, actor: ActorOptions.standard)
  }

  /// As the result of a step names it.
  var json: JSONValue {
    .array(
      taken.map { sidecar, part in
        [
          "sidecar": .string(sidecar), "first": JSONValue(part.range.first), "last": JSONValue(part.range.last),
          "chain": .string(part.range.head),
        ]
      })
  }

  /// Says what was taken; whether all of it is sound.
  @discardableResult
  func tell() -> Bool {
    for (sidecar, part) in taken {
      Console.say("took lines \(part.range.first) to \(part.range.last) of the record of '\(sidecar)' into the ledger")
    }
    for (sidecar, part) in taken where part.relation == .rewritten {
      Console.say("claw: the record of '\(sidecar)' is not the one that was taken before: somebody changed it")
    }
    return taken.allSatisfy { $0.part.relation != .rewritten && $0.part.broken.isEmpty }
  }
}

extension RunRecording.Notes {
  /// Takes the records of a pod's sidecars into the run, if one is open; whether they are sound.
  @discardableResult
  mutating func take(_ records: @autoclosure () throws -> SidecarRecords, pod: String) throws -> Bool {
    guard let run else { return true }
    let intake = try SidecarIntake(try records(), pod: pod, run: run)
    result.append(.init("taken", intake.json))
    return intake.tell()
  }
}
