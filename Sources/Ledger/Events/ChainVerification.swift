package import Canonical
import JSON

/// Verifies the chain of one run from its exported lines, one after the other.
///
/// What ClawForge's verifier looks for comes out as it says it. claw looks for more: texts that are not canonical (where the
/// hash does not see members that repeat or vanish), another run's events, a start that is none, and nothing at all. That
/// is added only where ClawForge's verifier found nothing, so that its results stay the same.
package struct ChainVerification: Sendable {
  private var result = ChainResult()
  /// What only claw finds.
  private var further: [ChainResult.Failure] = []
  private var runId: String?
  private var previousHash: String?
  /// The tree of the events' entries, and that of the events themselves, as other logs have it.
  private var entryTree = MerkleFrontier()
  private var eventTree = MerkleFrontier()
  /// What ClawForge's form lost in some event, for people.
  package private(set) var losses: Set<ForgeJSON.Loss> = []

  package init() {}

  /// The next line, without its line end. Its event, if it is one with a strict form.
  @discardableResult
  package mutating func add(line: [UInt8]) -> AuditEvent? {
    result.eventCount += 1
    let ordinal = result.eventCount
    let line = line.last == 0x0D ? Array(line.dropLast()) : line
    let read = ExportedEvent(line)
    losses.formUnion(read.losses)
    guard let seen = read.seen else {
      result.hashes.append("")
      result.failures.append(
        .init(.malformed, seq: ordinal, eventId: "", expected: "an event", actual: read.complaint ?? "no event"))
      previousHash = nil
      return nil
    }
    result.hashes.append(seen.hash)
    func failure(_ reason: ChainResult.Failure.Reason, _ expected: String, _ actual: String) -> ChainResult.Failure {
      .init(reason, seq: seen.seq, eventId: seen.eventId, expected: expected, actual: actual)
    }
    if !read.accepts(seen.hash) {
      result.failures.append(failure(.hashMismatch, read.expectedHash, seen.hash))
    }
    if ordinal == 1 {
      if let previous = seen.prevHash { result.failures.append(failure(.firstHasPrevious, "null", previous)) }
      if seen.type != "RunStarted" { further.append(failure(.notStarted, "RunStarted", seen.type)) }
      runId = seen.runId
    } else if seen.prevHash != previousHash {
      result.failures.append(failure(.prevHashMismatch, previousHash ?? "null", seen.prevHash ?? "null"))
    }
    if seen.seq != ordinal { result.failures.append(failure(.sequenceGap, "\(ordinal)", "\(seen.seq)")) }
    if let runId, !seen.runId.utf8.elementsEqual(runId.utf8) {
      further.append(failure(.otherRun, runId, seen.runId))
    }
    if let complaint = read.complaint { further.append(failure(.notCanonical, "canonical JSON", complaint)) }
    previousHash = seen.hash
    if let event = read.event, let entry = LogEntry(event) {
      entryTree.append(entry.leaf)
      eventTree.append(MerkleTree.leaf(event.hashedBytes))
    }
    return read.event
  }

  /// What was found in all lines, and whether they are the records that a checkpoint has, all of them and no more.
  package func finished(against checkpoint: Checkpoint) -> ChainResult {
    var result = finished()
    if result.eventCount != checkpoint.size {
      result.failures.append(
        .init(
          .treeSize, seq: result.eventCount, eventId: "", expected: "\(checkpoint.size)", actual: "\(result.eventCount)"
        ))
    } else if ![entryTree, eventTree].contains(where: { $0.size == checkpoint.size && $0.root == checkpoint.root }) {
      result.failures.append(
        .init(
          .treeRoot, seq: result.eventCount, eventId: "", expected: checkpoint.root.hex, actual: entryTree.root.hex))
    }
    return result
  }

  /// What was found in all lines.
  package func finished() -> ChainResult {
    var result = result
    if result.eventCount == 0 {
      result.failures = [.init(.noEvents, seq: 0, eventId: "", expected: "RunStarted", actual: "null")]
    } else if result.failures.isEmpty {
      result.failures = further
    }
    return result
  }

  /// Verifies lines that are there as a whole.
  package static func verify(_ file: [UInt8]) -> ChainResult {
    var verification = ChainVerification()
    var lines = file.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines { verification.add(line: Array(line)) }
    return verification.finished()
  }
}

/// A line of an export, read as strictly as it can be.
private struct ExportedEvent {
  /// The members that the chain is made of.
  struct Seen {
    var eventId: String
    var runId: String
    var seq: Int
    var type: String
    var prevHash: String?
    var hash: String
  }

  var seen: Seen?
  /// The event, if the line has a strict form.
  var event: AuditEvent?
  /// What is wrong with the text.
  var complaint: String?
  var losses: Set<ForgeJSON.Loss> = []
  private var strictHash: String?
  private var forgeHash: String?

  init(_ line: [UInt8]) {
    do throws(LedgerFailure) {
      let event = try AuditEvent(json: line)
      self.event = event
      seen = Seen(
        eventId: event.eventId, runId: event.runId, seq: event.seq, type: event.type, prevHash: event.prevHash,
        hash: event.hash)
      strictHash = Digest.sha256Hex(event.hashedBytes)
      if strictHash == event.hash {
        if event.bytes != line { complaint = "the text is not canonical" }
        return
      }
    } catch {
      complaint = error.message
    }
    readForge(line)
  }

  /// ClawForge hashed another text than RFC 8785 has.
  private mutating func readForge(_ line: [UInt8]) {
    guard let forge = try? ForgeJSON.canonical(line), let members = CanonicalMembers(forge.bytes)?.members else {
      return
    }
    var values: [String: ArraySlice<UInt8>] = [:]
    for member in members {
      values[String(decoding: forge.bytes[member.name], as: UTF8.self)] = forge.bytes[member.value]
    }
    let isWhole = AuditEvent.memberNames.allSatisfy { values[$0] != nil }
    guard isWhole else { return }
    func text(_ name: String) -> String? { values[name].flatMap(CanonicalString.text) }
    guard let eventId = text("eventId"), let runId = text("runId"), let type = text("type"), let hash = text("hash"),
      let seq = values["seq"].flatMap({ Int(String(decoding: $0, as: UTF8.self)) })
    else { return }
    seen = Seen(eventId: eventId, runId: runId, seq: seq, type: type, prevHash: text("prevHash"), hash: hash)
    var object: [UInt8] = [0x7B]
    for name in AuditEvent.hashedNames {
      if object.count > 1 { object.append(0x2C) }
      object += "\"\(name)\":".utf8
      object += values[name] ?? []
    }
    object.append(0x7D)
    forgeHash = Digest.sha256Hex(object)
    losses = forge.losses
    guard forgeHash == hash else { return }
    if let loss = forge.losses.map(\.rawValue).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }).first {
      complaint = "the hash leaves out \(loss)"
    } else if members.count > AuditEvent.memberNames.count {
      complaint = "the hash leaves out a member of the event"
    } else {
      complaint = forge.bytes == line ? nil : "the text is not canonical"
    }
  }

  /// Whether a hash is that of the event in one of the two forms.
  func accepts(_ hash: String) -> Bool { hash == strictHash || hash == forgeHash }

  /// What the hash should be.
  var expectedHash: String { strictHash ?? forgeHash ?? "" }
}
