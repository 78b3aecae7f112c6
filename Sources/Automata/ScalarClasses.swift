/// A partition of all scalars (and of bytes that are none) into classes that a list of sets does not tell apart.
struct ScalarClasses: Sendable {
  /// The class of every ASCII character.
  private(set) var ascii: [UInt16]
  /// The first ordinal of each interval whose scalars share a class, and the class.
  private(set) var starts: [ScalarOrdinal]
  private(set) var classOfInterval: [UInt16]
  /// One scalar of each class: the first.
  private(set) var representatives: [ScalarOrdinal]

  /// One class for everything.
  init() { self.init([]) }

  init(_ sets: [ScalarSet]) {
    var boundaries: [ScalarOrdinal] = [0, ScalarSet.invalidOrdinal]
    boundaries.reserveCapacity(2 + sets.reduce(0) { $0 + $1.ranges.count * 2 })
    for set in sets {
      for range in set.ranges {
        boundaries.append(range.lower)
        if range.upper < ScalarSet.invalidOrdinal { boundaries.append(range.upper + 1) }
      }
    }
    boundaries.sort()
    starts = []
    for boundary in boundaries where starts.last != boundary { starts.append(boundary) }
    // An interval is told from others by the sets that it lies in; the sets are swept once, side by side.
    let words = (sets.count + 63) / 64
    var signatures = [UInt64](repeating: 0, count: starts.count * words)
    for (index, set) in sets.enumerated() {
      var interval = 0
      for range in set.ranges {
        var (low, high) = (interval, starts.count)
        while low < high {
          let middle = (low + high) / 2
          if starts[middle] < range.lower { low = middle + 1 } else { high = middle }
        }
        interval = low
        while interval < starts.count, starts[interval] <= range.upper {
          signatures[interval * words + index / 64] |= 1 << UInt64(index % 64)
          interval += 1
        }
      }
    }
    classOfInterval = []
    classOfInterval.reserveCapacity(starts.count)
    representatives = []
    var known: [[UInt64]: UInt16] = [:]
    for interval in starts.indices {
      // A stray byte has a class of its own: no condition may take it for a scalar.
      var signature = Array(signatures[interval * words..<(interval + 1) * words])
      if starts[interval] == ScalarSet.invalidOrdinal { signature.append(1) }
      if let found = known[signature] {
        classOfInterval.append(found)
      } else {
        let new = UInt16(truncatingIfNeeded: representatives.count)
        known[signature] = new
        representatives.append(starts[interval])
        classOfInterval.append(new)
      }
    }
    ascii = []
    ascii.reserveCapacity(128)
    var interval = 0
    for ordinal in ScalarOrdinal(0)..<128 {
      while interval + 1 < starts.count, starts[interval + 1] <= ordinal { interval += 1 }
      ascii.append(classOfInterval[interval])
    }
  }

  /// How many classes there are.
  var count: Int { representatives.count }

  /// The class of an ordinal.
  func classOf(_ ordinal: ScalarOrdinal) -> UInt16 {
    if ordinal < 128 { return ascii[Int(ordinal)] }
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= ordinal { low = middle + 1 } else { high = middle }
    }
    return classOfInterval[low - 1]
  }
}
