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
  private let looks: Int

  init(_ candidates: [Candidate], looks: Int) {
    self.candidates = candidates.sorted { (-$0.priority, $0.gpus, $0.owner) < (-$1.priority, $1.gpus, $1.owner) }
    self.looks = looks
  }

  func cost(_ owners: [Int]) -> Cost {
    let victims = candidates.filter { owners.contains($0.owner) }
    return Cost(
      priorities: victims.map(\.priority), gpus: victims.reduce(0) { $0 + $1.gpus }, owners: owners.sorted())
  }

  /// The best set whose putting out is enough; nil if that of all isn't.
  ///
  /// `fits` says whether it is enough to put out all but some that are kept: the more are kept, the less can it be.
  func best(_ fits: ([Int]) -> Bool) -> [Int]? {
    guard fits([]) else { return nil }
    var left = looks
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

  /// What must be left of some victims if everybody who can be kept is, in order.
  private func reduced(_ victims: [Candidate], _ fits: ([Int]) -> Bool) -> [Int] {
    let owners = Set(victims.map(\.owner))
    var kept = candidates.map(\.owner).filter { !owners.contains($0) }
    var needed: [Int] = []
    for victim in victims {
      if fits(kept + [victim.owner]) { kept.append(victim.owner) } else { needed.append(victim.owner) }
    }
    return needed
  }
}
