/// The hashing of RFC 9162, section 2.1: leaves and nodes can't be taken for each other.
package enum MerkleTree {
  /// The hash of a leaf: of 0x00 and its data.
  @inline(__always)
  package static func leaf(_ data: UnsafeRawBufferPointer) -> Hash256 { Hash256(of: 0x00, data) }

  /// The hash of a leaf: of 0x00 and its data.
  package static func leaf(_ data: [UInt8]) -> Hash256 { data.withUnsafeBytes { leaf($0) } }

  /// The hash of a node: of 0x01 and its two children.
  @inline(__always)
  package static func node(_ left: Hash256, _ right: Hash256) -> Hash256 {
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { bytes in
      guard let start = bytes.baseAddress else { return left }
      left.write(to: start)
      right.write(to: start + 32)
      return Hash256(of: 0x01, UnsafeRawBufferPointer(bytes))
    }
  }

  /// The root of a tree without leaves.
  package static let emptyRoot = Hash256(of: [])

  /// The hash over some leaves of a tree, from its complete subtrees.
  ///
  /// - Parameter complete: the root of the 2^level leaves from index · 2^level on.
  package static func root<Failure: Error>(
    of range: Range<Int>, complete: (_ level: Int, _ index: Int) throws(Failure) -> Hash256
  ) throws(Failure) -> Hash256 {
    if range.isEmpty { return emptyRoot }
    let count = range.count
    if count & (count - 1) == 0, range.lowerBound % count == 0 {
      return try complete(count.trailingZeroBitCount, range.lowerBound / count)
    }
    let middle = range.lowerBound + split(count)
    return node(
      try root(of: range.lowerBound..<middle, complete: complete),
      try root(of: middle..<range.upperBound, complete: complete))
  }

  /// The largest power of two below a number of at least 2.
  static func split(_ count: Int) -> Int { 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount) }
}

/// A tree that only grows, as the roots of its complete subtrees: all that appending and the root need.
package struct MerkleFrontier: Sendable, Equatable {
  /// How many leaves there are.
  package private(set) var size = 0
  /// The roots of the complete subtrees, the largest first: one for each bit of `size`.
  package private(set) var nodes: [Hash256] = []

  /// An empty tree.
  package init() {}

  /// A tree of which only this is known; nil if there are not as many nodes as a tree of that size has.
  package init?(size: Int, nodes: [Hash256]) {
    guard size >= 0, nodes.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.nodes = nodes
  }

  /// Adds a leaf.
  @inline(__always)
  package mutating func append(_ leaf: Hash256) {
    var (hash, rest) = (leaf, size)
    while rest & 1 == 1 {
      hash = MerkleTree.node(nodes.removeLast(), hash)
      rest >>= 1
    }
    nodes.append(hash)
    size += 1
  }

  /// The root.
  package var root: Hash256 {
    guard var hash = nodes.last else { return MerkleTree.emptyRoot }
    for node in nodes.dropLast().reversed() { hash = MerkleTree.node(node, hash) }
    return hash
  }
}
