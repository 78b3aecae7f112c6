import Automata

/// A set of values of one field of events: texts, or whole numbers.
enum AxisSet: Hashable, Sendable {
  case texts(Automaton)
  /// Sorted ranges that neither overlap nor touch.
  case numbers([ClosedRange<Int>])

  /// From a number upwards.
  static func atLeast(_ lower: Int) -> AxisSet { .numbers([lower...Int.max]) }

  var isEmpty: Bool {
    switch self {
    case .texts(let automaton): automaton.isEmpty
    case .numbers(let ranges): ranges.isEmpty
    }
  }

  /// What both have; nil if it takes too many states.
  func intersection(_ other: AxisSet) -> AxisSet? {
    switch (self, other) {
    case (.texts(let left), .texts(let right)): return left.intersection(right).map(AxisSet.texts)
    case (.numbers(let left), .numbers(let right)):
      let ranges = left.flatMap { range in right.compactMap { range.overlaps($0) ? range.clamped(to: $0) : nil } }
      return .numbers(ranges)
    default: return nil
    }
  }

  /// What this has and another has not; nil if it takes too many states.
  func subtracting(_ other: AxisSet) -> AxisSet? {
    switch (self, other) {
    case (.texts(let left), .texts(let right)): return left.subtracting(right).map(AxisSet.texts)
    case (.numbers(let left), .numbers(let right)):
      var ranges = left
      for cut in right {
        ranges = ranges.flatMap { range -> [ClosedRange<Int>] in
          guard range.overlaps(cut) else { return [range] }
          var parts: [ClosedRange<Int>] = []
          if range.lowerBound < cut.lowerBound { parts.append(range.lowerBound...cut.lowerBound - 1) }
          if range.upperBound > cut.upperBound { parts.append(cut.upperBound + 1...range.upperBound) }
          return parts
        }
      }
      return .numbers(ranges)
    default: return nil
    }
  }

  /// What either has; nil if it takes too many states.
  func union(_ other: AxisSet) -> AxisSet? {
    switch (self, other) {
    case (.texts(let left), .texts(let right)): return left.union(right).map(AxisSet.texts)
    case (.numbers(let left), .numbers(let right)):
      var result: [ClosedRange<Int>] = []
      for range in (left + right).sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if let last = result.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
          result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        } else {
          result.append(range)
        }
      }
      return .numbers(result)
    default: return nil
    }
  }
}

/// One field of events that outcomes depend on.
struct Axis: Hashable, Sendable {
  /// What the field is.
  enum Field: Hashable, Sendable {
    case path
    case host
    case toolName
    case argumentsSize
    /// The text that is written, added or sent.
    case text
    /// The added lines of a patch.
    case addedLines
    case additions
    case deletions
    case secretName
    case customType
    case level
    case risk
    case transferSize
    case inputType
    case commandLine
    /// Whether something is so that no automaton decides; the terms say what.
    case undecided([String])
  }

  var field: Field
  /// Every value that the field can have.
  var universe: AxisSet

  /// Whether what a value is can be decided.
  var isExact: Bool { if case .undecided = field { false } else { true } }

  static func numbers(_ field: Field, _ range: ClosedRange<Int> = 0...Int.max) -> Axis {
    Axis(field: field, universe: .numbers([range]))
  }
  static func texts(_ field: Field, _ universe: Automaton = .all) -> Axis {
    Axis(field: field, universe: .texts(universe))
  }
}
