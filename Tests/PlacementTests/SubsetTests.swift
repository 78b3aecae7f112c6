import IR
import Placement
import TestSupport
import Testing

@Suite("GPU subsets")
struct SubsetTests {
  private static let demands: [GPURequest.Link?] = [nil, .nvlink, .socket]

  @Test(
    "Every set of free GPUs and every size: the cheapest subset, and no GPU that isn't free",
    arguments: Fleets.makes.indices)
  func one(make: Int) {
    let (name, links, count) = Fleets.makes[make]
    let node = Fleets.node(name, gpus: count, links: links)
    var checked = 0
    for demand in Self.demands {
      var subsets = GPUSubsets(GPUTopology(links: links, count: count), demand: demand)
      for mask in 0..<1 << count {
        let free = GPUSet((0..<count).filter { mask & 1 << $0 != 0 })
        for size in 1...count + 1 {
          let costs = PlainPlanner.combinations(free.indices, size).compactMap { PlainPlanner.pairs($0, node, demand) }
          #expect(subsets.cost(free, size: size, workers: 1) == costs.min(), "\(name) \(free.indices) \(size)")
          let chosen = subsets.choose(free, size: size, workers: 1)
          #expect((chosen == nil) == costs.isEmpty)
          if let set = chosen?.first {
            #expect(set.count == size && set.indices.allSatisfy(free.indices.contains))
            #expect(PlainPlanner.pairs(set.indices, node, demand) == costs.min())
          }
          checked += 1
        }
      }
    }
    #expect(checked == 3 * (1 << count) * (count + 1))
  }

  @Test("Several workers: as many as fit, at the least cost", arguments: Fleets.makes.indices)
  func several(make: Int) {
    let (name, links, count) = Fleets.makes[make]
    let node = Fleets.node(name, gpus: count, links: links)
    for demand in Self.demands {
      var subsets = GPUSubsets(GPUTopology(links: links, count: count), demand: demand)
      for mask in stride(from: 0, to: 1 << count, by: count > 6 ? 5 : 1) {
        let free = GPUSet((0..<count).filter { mask & 1 << $0 != 0 })
        for size in 1...count {
          var workers = 1
          while let least = PlainPlanner.cost(free.indices, node, size: size, workers: workers, link: demand) {
            #expect(
              subsets.cost(free, size: size, workers: workers) == least, "\(name) \(free.indices) \(size) \(workers)")
            let sets = subsets.choose(free, size: size, workers: workers) ?? []
            #expect(sets.count == workers && Set(sets.flatMap(\.indices)).count == size * workers)
            #expect(sets.reduce(0) { $0 + (PlainPlanner.pairs($1.indices, node, demand) ?? .max / 64) } == least)
            workers += 1
          }
          #expect(subsets.capacity(free, size: size) == workers - 1)
          #expect(subsets.choose(free, size: size, workers: workers) == nil)
        }
      }
    }
  }

  @Test("Of equally cheap subsets the one that leaves the others joined best")
  func remainder() {
    var subsets = GPUSubsets(GPUTopology(links: Fleets.sockets, count: 8), demand: nil)
    // Four are free on the first processor and three on the second: one comes from the three, two as well.
    let free = GPUSet([0, 1, 2, 3, 4, 5, 6])
    #expect(subsets.choose(free, size: 1, workers: 1) == [GPUSet([4])])
    #expect(subsets.choose(free, size: 2, workers: 1) == [GPUSet([4, 5])])
    #expect(subsets.choose(free, size: 4, workers: 1) == [GPUSet([0, 1, 2, 3])])
  }

  @Test("Nodes with 16 GPUs: the search answers what trying everything does", arguments: 0..<40)
  func sixteen(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let kinds: [GPULink] = [.nvlink(1), .nvlink(2), .pix, .phb, .system]
    let count = Int.random(in: 9...12, using: &random)
    let isRegular = random.oneIn(2)
    let table = (0..<count * count).map { _ in kinds[Int.random(in: 0..<kinds.count, using: &random)] }
    let links = Fleets.matrix(count) { isRegular ? ($0 / 4 == $1 / 4 ? .nvlink(2) : .system) : table[$0 * count + $1] }
    let node = Fleets.node("n", gpus: count, links: links)
    for demand in Self.demands {
      var subsets = GPUSubsets(GPUTopology(links: links, count: count), demand: demand)
      let free = GPUSet((0..<count).filter { _ in !random.oneIn(4) })
      for size in 1...free.count {
        let costs = PlainPlanner.combinations(free.indices, size).compactMap { PlainPlanner.pairs($0, node, demand) }
        #expect(subsets.cost(free, size: size, workers: 1) == costs.min())
        guard size > 1 else { continue }
        var workers = 1
        while let least = PlainPlanner.cost(free.indices, node, size: size, workers: workers, link: demand) {
          #expect(subsets.cost(free, size: size, workers: workers) == least, "\(free.indices) \(size) \(workers)")
          let sets = subsets.choose(free, size: size, workers: workers) ?? []
          #expect(sets.reduce(0) { $0 + (PlainPlanner.pairs($1.indices, node, demand) ?? .max / 64) } == least)
          workers += 1
        }
        #expect(subsets.capacity(free, size: size) == workers - 1)
      }
    }
  }

  @Test("Big nodes: what is chosen is free, allowed and disjoint", arguments: [20, 64])
  func big(count: Int) {
    let links = Fleets.matrix(count) { $0 / 8 == $1 / 8 ? .nvlink(18) : .system }
    for demand in Self.demands {
      var subsets = GPUSubsets(GPUTopology(links: links, count: count), demand: demand)
      let free = GPUSet((0..<count).filter { $0 % 3 != 0 })
      for size in 1...8 {
        let workers = subsets.capacity(free, size: size)
        guard let sets = subsets.choose(free, size: size, workers: workers) else {
          Issue.record("\(size) × \(workers)")
          continue
        }
        #expect(sets.count == workers && Set(sets.flatMap(\.indices)).count == size * workers)
        #expect(Set(sets.flatMap(\.indices)).isSubset(of: free.indices))
        if demand != nil { #expect(sets.allSatisfy { Set($0.indices.map { $0 / 8 }).count == 1 }) }
      }
    }
  }
}
