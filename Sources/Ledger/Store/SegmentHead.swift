import Canonical

/// The first 4096 bytes of a segment: which record it begins with, and the tree before it.
///
///       0  `clawlog1`
///       8  index of the first record, 8 bytes
///      16  number of the tree's complete subtrees, 8 bytes
///      24  their roots, the largest first, 32 bytes each; then zeros
///    4064  SHA-256 of the 4064 bytes before
struct SegmentHead {
  static let size = 4096
  private static let magic = Array("clawlog1".utf8)

  /// The tree of all records before the segment.
  var frontier: MerkleFrontier

  var bytes: [UInt8] {
    var bytes = Self.magic + [UInt8](littleEndian: frontier.size) + [UInt8](littleEndian: frontier.nodes.count)
    for node in frontier.nodes { bytes += node.bytes }
    bytes += [UInt8](repeating: 0, count: Self.size - 32 - bytes.count)
    return bytes + Hash256(of: bytes).bytes
  }

  init(frontier: MerkleFrontier) { self.frontier = frontier }

  /// Reads a head; nil if it is none.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.size, bytes.starts(with: Self.magic),
      Hash256(of: Array(bytes[..<(Self.size - 32)])).bytes.elementsEqual(bytes[(Self.size - 32)...])
    else { return nil }
    let (first, count) = (bytes.number(at: 8), bytes.number(at: 16))
    guard 0...63 ~= count else { return nil }
    let nodes = (0..<count).compactMap { Hash256(bytes: bytes[(24 + 32 * $0)..<(56 + 32 * $0)]) }
    guard let frontier = MerkleFrontier(size: first, nodes: nodes) else { return nil }
    self.frontier = frontier
  }

  /// The head of an open segment; a failure if it has none.
  static func read(_ file: DiskFile, first: Int) throws(LedgerFailure) -> SegmentHead {
    guard let head = SegmentHead(try file.bytes(at: 0, count: size)), head.frontier.size == first else {
      throw LedgerFailure(.damaged, "the segment '\(file.path)' has no valid head")
    }
    return head
  }
}

extension [UInt8] {
  /// The eight bytes of a number, the lowest first.
  init(littleEndian value: Int) { self = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  /// Appends the eight bytes of a number, the lowest first.
  mutating func append(littleEndian value: Int) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// The number of eight bytes, the lowest first; there must be as many.
  func number(at offset: Int) -> Int { (0..<8).reduce(0) { $0 | Int(self[offset + $1]) << (8 * $1) } }
}
