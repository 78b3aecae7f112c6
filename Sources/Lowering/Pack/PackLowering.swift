import AST
import Canonical
package import Diagnostics
package import IR
import JSON
import Parser
package import Source

/// A pack that was read and checked.
package struct LoweredPack: Sendable {
  package var plan: PackPlan
  /// The plan in canonical JSON: the same whatever the layout, the order of keys and what was left to defaults.
  package var canonical: [UInt8]
  /// SHA-256 of the canonical form, in hexadecimal digits.
  package var hash: String
}

/// Checks a pack, and makes a plan of it.
package struct PackLowering {
  private let pack: Pack
  private var bag = DiagnosticBag()

  /// The plan of a pack; nil where there are errors.
  package static func lower(_ file: SourceFile, into bag: inout DiagnosticBag) -> LoweredPack? {
    var found = DiagnosticBag()
    let pack = PackParser.parse(file, into: &found)
    var plan: PackPlan?
    if let pack {
      var lowering = PackLowering(pack: pack)
      plan = lowering.plan()
      found.add(contentsOf: lowering.bag)
    }
    bag.add(contentsOf: found)
    guard !found.hasErrors, let plan, let canonical = try? CanonicalJSON.bytes(PackJSON.value(plan)) else { return nil }
    return LoweredPack(plan: plan, canonical: canonical, hash: Digest.sha256Hex(canonical))
  }

  private init(pack: Pack) { self.pack = pack }

  private mutating func plan() -> PackPlan {
    if let id = pack.id { check(name: id, "a pack") }
    if let version = pack.version, !Self.isVersion(version.value) {
      bag.report(
        PackRules.name, at: version.location, "'\(version.value)' is no version", help: "three numbers: 1.0.0")
    }
    for type in pack.eventTypes where EventTypeName.known.contains(type.value) {
      bag.report(
        PackRules.fieldValue, at: type.location, "every ledger knows events of type '\(type.value)'",
        help: "list those of extensions only")
    }
    let subjects = Self.kinds(pack.subjects) ?? [.run, .evidenceBundle]
    var seen: [String: Location] = [:]
    var expectations: [PackPlan.Expectation] = []
    for expectation in pack.expectations {
      check(name: expectation.id, "an expectation")
      if let first = seen.updateValue(expectation.id.location, forKey: expectation.id.value) {
        bag.report(
          PackRules.twice, at: expectation.id.location, "the id '\(expectation.id.value)' stands here a second time",
          help: "give each expectation an id of its own", labels: [.init(first, "first given here")])
      }
      let own = narrowed(expectation.subjects, within: subjects) ?? subjects
      expectations.append(
        .init(
          id: expectation.id.value, description: expectation.description?.value ?? "",
          severity: expectation.severity.flatMap { PackPlan.Severity(rawValue: $0.value) } ?? .error, subjects: own,
          expression: expression(expectation.check, own)))
    }
    return PackPlan(
      id: pack.id?.value ?? "", version: pack.version?.value ?? "", description: pack.description?.value ?? "",
      subjects: subjects, condition: pack.condition.map { expression($0, subjects) }, expectations: expectations)
  }

  private static func kinds(_ words: [Located<String>]?) -> Set<PackSubjectKind>? {
    words.map { Set($0.compactMap { PackSubjectKind(rawValue: $0.value) }) }
  }

  private mutating func narrowed(
    _ words: [Located<String>]?, within outer: Set<PackSubjectKind>
  ) -> Set<PackSubjectKind>? {
    for word in words ?? [] {
      if let kind = PackSubjectKind(rawValue: word.value), !outer.contains(kind) {
        bag.report(
          PackRules.subject, at: word.location, "the pack does not apply to a \(word.value)",
          help: "add it to the pack's 'applies_to', or remove it here")
      }
    }
    return Self.kinds(words)
  }

  // MARK: Checks

  private mutating func expression(_ check: PackCheck, _ subjects: Set<PackSubjectKind>) -> PackExpression {
    switch check.kind {
    case .all(let parts): return .all(parts.map { expression($0, subjects) })
    case .any(let parts): return .any(parts.map { expression($0, subjects) })
    case .not(let part): return .not(expression(part, subjects))
    case .event(let events):
      needEvents(check.location, subjects)
      return .event(self.events(events))
    case .count(let events, let bounds):
      needEvents(check.location, subjects)
      return .count(self.events(events), range(bounds, check.location, usual: nil))
    case .order(let earlier, let later):
      needEvents(check.location, subjects)
      self.check(event: earlier.type)
      self.check(event: later.type)
      return .order(
        earlier: .init(isLast: earlier.isLast, type: earlier.type.value),
        later: .init(isLast: later.isLast, type: later.type.value))
    case .artifacts(let labels, let types, let bounds):
      for label in labels where label.value.isEmpty {
        bag.report(PackRules.empty, at: label.location, "every label contains the empty text")
      }
      return .artifacts(
        labels: labels.map { $0.value.lowercased() }, types: types.map(\.value),
        range(bounds, check.location, usual: 1...Int.max))
    case .rehash(let bounds): return .rehash(atLeast: bounds.atLeast?.value ?? 0)
    case .verified(let word): return .verified(.init(rawValue: word.value) ?? .signed)
    case .document(let file, let conditions):
      if let kind = subjects.first(where: \.hasEvents) {
        bag.report(
          PackRules.subject, at: check.location, "a \(kind.rawValue) has no documents",
          help: "write 'applies_to: [sealed-package]' for this expectation")
      }
      return .document(file: file.value, conditions.map { condition($0) })
    }
  }

  private mutating func needEvents(_ place: Location, _ subjects: Set<PackSubjectKind>) {
    guard subjects.contains(.sealedPackage) else { return }
    bag.report(
      PackRules.subject, at: place, "a sealed change package has no events",
      help: "write 'applies_to: [run, evidence-bundle]' for this expectation")
  }

  private mutating func events(_ events: PackEvents) -> PackExpression.Events {
    check(event: events.type)
    return .init(
      type: events.type.value, which: events.which.flatMap { .init(rawValue: $0.value) } ?? .any,
      conditions: events.conditions.map { eventCondition($0) })
  }

  /// The members of an event, in which every condition on one begins.
  private static let eventMembers = [
    "actor", "eventId", "hash", "payload", "prevHash", "runId", "schemaVersion", "seq", "ts", "type",
  ]

  /// A name that no event has is never there, so that a typing error would hold for ever.
  private mutating func eventCondition(_ given: PackFieldCondition) -> PackExpression.FieldCondition {
    let condition = condition(given)
    if let first = condition.path.first.map({ String(decoding: $0, as: UTF8.self) }), !Self.eventMembers.contains(first)
    {
      let near = Suggestion.nearest(to: first, in: Self.eventMembers).map { "did you mean '\($0)'?" }
      bag.report(
        PackRules.pointer, at: given.field.location, "an event has no member '\(first)'",
        help: near ?? "it has \(Self.eventMembers.joined(separator: ", "))")
    }
    return condition
  }

  private mutating func condition(_ condition: PackFieldCondition) -> PackExpression.FieldCondition {
    let path = JSONPointer.parts(condition.field.value)
    if path == nil {
      bag.report(
        PackRules.pointer, at: condition.field.location, "'\(condition.field.value)' is no JSON pointer",
        help: "begin with '/', put '/' between names, and write '~' as '~0' and '/' in a name as '~1'")
    }
    let demand: PackExpression.FieldCondition.Demand
    switch condition.demand {
    case .state(let word): demand = word.value == "present" ? .present : word.value == "absent" ? .absent : .nonEmpty
    case .oneOf(let texts): demand = .oneOf(texts.map(\.value))
    }
    return .init(pointer: condition.field.value, path: path ?? [], demand: demand)
  }

  /// - Parameter usual: the bounds where none are said; nil if one must be.
  private mutating func range(_ bounds: PackBounds, _ place: Location, usual: ClosedRange<Int>?) -> ClosedRange<Int> {
    if bounds.atLeast == nil, bounds.atMost == nil {
      if let usual { return usual }
      if !bounds.isSaid { bag.report(PackRules.missingKey, at: place, "a count needs 'at_least' or 'at_most'") }
      return 0...Int.max
    }
    // Artifacts that are limited upwards alone may be missing altogether.
    let (low, high) = (bounds.atLeast?.value ?? 0, bounds.atMost?.value ?? .max)
    guard low <= high else {
      bag.report(
        PackRules.bounds, at: bounds.atLeast?.location ?? place, "at least \(low) is more than at most \(high)")
      return low...low
    }
    if low == 0, bounds.atMost == nil {
      bag.report(PackRules.bounds, at: bounds.atLeast?.location ?? place, "at least 0 is always met")
    }
    return low...high
  }

  // MARK: Names

  private mutating func check(event type: Located<String>) {
    let known = EventTypeName.known + pack.eventTypes.map(\.value)
    guard !known.contains(where: { $0.utf8.elementsEqual(type.value.utf8) }) else { return }
    let near = Suggestion.nearest(to: type.value, in: known)
    bag.report(
      PackRules.event, at: type.location, "no ledger knows events of type '\(type.value)'",
      help: near.map { "did you mean '\($0)'?" } ?? "list the types of extensions under 'event_types'")
  }

  private mutating func check(name: Located<String>, _ what: String) {
    let bytes = name.value.utf8
    let isName =
      1...100 ~= bytes.count && bytes.first != 0x2D && bytes.last != 0x2D
      && bytes.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }
    if isName { return }
    bag.report(
      PackRules.name, at: name.location, "'\(name.value)' is no id for \(what)",
      help: "small letters, digits and hyphens: run-is-closed")
  }

  private static func isVersion(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    return parts.count == 3
      && parts.allSatisfy {
        1...9 ~= $0.count && $0.allSatisfy { 0x30...0x39 ~= $0 } && ($0.count == 1 || $0.first != 0x30)
      }
  }
}
