package import IR
import JSON
import Ledger

/// Holds packs against subjects. A check that can't be made does not hold.
package struct PackEvaluator {
  private let plan: PackPlan
  private let hash: String

  /// - Parameter hash: SHA-256 of the pack's canonical form, which reports repeat.
  package init(_ plan: PackPlan, hash: String) {
    self.plan = plan
    self.hash = hash
  }

  /// What becomes of the pack.
  package func evaluate(_ subject: PackSubject) -> PackReport {
    var report = PackReport(
      packID: plan.id, packVersion: plan.version, packHash: hash, subject: subject.kind, subjectName: subject.name,
      verdict: .fail, reason: nil, results: [])
    let evaluation = PackEvaluation(subject)
    if !plan.subjects.contains(subject.kind) {
      report.verdict = .notApplicable
      report.reason = "the pack is for \(Self.names(plan.subjects))"
      return report
    }
    if let condition = plan.condition, let reason = evaluation.refute(condition) {
      report.verdict = .notApplicable
      report.reason = "the pack's 'when' does not hold: \(reason)"
      return report
    }
    report.results = plan.expectations.filter { $0.subjects.contains(subject.kind) }.map { expectation in
      .init(
        id: expectation.id, description: expectation.description, severity: expectation.severity,
        reason: evaluation.refute(expectation.expression))
    }
    // What holds only warnings against a subject would pass whatever it is.
    guard report.results.contains(where: { $0.severity == .error }) else {
      report.reason = "no expectation of severity 'error' is about a \(subject.kind.rawValue)"
      return report
    }
    report.verdict = report.results.contains { !$0.holds && $0.severity == .error } ? .fail : .pass
    return report
  }

  private static func names(_ kinds: Set<PackSubjectKind>) -> String {
    PackSubjectKind.allCases.filter(kinds.contains).map(\.rawValue).joined(separator: ", ")
  }
}

/// One subject, looked at by several checks.
struct PackEvaluation {
  private let subject: PackSubject
  /// The places of the events of each type.
  private let places: [String: [Int]]

  init(_ subject: PackSubject) {
    self.subject = subject
    var places: [String: [Int]] = [:]
    for (index, event) in subject.events.enumerated() { places[event.type, default: []].append(index) }
    self.places = places
  }

  /// Why an expression does not hold; nil if it does.
  func refute(_ expression: PackExpression) -> String? {
    if let unknown = unknown(expression) { return unknown }
    switch expression {
    case .all(let parts):
      for part in parts { if let reason = refute(part) { return reason } }
      return nil
    case .any(let parts):
      var reasons: [String] = []
      for part in parts {
        guard let reason = refute(part) else { return nil }
        reasons.append(reason)
      }
      return reasons.joined(separator: "; and ")
    case .not(let part):
      // What can't be checked holds neither way.
      if let impossible = impossible(part) { return impossible }
      return refute(part) == nil ? "this holds and must not: \(PackWords.of(part))" : nil
    case .event(let events): return refute(events)
    case .count(let events, let range):
      let found = count(events)
      return range.contains(found)
        ? nil : "\(PackWords.count(found)) of type \(events.type); \(PackWords.wanted(range))"
    case .order(let earlier, let later): return refute(earlier, later)
    case .artifacts(let labels, let types, let range):
      let found = subject.artifacts.count { fits($0, labels, types) }
      if range.contains(found) { return nil }
      let which = labels.isEmpty ? "" : " with \(labels.joined(separator: " or ")) in its label"
      return "\(found) artifact\(found == 1 ? "" : "s")\(which); \(PackWords.wanted(range))"
    case .rehash(let least):
      guard subject.artifacts.count >= least else {
        return "\(subject.artifacts.count) artifacts; at least \(least) wanted"
      }
      for artifact in subject.artifacts {
        if let problem = subject.rehash(artifact) { return "artifact '\(artifact.label)': \(problem)" }
      }
      return nil
    case .verified(let wanted):
      if let problem = subject.verification.problem { return problem }
      if wanted == .signed, !subject.verification.isSigned { return "no trusted key vouches for all of it" }
      return nil
    case .document(let file, let conditions):
      guard let document = subject.documents[file] else { return "there is no document '\(file)'" }
      for condition in conditions {
        if let reason = FieldLookup.refute(condition, in: document) { return "\(file): \(reason)" }
      }
      return nil
    }
  }

  private static let noEvents = "a sealed change package has no events"

  /// Why a single check asks for something that this subject does not have any more, or never has.
  private func unknown(_ check: PackExpression) -> String? {
    switch check {
    case .event, .count, .order:
      if !subject.kind.hasEvents { return Self.noEvents }
      return forgotten
    case .artifacts, .rehash: return forgotten
    case .document: return subject.kind.hasEvents ? "a \(subject.kind.rawValue) has no documents" : nil
    case .all, .any, .not, .verified: return nil
    }
  }

  /// What was pruned may have been what is asked for.
  private var forgotten: String? {
    let count = subject.prunedEvents
    return count == 0 ? nil : "\(PackWords.count(count)) \(count == 1 ? "was" : "were") pruned: nobody can tell"
  }

  /// Why an expression can't be checked on this subject at all.
  private func impossible(_ expression: PackExpression) -> String? {
    switch expression {
    case .all(let parts), .any(let parts): parts.lazy.compactMap { impossible($0) }.first
    case .not(let part): impossible(part)
    case .event, .count, .order, .artifacts, .document: unknown(expression)
    // Bytes that can't be read and signatures that can't be checked show nothing.
    case .rehash, .verified: refute(expression)
    }
  }

  // MARK: Events

  private func refute(_ events: PackExpression.Events) -> String? {
    guard let places = places[events.type], let first = places.first, let last = places.last else {
      return "there is no event of type \(events.type)"
    }
    switch events.which {
    case .first: return refute(events.conditions, first)
    case .last: return refute(events.conditions, last)
    case .every:
      for place in places { if let reason = refute(events.conditions, place) { return reason } }
      return nil
    case .any:
      var reason: String?
      for place in places {
        guard let refuted = refute(events.conditions, place) else { return nil }
        reason = reason ?? refuted
      }
      return reason
    }
  }

  private func count(_ events: PackExpression.Events) -> Int {
    (places[events.type] ?? []).count { refute(events.conditions, $0) == nil }
  }

  private func refute(_ conditions: [PackExpression.FieldCondition], _ place: Int) -> String? {
    let event = subject.events[place]
    for condition in conditions {
      if let reason = FieldLookup.refute(condition, in: event) {
        return "event \(event.seq) (\(event.type)): \(reason)"
      }
    }
    return nil
  }

  private func refute(_ earlier: PackExpression.Moment, _ later: PackExpression.Moment) -> String? {
    func place(_ moment: PackExpression.Moment) -> Int? {
      moment.isLast ? places[moment.type]?.last : places[moment.type]?.first
    }
    guard let first = place(earlier) else { return "there is no event of type \(earlier.type)" }
    guard let second = place(later) else { return "there is no event of type \(later.type)" }
    if first < second { return nil }
    return "\(PackWords.of(earlier)) is event \(subject.events[first].seq), and \(PackWords.of(later)) "
      + "event \(subject.events[second].seq)"
  }

  private func fits(_ artifact: PackSubject.Artifact, _ labels: [String], _ types: [String]) -> Bool {
    if !types.isEmpty, !types.contains(where: { $0.utf8.elementsEqual(artifact.mime.utf8) }) { return false }
    if labels.isEmpty { return true }
    let label = artifact.label.lowercased()
    return labels.contains { Array(label.utf8).firstRange(of: Array($0.utf8)) != nil }
  }
}
