/// How far a claw has moved from what it is for: a score from 0 to 1 over its last calls (docs/drift.md).
package struct Drift: Sendable, Equatable {
  /// Where what happens, happens.
  package struct Thresholds: Sendable, Equatable {
    /// From here on only tools that read are left to it.
    package var restrict = 0.25
    /// From here on every call is denied.
    package var quarantine = 0.5
    /// How many calls count.
    package var calls = 50
    /// Tools that only read; `*` at the end stands for any rest.
    package var readOnly = [
      "get*", "list*", "read*", "search*", "find*", "fetch*", "query*", "show*", "describe*", "view*", "count*",
      "status*",
    ]

    package init() {}
  }

  /// What one call came to.
  package struct Call: Sendable, Equatable {
    /// The weight of the worst thing that a stage did.
    package var intervention: Double
    /// Whether it was about nothing that the claw is for.
    package var isMiss: Bool
    /// Words a sentence of what was said; nil if nothing was.
    package var sentenceLength: Double?

    package init(intervention: Double, isMiss: Bool = false, sentenceLength: Double? = nil) {
      self.intervention = intervention
      self.isMiss = isMiss
      self.sentenceLength = sentenceLength
    }

    package init(_ notes: [Intervention], sentenceLength: Double? = nil) {
      // What an upstream gets wrong says nothing of the claw.
      intervention = notes.map { $0.stage == Denial.stream ? 0 : Self.weight($0.action) }.max() ?? 0
      isMiss = notes.contains { $0.rule == "purpose.topic" }
      self.sentenceLength = sentenceLength
    }

    /// What an intervention weighs.
    package static func weight(_ action: Intervention.Action) -> Double {
      switch action {
      case .deny, .ask: 1
      case .drop: 0.8
      case .redact: 0.5
      case .observe: 0.2
      case .rewrite, .delay: 0
      }
    }
  }

  /// Calls that count as if there had been nothing in them, so that one bad call among few is not everything.
  package static let smoothing = 10.0
  /// From so many calls on there is a style to measure against: that of the first ones.
  package static let baselineCalls = 20

  private var calls: [Call] = []
  private var baseline: [Double] = []

  package init() {}

  /// Counts a call.
  package mutating func add(_ call: Call, _ thresholds: Thresholds) {
    if let length = call.sentenceLength, baseline.count < Self.baselineCalls { baseline.append(length) }
    calls.append(call)
    if calls.count > thresholds.calls { calls.removeFirst(calls.count - thresholds.calls) }
  }

  /// Forgets what was: a person looked at it.
  package mutating func reset() { calls = [] }

  /// How much stages had to do, from 0 to 1.
  package var interventions: Double {
    calls.reduce(0) { $0 + $1.intervention } / (Double(calls.count) + Self.smoothing)
  }

  /// How often it was about something else, from 0 to 1.
  package var misses: Double { Double(calls.count { $0.isMiss }) / (Double(calls.count) + Self.smoothing) }

  /// How far its sentences are from those of its first calls, from 0 to 1; 0 as long as there is nothing to compare.
  package var style: Double {
    guard baseline.count >= Self.baselineCalls else { return 0 }
    var (sum, count) = (0.0, 0)
    for call in calls {
      guard let length = call.sentenceLength else { continue }
      sum += length
      count += 1
    }
    if count == 0 { return 0 }
    let usual = baseline.reduce(0, +) / Double(baseline.count)
    let now = sum / Double(count)
    return usual > 0 ? min(1, abs(now - usual) / usual) : 0
  }

  /// The score.
  package var score: Double { min(1, 0.6 * interventions + 0.25 * misses + 0.15 * style) }

  /// What is to happen at a score.
  package enum Level: String, Sendable, CaseIterable {
    case free
    case restricted
    case quarantined
  }

  package func level(_ thresholds: Thresholds) -> Level {
    score >= thresholds.quarantine ? .quarantined : score >= thresholds.restrict ? .restricted : .free
  }
}
