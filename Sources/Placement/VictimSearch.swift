/// The best set of victims among candidates.
struct VictimSearch {
  /// A running workload that may be put out.
  struct Candidate {
    var owner: Int
    var priority: Int
    var gpus: Int
  }

  /// What a set costs.
  struct Cost: Comparable {
    /// The priorities, the highest first.
    var priorities: [Int]
    var gpus: Int
    /// Ascending.
    var owners: [Int]

    static func < (left: Cost, right: Cost) -> Bool {
      if left.priorities != right.priorities { return left.priorities.lexicographicallyPrecedes(right.priorities) }
      if left.gpus != right.gpus { return left.gpus < right.gpus }
      return left.owners.lexicographicallyPrecedes(right.owners)
    }
  }

  /// The highest priority first, which is kept first; then the smallest, since to put out few one puts out big ones.
  private let candidates: [Candidate]

  /// The most candidates among which every set is thought of.
  static let exhaustive = 16
  /// The most questions in one search for the best set; beyond, the best so far is taken.
  static let looks = 1 << 12

  init(_ candidates: [Candidate]) {
    self.candidates = candidates.sorted {
      ($1.priority, $0.gpus, $0.owner) < ($0.priority, $1.gpus, $1.owner)
    }
  }

  func cost(_ owners: [Int]) -> Cost {
    let victims = candidates.filter { owners.contains($0.owner) }
    return Cost(
      priorities: victims.map(\.priority), gpus: victims.reduce(0) { $0 + $1.gpus }, owners: owners.sorted())
  }

  /// The best set whose putting out is enough; nil if that of all isn't.
  ///
  /// `fits` says whether it is enough to put out all but some that are kept: the more are kept, the less can it be. Among many candidates
  /// the set is the one that keeps whom it can in order: still no victim of it can be left out, and still the highest priorities are spared first.
  func best(_ fits: ([Int]) -> Bool) -> [Int]? {
    guard fits([]) else { return nil }
    var left = candidates.count > Self.exhaustive ? 0 : Self.looks
    var best = reduced(candidates, fits)
    var bestCost = cost(best)
    func extend(_ place: Int, _ kept: [Int], _ victims: [Candidate]) {
      // The victims so far begin the list of any set on this way.
      let priorities = victims.map(\.priority)
      let prefix = Array(bestCost.priorities.prefix(priorities.count))
      if prefix.lexicographicallyPrecedes(priorities) { return }
      guard place < candidates.count else {
        let owners = victims.map(\.owner)
        let cost = cost(owners)
        if cost < bestCost { (best, bestCost) = (owners, cost) }
        return
      }
      guard left > 0 else { return }
      left -= 1
      let candidate = candidates[place]
      if fits(kept + [candidate.owner]) { extend(place + 1, kept + [candidate.owner], victims) }
      extend(place + 1, kept, victims + [candidate])
    }
    extend(0, [], [])
    return reduced(candidates.filter { best.contains($0.owner) }, fits).sorted()
  }

  /// What must be left of some victims if everybody who can be kept is, in order: the first who can't is found by halving.
  private func reduced(_ victims: [Candidate], _ fits: ([Int]) -> Bool) -> [Int] {
    let owners = Set(victims.map(\.owner))
    var kept = candidates.map(\.owner).filter { !owners.contains($0) }
    var (needed, rest) = ([Int](), victims.map(\.owner)[...])
    while !rest.isEmpty {
      var (low, high) = (0, rest.count)
      while low < high {
        let middle = (low + high + 1) / 2
        if fits(kept + rest.prefix(middle)) { low = middle } else { high = middle - 1 }
      }
      kept += rest.prefix(low)
      rest = rest.dropFirst(low)
      if let first = rest.popFirst() { needed.append(first) }
    }
    return needed
  }
}
