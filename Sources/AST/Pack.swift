package import Source

/// A governance pack as it was written: what is expected of a run, an evidence bundle or a sealed change package.
package struct Pack: Sendable {
  /// The file that it stands in.
  package var file: SourceFile
  /// `pack.id`
  package var id: Located<String>?
  /// `pack.version`
  package var version: Located<String>?
  /// `pack.description`
  package var description: Located<String>?
  /// `event_types`: types of events beyond those that every ledger knows.
  package var eventTypes: [Located<String>] = []
  /// `applies_to`: the kinds of subjects that it is for; nil for runs and evidence bundles.
  package var subjects: [Located<String>]?
  /// `when`: the subjects that it is for, by what they hold.
  package var condition: PackCheck?
  /// `expectations`
  package var expectations: [PackExpectation] = []

  package init(file: SourceFile) { self.file = file }
}

/// One thing that is expected.
package struct PackExpectation: Sendable {
  package var id: Located<String>
  package var description: Located<String>?
  /// `severity`: error, warning or info; nil for an error.
  package var severity: Located<String>?
  /// `applies_to`, where it is for fewer subjects than the pack.
  package var subjects: [Located<String>]?
  /// `expect`
  package var check: PackCheck

  package init(id: Located<String>, check: PackCheck) {
    self.id = id
    self.check = check
  }
}

/// A check with its place.
package struct PackCheck: Sendable {
  package var kind: Kind
  package var location: Location

  package init(_ kind: Kind, _ location: Location) {
    self.kind = kind
    self.location = location
  }

  /// What is checked.
  package indirect enum Kind: Sendable {
    case all([PackCheck])
    case any([PackCheck])
    case not(PackCheck)
    case event(PackEvents)
    case count(PackEvents, PackBounds)
    case order(earlier: PackMoment, later: PackMoment)
    case artifacts(labels: [Located<String>], types: [Located<String>], PackBounds)
    case rehash(PackBounds)
    case verified(Located<String>)
    case document(file: Located<String>, conditions: [PackFieldCondition])
  }
}

/// Events of a type, as far as their fields are as said.
package struct PackEvents: Sendable {
  package var type: Located<String>
  /// `which`: any, first, last or every; nil for any.
  package var which: Located<String>?
  package var conditions: [PackFieldCondition]

  package init(type: Located<String>, which: Located<String>? = nil, conditions: [PackFieldCondition] = []) {
    self.type = type
    self.which = which
    self.conditions = conditions
  }
}

/// The first or the last event of a type.
package struct PackMoment: Sendable {
  package var isLast: Bool
  package var type: Located<String>

  package init(isLast: Bool, type: Located<String>) {
    self.isLast = isLast
    self.type = type
  }
}

/// How many there must be.
package struct PackBounds: Sendable {
  package var atLeast: Located<Int>?
  package var atMost: Located<Int>?
  /// Whether either was written, be it misspelt.
  package var isSaid: Bool

  package init(atLeast: Located<Int>? = nil, atMost: Located<Int>? = nil, isSaid: Bool) {
    self.isSaid = isSaid
    self.atLeast = atLeast
    self.atMost = atMost
  }
}

/// What a field must be.
package struct PackFieldCondition: Sendable {
  /// A JSON pointer (RFC 6901).
  package var field: Located<String>
  package var demand: Demand

  package init(field: Located<String>, demand: Demand) {
    self.field = field
    self.demand = demand
  }

  /// What is demanded of it.
  package enum Demand: Sendable {
    /// `is`: non-empty, present or absent.
    case state(Located<String>)
    /// `equals`, or `one_of`.
    case oneOf([Located<String>])
  }
}
