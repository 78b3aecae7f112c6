import Canonical
import TestSupport
import Testing

/// The definitions of RFC 9162, section 2.1, word by word, over the leaves themselves: what the proofs are held against.
enum NaiveTree {
  static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    switch leaves.count {
    case 0: return Digest.sha256([UInt8]())
    case 1: return Digest.sha256([0] + leaves[leaves.startIndex])
    default:
      let middle = leaves.startIndex + half(leaves.count)
      return Digest.sha256([1] + root(leaves[..<middle]) + root(leaves[middle...]))
    }
  }

  static func half(_ count: Int) -> Int {
    var half = 1
    while half * 2 < count { half *= 2 }
    return half
  }

  /// PATH(m, D_n)
  static func path(_ m: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
    guard leaves.count > 1 else { return [] }
    let k = half(leaves.count)
    let middle = leaves.startIndex + k
    return m < k
      ? path(m, leaves[..<middle]) + [root(leaves[middle...])]
      : path(m - k, leaves[middle...]) + [root(leaves[..<middle])]
  }

  /// SUBPROOF(m, D_n, b)
  static func subproof(_ m: Int, _ leaves: ArraySlice<[UInt8]>, _ b: Bool) -> [[UInt8]] {
    if m == leaves.count { return b ? [] : [root(leaves)] }
    let k = half(leaves.count)
    let middle = leaves.startIndex + k
    return m <= k
      ? subproof(m, leaves[..<middle], b) + [root(leaves[middle...])]
      : subproof(m - k, leaves[middle...], false) + [root(leaves[..<middle])]
  }
}

@Suite("Merkle trees and their proofs")
struct MerkleTests {
  static let leaves: [[UInt8]] = (0..<70).map { Array("leaf \($0)".utf8) }

  static func complete(_ level: Int, _ index: Int) -> Hash256 {
    let range = index << level..<(index + 1) << level
    return Hash256(bytes: NaiveTree.root(leaves[range])) ?? MerkleTree.emptyRoot
  }

  @Test("Roots are those of the definition, for every size")
  func roots() {
    var frontier = MerkleFrontier()
    for size in 0...Self.leaves.count {
      #expect(frontier.root.bytes == NaiveTree.root(Self.leaves[..<size]))
      #expect(MerkleTree.root(of: 0..<size, complete: Self.complete) == frontier.root)
      #expect(MerkleFrontier(size: size, nodes: frontier.nodes) == frontier)
      if size < Self.leaves.count { frontier.append(MerkleTree.leaf(Self.leaves[size])) }
    }
    #expect(MerkleFrontier(size: 3, nodes: [MerkleTree.emptyRoot]) == nil)
  }

  @Test("Inclusion proofs are those of the definition, verify, and nothing else does (abuse case 92)")
  func inclusion() {
    for size in 1...40 {
      let root = Hash256(bytes: NaiveTree.root(Self.leaves[..<size])) ?? MerkleTree.emptyRoot
      for index in 0..<size {
        let path = MerkleProof.inclusion(of: index, size: size, complete: Self.complete)
        #expect(path.map(\.bytes) == NaiveTree.path(index, Self.leaves[..<size]))
        let leaf = MerkleTree.leaf(Self.leaves[index])
        #expect(MerkleProof.verifiesInclusion(of: leaf, at: index, size: size, root: root, path: path))
        #expect(!MerkleProof.verifiesInclusion(of: leaf, at: index + 1, size: size, root: root, path: path))
        #expect(!MerkleProof.verifiesInclusion(of: leaf, at: index, size: size, root: root, path: path + [root]))
        #expect(!MerkleProof.verifiesInclusion(of: root, at: index, size: size, root: root, path: path) || size == 1)
        if !path.isEmpty {
          #expect(!MerkleProof.verifiesInclusion(of: leaf, at: index, size: size, root: root, path: path.dropLast()))
          var other = path
          other[path.count / 2] = leaf == other[path.count / 2] ? root : leaf
          #expect(!MerkleProof.verifiesInclusion(of: leaf, at: index, size: size, root: root, path: other))
        }
      }
      #expect(!MerkleProof.verifiesInclusion(of: root, at: -1, size: size, root: root, path: []))
    }
  }

  @Test("Consistency proofs are those of the definition, verify, and nothing else does (abuse case 92)")
  func consistency() {
    for size in 1...40 {
      let root = Hash256(bytes: NaiveTree.root(Self.leaves[..<size])) ?? MerkleTree.emptyRoot
      for old in 1...size {
        let oldRoot = Hash256(bytes: NaiveTree.root(Self.leaves[..<old])) ?? MerkleTree.emptyRoot
        let path = MerkleProof.consistency(from: old, to: size, complete: Self.complete)
        #expect(path.map(\.bytes) == NaiveTree.subproof(old, Self.leaves[..<size], true))
        func verifies(_ old: Int, _ oldRoot: Hash256, _ size: Int, _ root: Hash256, _ path: [Hash256]) -> Bool {
          MerkleProof.verifiesConsistency(from: old, oldRoot, to: size, root, path: path)
        }
        #expect(verifies(old, oldRoot, size, root, path))
        #expect(!verifies(old, MerkleTree.emptyRoot, size, root, path))
        #expect(!verifies(old, oldRoot, size, MerkleTree.emptyRoot, path))
        #expect(!verifies(old, oldRoot, size, root, path + [root]))
        #expect(!verifies(size + 1, oldRoot, size, root, path))
        if !path.isEmpty { #expect(!verifies(old, oldRoot, size, root, Array(path.dropLast()))) }
        // Another past: a leaf that was exchanged.
        guard old < size else { continue }
        var meddled = Array(Self.leaves[..<size])
        meddled[old - 1] = [1]
        let forked = Hash256(bytes: NaiveTree.root(meddled[...])) ?? MerkleTree.emptyRoot
        #expect(!verifies(old, oldRoot, size, forked, path))
      }
    }
    #expect(MerkleProof.verifiesConsistency(from: 0, MerkleTree.emptyRoot, to: 9, Self.complete(3, 0), path: []))
    #expect(!MerkleProof.verifiesConsistency(from: 0, Self.complete(3, 0), to: 9, Self.complete(3, 0), path: []))
  }
}
