import IR

/// Which nodes stand together: the levels of a fleet, each cut into domains, which lie within those of the level above.
///
/// A domain is known by the names on the way to it, so that racks of the same name in two halls are two. A node whose domain isn't
/// said stands in one of its own; where only an outer level isn't said, what an inner one joins is together there too.
struct DomainTree: Sendable {
  /// The levels' names, outermost first.
  let levels: [String]
  /// The nodes, those of a domain beside one another, in all levels at once; within that in the fleet's order.
  let order: [UInt32]
  /// For each level its domains, as ranges of `order`, in that order.
  let domains: [[Range<Int>]]
  /// For each level the domain of each node.
  let domainOf: [[UInt32]]
  /// For each level the domains' names; empty where none is said.
  let names: [[String]]

  init(_ fleet: Fleet) {
    levels = fleet.levels
    let depth = levels.count
    var known: [DomainKey: Int] = [:]
    // Each node's way to it: at every level the number of its domain, in the order of first sight.
    let paths: [[Int]] = fleet.nodes.enumerated().map { index, node in
      let said = (0..<depth).map { $0 < node.domains.count ? TextKey(node.domains[$0]) : TextKey("") }
      return (0..<depth).map { level in
        // Where this level isn't said, the nearest inner one that is, or else the node, says what belongs together.
        let named = (level..<depth).first { !said[$0].text.isEmpty }
        let path = named.map { Array(said[...$0]) }
        let key = DomainKey(level: level, path: path ?? [], node: path == nil ? index : -1)
        let number = known[key] ?? known.count
        known[key] = number
        return number
      }
    }
    let sorted = fleet.nodes.indices.sorted { left, right in
      for (one, other) in zip(paths[left], paths[right]) where one != other { return one < other }
      return left < right
    }
    var domains: [[Range<Int>]] = Array(repeating: [], count: depth)
    var domainOf = Array(repeating: Array(repeating: UInt32(0), count: sorted.count), count: depth)
    var names: [[String]] = Array(repeating: [], count: depth)
    for level in 0..<depth {
      var start = 0
      for place in sorted.indices {
        let node = sorted[place]
        if place == 0 || paths[sorted[place - 1]][level] != paths[node][level] {
          start = place
          domains[level].append(start..<place)
          names[level].append(level < fleet.nodes[node].domains.count ? fleet.nodes[node].domains[level] : "")
        }
        domains[level][domains[level].count - 1] = start..<place + 1
        domainOf[level][node] = UInt32(domains[level].count - 1)
      }
    }
    order = sorted.map { UInt32($0) }
    self.domains = domains
    self.domainOf = domainOf
    self.names = names
  }

  /// The number of a level, counting the node itself as the innermost; nil if the fleet has none of that name.
  func level(_ name: String) -> Int? {
    levels.firstIndex { $0.isSame(as: name) } ?? (name.isSame(as: "node") ? levels.count : nil)
  }

  private struct DomainKey: Hashable {
    var level: Int
    var path: [TextKey]
    var node: Int
  }
}
