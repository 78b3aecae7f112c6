/// Proofs about trees, made and checked as RFC 9162, sections 2.1.3 and 2.1.4 have it.
package enum MerkleProof {
  // MARK: Making

  /// The hashes that lead from a leaf to the root of the first `size` leaves; `index` must be one of them.
  package static func inclusion<Failure: Error>(
    of index: Int, size: Int, complete: (_ level: Int, _ index: Int) throws(Failure) -> Hash256
  ) throws(Failure) -> [Hash256] {
    var (start, end) = (0, size)
    var path: [Hash256] = []
    while end - start > 1 {
      let middle = start + MerkleTree.split(end - start)
      if index < middle {
        path.append(try MerkleTree.root(of: middle..<end, complete: complete))
        end = middle
      } else {
        path.append(try MerkleTree.root(of: start..<middle, complete: complete))
        start = middle
      }
    }
    return path.reversed()
  }

  /// The hashes that show that the tree of `old` leaves is the beginning of that of `size`; `old` is neither 0 nor more.
  package static func consistency<Failure: Error>(
    from old: Int, to size: Int, complete: (_ level: Int, _ index: Int) throws(Failure) -> Hash256
  ) throws(Failure) -> [Hash256] {
    guard 0 < old, old < size else { return [] }
    var (start, end) = (0, size)
    var path: [Hash256] = []
    var isWhole = true
    while end != old {
      let middle = start + MerkleTree.split(end - start)
      if old <= middle {
        path.append(try MerkleTree.root(of: middle..<end, complete: complete))
        end = middle
      } else {
        path.append(try MerkleTree.root(of: start..<middle, complete: complete))
        start = middle
        isWhole = false
      }
    }
    // The verifier knows the old root itself.
    if !isWhole { path.append(try MerkleTree.root(of: start..<end, complete: complete)) }
    return path.reversed()
  }

  // MARK: Checking

  /// Whether a leaf is in the tree of a root.
  package static func verifiesInclusion(
    of leaf: Hash256, at index: Int, size: Int, root: Hash256, path: [Hash256]
  ) -> Bool {
    guard 0 <= index, index < size else { return false }
    var (position, last) = (index, size - 1)
    var hash = leaf
    for sibling in path {
      guard last > 0 else { return false }
      if position & 1 == 1 || position == last {
        hash = MerkleTree.node(sibling, hash)
        while position & 1 == 0, position > 0 {
          position >>= 1
          last >>= 1
        }
      } else {
        hash = MerkleTree.node(hash, sibling)
      }
      position >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether the tree of a root is the beginning of that of another one.
  package static func verifiesConsistency(
    from old: Int, _ oldRoot: Hash256, to size: Int, _ root: Hash256, path: [Hash256]
  ) -> Bool {
    guard 0 <= old, old <= size else { return false }
    // Every tree begins with the empty one, whose root there is only one of.
    if old == 0 { return path.isEmpty && oldRoot == MerkleTree.emptyRoot }
    if old == size { return path.isEmpty && oldRoot == root }
    var path = path[...]
    if old & (old - 1) == 0 { path = [oldRoot] + path }
    guard let first = path.first else { return false }
    var (position, last) = (old - 1, size - 1)
    while position & 1 == 1 {
      position >>= 1
      last >>= 1
    }
    var (oldHash, newHash) = (first, first)
    for sibling in path.dropFirst() {
      guard last > 0 else { return false }
      if position & 1 == 1 || position == last {
        oldHash = MerkleTree.node(sibling, oldHash)
        newHash = MerkleTree.node(sibling, newHash)
        while position & 1 == 0, position > 0 {
          position >>= 1
          last >>= 1
        }
      } else {
        newHash = MerkleTree.node(newHash, sibling)
      }
      position >>= 1
      last >>= 1
    }
    return last == 0 && oldHash == oldRoot && newHash == root
  }
}
