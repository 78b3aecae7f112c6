import Canonical
import IR
import Source

/// Gives claw's networks their addresses: from a block that the pod's name alone decides, so that they are the same on
/// every machine and no pod's depend on another's.
///
/// Docker's own pools end after some thirty networks; explicit subnets don't.
package struct SubnetPlanner: Sendable {
  /// The addresses that all pods share, unless `network-range` says otherwise: 10.128.0.0/9.
  package static let defaultRange = "10.128.0.0/9"
  /// Addresses of the smallest network: 32, for 29 members.
  private static let slot = 32

  private let start: UInt32
  private let blocks: Int
  /// The pod's block; where it is full, the next one follows.
  private let home: Int
  /// Slots of a block.
  private let slots: Int
  /// The slots that are taken, by block.
  private var used: [Int: Set<Int>] = [:]

  /// Plans for a pod inside a range; nil if the range is none, or smaller than a /20.
  package init?(pod: String, range: String) {
    let parts = range.split(separator: "/").map(String.init)
    guard parts.count == 2, let length = Int(parts[1]), (8...20).contains(length), let start = Self.address(parts[0])
    else {
      return nil
    }
    let mask = UInt32.max << UInt32(32 - length)
    guard start & ~mask == 0, Self.isPrivate(start, length) else { return nil }
    // A pod gets a /18 where the range has room for several, else all of it.
    let blockLength = max(length, min(18, length + 10))
    let blocks = 1 << (blockLength - length)
    let hash = Self.hash("pod:" + pod)
    self.start = start
    self.blocks = blocks
    home = Int(hash % UInt64(blocks))
    slots = (1 << (32 - blockLength)) / Self.slot
  }

  /// A network's subnet, sized for its members with room to grow, at a place that its name decides; nil if the block is
  /// full.
  package mutating func subnet(for name: String, members: Int) -> String? {
    var size = Self.slot
    // Network, broadcast and gateway addresses are not to be had.
    while size < members + 3 { size *= 2 }
    let count = size / Self.slot
    guard count <= slots else { return nil }
    let places = slots / count
    let first = Int(Self.hash("network:" + name) % UInt64(places))
    for further in 0..<blocks {
      let block = (home + further) % blocks
      for step in 0..<places {
        let place = (first + step) % places * count
        let wanted = place..<place + count
        if let used = used[block], used.count > slots - count || wanted.contains(where: used.contains) {
          if used.count > slots - count { break }
          continue
        }
        used[block, default: []].formUnion(wanted)
        let address = start + UInt32((block * slots + place) * Self.slot)
        return "\(Self.text(address))/\(32 - size.trailingZeroBitCount)"
      }
    }
    return nil
  }

  /// An address of a network, counted from its end: 0 is the last that a container can have. nil if there is none.
  package static func address(_ index: Int, fromEndOf subnet: String) -> String? {
    let parts = subnet.split(separator: "/").map(String.init)
    guard parts.count == 2, let length = Int(parts[1]), (8...30).contains(length), let start = address(parts[0]) else {
      return nil
    }
    let size = 1 << (32 - length)
    // The first is the network's, the second the gateway's, the last the broadcast's.
    guard index >= 0, index + 3 < size else { return nil }
    return text(start + UInt32(size - 2 - index))
  }

  /// Whether addresses are for private use: RFC 1918, 6598 and 2544. Others belong to somebody.
  private static func isPrivate(_ address: UInt32, _ length: Int) -> Bool {
    let ranges: [(UInt32, Int)] = [
      (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0x6440_0000, 10), (0xC612_0000, 15),
    ]
    return ranges.contains { base, bits in length >= bits && (address ^ base) >> UInt32(32 - bits) == 0 }
  }

  private static func hash(_ text: String) -> UInt64 {
    Digest.sha256(Array(text.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func address(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard let part else { return nil }
      value = value << 8 | UInt32(part)
    }
    return value
  }

  private static func text(_ address: UInt32) -> String {
    [24, 16, 8, 0].map { String(address >> UInt32($0) & 255) }.joined(separator: ".")
  }
}
