/// The place of a Unicode scalar among all of them: its value, without the gap that the surrogates leave.
///
/// Automata work on ordinals, so that neighbouring scalars have neighbouring numbers and a set has one spelling.
package typealias ScalarOrdinal = UInt32

/// A set of Unicode scalars: sorted ranges of ordinals that neither overlap nor touch, so that equal sets are equal values.
package struct ScalarSet: Sendable, Hashable {
  /// Ends are inclusive.
  package struct Range: Sendable, Hashable {
    package var lower: ScalarOrdinal
    package var upper: ScalarOrdinal

    package init(_ lower: ScalarOrdinal, _ upper: ScalarOrdinal) {
      self.lower = lower
      self.upper = upper
    }
  }

  /// The ordinal of U+10FFFF.
  package static let lastOrdinal: ScalarOrdinal = 0x10F7FF
  /// What stands for a byte that is part of no scalar; only text that is not UTF-8 has it.
  package static let invalidOrdinal: ScalarOrdinal = 0x10F800

  /// Every scalar.
  package static let all = ScalarSet(sorted: [Range(0, lastOrdinal)])
  /// Every scalar, and bytes that are none.
  package static let everything = ScalarSet(sorted: [Range(0, invalidOrdinal)])
  /// No scalar.
  package static let none = ScalarSet(sorted: [])

  /// The ranges, in order.
  package private(set) var ranges: [Range]

  private init(sorted: [Range]) { ranges = sorted }

  /// The set of what any of the ranges holds.
  package init(_ ranges: [Range]) {
    var result: [Range] = []
    result.reserveCapacity(ranges.count)
    let isSorted = zip(ranges, ranges.dropFirst()).allSatisfy { $0.lower <= $1.lower }
    for range in isSorted ? ranges : ranges.sorted(by: { $0.lower < $1.lower }) where range.lower <= range.upper {
      if let last = result.last, last.upper == .max || range.lower <= last.upper + 1 {
        result[result.count - 1].upper = max(last.upper, range.upper)
      } else {
        result.append(range)
      }
    }
    self.ranges = result
  }

  /// The set of one scalar.
  package init(_ scalar: Unicode.Scalar) {
    let ordinal = Self.ordinal(scalar)
    ranges = [Range(ordinal, ordinal)]
  }

  /// The scalars from one to another, both included.
  package init(_ scalars: ClosedRange<Unicode.Scalar>) {
    ranges = [Range(Self.ordinal(scalars.lowerBound), Self.ordinal(scalars.upperBound))]
  }

  /// The ordinal of a scalar.
  package static func ordinal(_ scalar: Unicode.Scalar) -> ScalarOrdinal {
    scalar.value < 0xD800 ? scalar.value : scalar.value - 0x800
  }

  /// The scalar of an ordinal; U+FFFD for what is none.
  package static func scalar(_ ordinal: ScalarOrdinal) -> Unicode.Scalar {
    Unicode.Scalar(ordinal < 0xD800 ? ordinal : ordinal + 0x800) ?? "\u{FFFD}"
  }

  /// Whether no scalar is in the set.
  package var isEmpty: Bool { ranges.isEmpty }

  /// The scalar, if the set has just one.
  package var onlyOrdinal: ScalarOrdinal? {
    ranges.count == 1 && ranges[0].lower == ranges[0].upper ? ranges[0].lower : nil
  }

  /// How many scalars the set has.
  package var count: Int { ranges.reduce(0) { $0 + Int($1.upper - $1.lower) + 1 } }

  /// Whether the set has a scalar.
  package func contains(_ ordinal: ScalarOrdinal) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upper < ordinal { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lower <= ordinal
  }

  /// What either set has.
  package func union(_ other: ScalarSet) -> ScalarSet {
    if isEmpty { return other }
    return other.isEmpty ? self : ScalarSet(ranges + other.ranges)
  }

  /// What both sets have.
  package func intersection(_ other: ScalarSet) -> ScalarSet {
    var result: [Range] = []
    var (left, right) = (0, 0)
    while left < ranges.count, right < other.ranges.count {
      let lower = max(ranges[left].lower, other.ranges[right].lower)
      let upper = min(ranges[left].upper, other.ranges[right].upper)
      if lower <= upper { result.append(Range(lower, upper)) }
      if ranges[left].upper < other.ranges[right].upper { left += 1 } else { right += 1 }
    }
    return ScalarSet(sorted: result)
  }

  /// The scalars that the set does not have.
  package var complement: ScalarSet {
    var result: [Range] = []
    var next: ScalarOrdinal = 0
    for range in ranges {
      if range.lower > next { result.append(Range(next, range.lower - 1)) }
      next = range.upper + 1
    }
    if next <= Self.lastOrdinal { result.append(Range(next, Self.lastOrdinal)) }
    return ScalarSet(sorted: result)
  }

  /// What the set has and another has not.
  package func subtracting(_ other: ScalarSet) -> ScalarSet { intersection(other.complement) }
}
