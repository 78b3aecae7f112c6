/// A governance pack that was checked: what the evaluator needs.
package struct PackPlan: Sendable {
  package var id: String
  package var version: String
  package var description: String
  /// The kinds of subjects that it is for.
  package var subjects: Set<PackSubjectKind>
  /// What a subject must hold for the pack to apply to it; nil if it always does.
  package var condition: PackExpression?
  package var expectations: [Expectation]

  package init(
    id: String, version: String, description: String, subjects: Set<PackSubjectKind>, condition: PackExpression?,
    expectations: [Expectation]
  ) {
    self.id = id
    self.version = version
    self.description = description
    self.subjects = subjects
    self.condition = condition
    self.expectations = expectations
  }

  /// One thing that is expected.
  package struct Expectation: Sendable {
    package var id: String
    package var description: String
    package var severity: Severity
    package var subjects: Set<PackSubjectKind>
    package var expression: PackExpression

    package init(
      id: String, description: String, severity: Severity, subjects: Set<PackSubjectKind>, expression: PackExpression
    ) {
      self.id = id
      self.description = description
      self.severity = severity
      self.subjects = subjects
      self.expression = expression
    }
  }

  /// How bad it is if an expectation does not hold. Only errors fail a pack.
  package enum Severity: String, Sendable, CaseIterable {
    case error, warning, info
  }
}

/// What packs are held against.
package enum PackSubjectKind: String, Sendable, CaseIterable {
  /// A run in the ledger.
  case run
  /// An exported run.
  case evidenceBundle = "evidence-bundle"
  /// A sealed change package.
  case sealedPackage = "sealed-package"

  /// Whether it has events; it has documents if not.
  package var hasEvents: Bool { self != .sealedPackage }
}

/// What is expected.
package indirect enum PackExpression: Sendable {
  case all([PackExpression])
  case any([PackExpression])
  case not(PackExpression)
  case event(Events)
  case count(Events, ClosedRange<Int>)
  case order(earlier: Moment, later: Moment)
  case artifacts(labels: [String], types: [String], ClosedRange<Int>)
  case rehash(atLeast: Int)
  case verified(Verification)
  case document(file: String, [FieldCondition])

  /// Events of a type, as far as their fields are as said.
  package struct Events: Sendable {
    package var type: String
    package var which: Which
    package var conditions: [FieldCondition]

    package init(type: String, which: Which, conditions: [FieldCondition]) {
      self.type = type
      self.which = which
      self.conditions = conditions
    }
  }

  /// Which of the events of a type are looked at.
  package enum Which: String, Sendable {
    case any, first, last, every
  }

  /// The first or the last event of a type.
  package struct Moment: Sendable {
    package var isLast: Bool
    package var type: String

    package init(isLast: Bool, type: String) {
      self.isLast = isLast
      self.type = type
    }
  }

  /// How well a subject must be vouched for.
  package enum Verification: String, Sendable {
    /// Nothing in it contradicts itself.
    case intact
    /// Besides, a trusted key signed it.
    case signed
  }

  /// What a field must be.
  package struct FieldCondition: Sendable {
    /// A JSON pointer.
    package var pointer: String
    /// Its parts, unescaped.
    package var path: [[UInt8]]
    package var demand: Demand

    package init(pointer: String, path: [[UInt8]], demand: Demand) {
      self.pointer = pointer
      self.path = path
      self.demand = demand
    }

    /// What is demanded of it.
    package enum Demand: Sendable {
      /// A text, a list or an object with something in it, or any number or truth value.
      case nonEmpty
      case present
      case absent
      /// A scalar that spells one of these.
      case oneOf([String])
    }
  }
}
