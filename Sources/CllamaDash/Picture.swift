import Cllama
import JSON

/// What is known of a pod at the moment: what claw said, and what follows from it.
struct Picture: Sendable {
  /// How asking went the last time.
  struct Asked: Sendable {
    /// Why there is no answer; nil if there is one.
    var failure: String?
    /// What claw said beside its answer.
    var warning: String?
    /// When it was answered the last time, in milliseconds since 1970.
    var answered: Int?
  }

  /// How far a claw has drifted.
  struct DriftState: Sendable {
    var level = Drift.Level.free
    /// The score of its last call, as far as anybody knows it.
    var score: String?
    var reason: String?
    var restrict: String?
    var quarantine: String?
  }

  private(set) var asked: [Origin: Asked] = [:]
  /// What `claw ps` said.
  private(set) var pod: JSONValue?
  /// What `claw graph` said.
  private(set) var graph: JSONValue?
  private(set) var calls = CallList()
  private(set) var denials = DenialList()
  private var drift: [String: DriftState] = [:]
  private(set) var tallies: [String: Tally] = [:]
  /// How far back the record was read.
  private(set) var span = Question.Span.day
  /// Hashes of lines that were counted, with their times: what is asked for overlaps.
  private var seen: [String: Int] = [:]
  /// The time of the newest line.
  private(set) var newest: Int?
  /// Most claws that are counted; names come from records.
  private static let limit = 1_000
  /// How much of what was read already is read again, in milliseconds: sidecars write lines in groups.
  private static let overlap = 10_000

  /// What is to be asked for the lines that are not known yet.
  var nextOfRecord: Question { newest.map { .since($0 - Self.overlap) } ?? .last(span) }

  /// Takes an answer.
  mutating func take(_ question: Question, _ answer: Answer, now: Int) {
    guard answer.isUsable, let read = read(question, answer, now: now) else {
      if question == .last(span), answer.isTooMuch, let shorter = span.shorter {
        span = shorter
      } else {
        asked[question.origin, default: Asked()].failure =
          answer.complaint.isEmpty ? "claw ended with status \(answer.status)" : answer.complaint
      }
      return
    }
    read(&self)
    // Only who knows the lines themselves may say that there are none.
    if question == .configurations || question == .levels { return }
    asked[question.origin] = Asked(
      failure: nil, warning: answer.complaint.isEmpty ? nil : answer.complaint, answered: now)
  }

  /// How an answer changes the picture; nil if it is not what was asked for.
  private func read(_ question: Question, _ answer: Answer, now: Int) -> ((inout Picture) -> Void)? {
    switch question {
    case .pod, .graph:
      guard let value = try? JSONValue.strict(answer.output), value["schema"]?.integer == 1 else { return nil }
      return { if question == .pod { $0.pod = value } else { $0.graph = value } }
    case .configurations, .levels, .last, .since:
      let lines = answer.output.split(separator: 0x0A).compactMap { AuditRecord.Line($0) }
      let counts = question != .configurations && question != .levels
      return { picture in
        if counts { picture.count(lines, now: now) } else { for line in lines { picture.note(line) } }
      }
    case .logs: return nil
    }
  }

  private mutating func count(_ lines: [AuditRecord.Line], now: Int) {
    // What is older than all that is remembered was counted, or can't be told from what was.
    let horizon = newest.map { $0 - 2 * Self.overlap } ?? .min
    let fresh = lines.filter { line in
      guard line.time >= horizon, let chain = line.text("chain") else { return false }
      return seen.updateValue(line.time, forKey: chain) == nil
    }
    newest = max(newest ?? now - Self.overlap, fresh.map(\.time).max() ?? 0)
    if let newest { seen = seen.filter { $0.value >= newest - 2 * Self.overlap } }
    for line in fresh {
      note(line)
      if let claw = line.instance, tallies[claw] != nil || tallies.count < Self.limit {
        tallies[claw, default: Tally()].add(line)
      }
    }
    for claw in tallies.keys { tallies[claw]?.forget(now: now) }
    let before = calls.last
    calls.add(fresh)
    denials.add(calls.behind(before))
  }

  /// Takes over what a line says of drift.
  private mutating func note(_ line: AuditRecord.Line) {
    func change(_ claw: String, _ change: (inout DriftState) -> Void) {
      if drift[claw] != nil || drift.count < Self.limit { change(&drift[claw, default: DriftState()]) }
    }
    switch line.kind {
    case .configuration:
      guard let setting = line.value["drift"] else { return }
      for claw in line.value["instances"]?.array?.compactMap(\.string) ?? [] {
        change(claw) { state in
          state.restrict = setting["restrict"]?.string
          state.quarantine = setting["quarantine"]?.string
        }
      }
    case .quarantine:
      guard let claw = line.instance else { return }
      change(claw) { state in
        state.level = line.text("level").flatMap { Drift.Level(rawValue: $0) } ?? state.level
        state.score = line.text("drift_score") ?? state.score
        state.reason = line.text("reason")
      }
    case .start, .stop, .balance, .request, .response, .refusal, .intervention, .egress, .name, .service: return
    }
  }

  /// How far a claw has drifted: what its sidecar says now, else what the record said last.
  func driftState(_ claw: String) -> DriftState {
    var state = drift[claw] ?? DriftState()
    let row = pod?["claws"]?.array?.first { $0["name"]?.string == claw }
    if let said = row?["drift"], let level = said["level"]?.string.flatMap({ Drift.Level(rawValue: $0) }) {
      state.level = level
      state.score = said["score"]?.string ?? state.score
    }
    return state
  }
}
