import Canonical
import Glibc

/// A place in the log.
struct LogPlace: Sendable, Equatable {
  /// The first record of the segment.
  var segment: Int
  /// Where in the segment's file.
  var offset: Int
}

/// The end of the log: where the next record goes, and the tree of those before it.
struct LogTail: Sendable, Equatable {
  var place: LogPlace
  var frontier: MerkleFrontier

  /// How many records there are.
  var size: Int { frontier.size }
}

/// The file in which the processes that append tell each other where the log ends.
///
/// It has two slots, written in turns, each with a number and a digest, so that one of them is whole whenever a process
/// dies. Who writes holds the append lock. It is a convenience: what it says counts only until the machine starts again,
/// and without it the end is found by reading the last segment.
struct ControlFile {
  private static let magic = Array("clawctl1".utf8)
  private static let slot = 2048

  private let pages: SharedPages
  private let boot: [UInt8]
  private var sequence = 0

  init(_ folder: LedgerFolder) throws(LedgerFailure) {
    pages = try SharedPages(folder.file("control"), size: 2 * Self.slot)
    boot = Boot.identity
  }

  /// What was read or written last.
  private var last: LogTail?

  /// What one part of a process read or wrote last, so that another part need not read it again.
  struct Seen {
    fileprivate var sequence: Int
    fileprivate var tail: LogTail
  }

  var seen: Seen? { last.map { Seen(sequence: sequence, tail: $0) } }

  /// Learns what was seen, if it is newer than what it knows.
  mutating func learn(_ seen: Seen) {
    if last == nil || seen.sequence > sequence { (sequence, last) = (seen.sequence, seen.tail) }
  }

  /// What the processes of this start of the machine agreed on; nil if nothing.
  mutating func read() -> LogTail? {
    let numbers = [pages.number(at: 8), pages.number(at: Self.slot + 8)]
    // Nobody wrote since.
    if let last, max(numbers[0], numbers[1]) == sequence { return last }
    for slot in numbers[0] > numbers[1] ? [0, Self.slot] : [Self.slot, 0] {
      let length = 96 + 32 * min(max(pages.number(at: slot + 56), 0), 58)
      if let (sequence, tail) = Self.read(pages.bytes(length, at: slot), boot) {
        self.sequence = sequence
        last = tail
        return tail
      }
    }
    return nil
  }

  /// The same for those that must not write anything.
  static func read(_ folder: LedgerFolder) throws(LedgerFailure) -> LogTail? {
    guard let file = try DiskFile.read(folder.file("control")) else { return nil }
    return newest(try file.bytes(at: 0, count: 2 * slot), Boot.identity)?.tail
  }

  mutating func write(_ tail: LogTail) {
    sequence += 1
    var bytes = Self.magic
    bytes.reserveCapacity(96 + 32 * tail.frontier.nodes.count)
    bytes.append(littleEndian: sequence)
    bytes += boot
    for number in [tail.place.segment, tail.place.offset, tail.size, tail.frontier.nodes.count] {
      bytes.append(littleEndian: number)
    }
    for node in tail.frontier.nodes { bytes += node.bytes }
    bytes += Hash256(of: bytes).bytes
    pages.write(bytes, at: sequence % 2 * Self.slot)
    last = tail
  }

  private static func newest(_ bytes: [UInt8], _ boot: [UInt8]) -> (sequence: Int, tail: LogTail)? {
    guard bytes.count > slot else { return nil }
    let slots = [Array(bytes[..<slot]), Array(bytes[slot...])].compactMap { read($0, boot) }
    return slots.max { $0.sequence < $1.sequence }
  }

  private static func read(_ bytes: [UInt8], _ boot: [UInt8]) -> (sequence: Int, tail: LogTail)? {
    guard bytes.count >= 96, bytes.starts(with: magic), bytes[16..<32].elementsEqual(boot) else { return nil }
    let count = bytes.number(at: 56)
    guard 0...58 ~= count, bytes.count >= 96 + 32 * count else { return nil }
    let end = 64 + 32 * count
    guard Hash256(of: Array(bytes[..<end])).bytes.elementsEqual(bytes[end..<(end + 32)]) else { return nil }
    let nodes = (0..<count).compactMap { Hash256(bytes: bytes[(64 + 32 * $0)..<(96 + 32 * $0)]) }
    guard let frontier = MerkleFrontier(size: bytes.number(at: 48), nodes: nodes) else { return nil }
    let place = LogPlace(segment: bytes.number(at: 32), offset: bytes.number(at: 40))
    return (bytes.number(at: 8), LogTail(place: place, frontier: frontier))
  }
}

/// This start of the machine.
enum Boot {
  /// Whether the system says which start this is.
  static let isKnown: Bool = known != nil

  /// 16 bytes that no other start has; zeros if the system does not say.
  static let identity: [UInt8] = known ?? [UInt8](repeating: 0, count: 16)

  private static let known: [UInt8]? = {
    guard let file = try? DiskFile.read("/proc/sys/kernel/random/boot_id"),
      let text = try? file.bytes(at: 0, count: 36), text.count == 36
    else { return nil }
    return Hexadecimal.decode(String(decoding: text.filter { $0 != 0x2D }, as: UTF8.self))
  }()
}
