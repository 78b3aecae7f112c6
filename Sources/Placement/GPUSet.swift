/// GPUs of one node by their index: a bit for each.
package struct GPUSet: Sendable, Hashable {
  /// The most GPUs of a node that the planner knows; what a node has beyond them it doesn't use.
  package static let limit = 64

  var bits: UInt64

  /// None.
  package init() { bits = 0 }

  init(bits: UInt64) { self.bits = bits }

  /// Those at some indices; what can't be an index is left out.
  package init(_ indices: some Sequence<Int>) {
    bits = 0
    for index in indices where 0..<Self.limit ~= index { bits |= 1 << UInt64(index) }
  }

  /// The first so many.
  package init(first count: Int) { bits = count >= Self.limit ? .max : count <= 0 ? 0 : (1 << UInt64(count)) - 1 }

  /// How many there are.
  package var count: Int { bits.nonzeroBitCount }

  /// Whether there is none.
  package var isEmpty: Bool { bits == 0 }

  /// Their indices, ascending.
  package var indices: [Int] {
    var rest = bits
    var indices: [Int] = []
    while rest != 0 {
      indices.append(rest.trailingZeroBitCount)
      rest &= rest - 1
    }
    return indices
  }

  /// Adds the one at an index.
  package mutating func insert(_ index: Int) { if 0..<Self.limit ~= index { bits |= 1 << UInt64(index) } }
}
