import Canonical
import Glibc

/// The head of a record in a segment: 152 bytes, little-endian, before the record's own bytes.
///
///       0  magic, 4 bytes: `clwE` an event, `clwP` one without actor and payload, `clwC` a record of the log about itself
///       4  length of the body, 4 bytes
///       8  index of the record, 8 bytes
///      16  how many records were durable when this one was written, 8 bytes
///      24  seq, 4 bytes; 28 zero, 4 bytes
///      32  run: the first 16 bytes of the SHA-256 of its runId
///      48  hash of the event; of a record about the log the SHA-256 of its body
///      80  prevHash; zeros if there is none
///     112  hash of the leaf
///     144  a sum over all of that, 8 bytes
struct Frame {
  /// What the body is.
  enum Kind: UInt32 {
    /// The eight hashed members of an event.
    case event = 0x4577_6C63
    /// The entry of an event whose payload was pruned.
    case pruned = 0x5077_6C63
    /// A record of the log about itself, which is the data of its leaf.
    case control = 0x4377_6C63
  }

  static let size = 152

  var kind: Kind
  var length: Int
  var index: Int
  var durable: Int
  var seq: Int
  var run: RunKey
  var hash: Hash256
  var prevHash: Hash256?
  var leaf: Hash256

  /// How many bytes head and body have.
  var total: Int { Self.size + length }

  init(
    kind: Kind, length: Int, index: Int, durable: Int, seq: Int, run: RunKey, hash: Hash256, prevHash: Hash256?,
    leaf: Hash256
  ) {
    self.kind = kind
    self.length = length
    self.index = index
    self.durable = durable
    self.seq = seq
    self.run = run
    self.hash = hash
    self.prevHash = prevHash
    self.leaf = leaf
  }

  /// Reads a head; nil if it is none.
  @inline(__always)
  init?(_ start: UnsafeRawPointer) {
    func number(_ offset: Int) -> UInt64 { UInt64(littleEndian: (start + offset).loadUnaligned(as: UInt64.self)) }
    func half(_ offset: Int) -> UInt32 { UInt32(littleEndian: (start + offset).loadUnaligned(as: UInt32.self)) }
    guard let kind = Kind(rawValue: half(0)), number(144) == Self.sum(start) else { return nil }
    self.kind = kind
    length = Int(half(4))
    index = Int(truncatingIfNeeded: number(8))
    durable = Int(truncatingIfNeeded: number(16))
    seq = Int(half(24))
    run = RunKey(high: number(32), low: number(40))
    hash = Hash256(at: start + 48)
    let previous = Hash256(at: start + 80)
    prevHash = previous == Hash256.zero ? nil : previous
    leaf = Hash256(at: start + 112)
    guard length <= Self.lengthLimit, index >= 0, durable >= 0, half(28) == 0 else { return nil }
  }

  /// No record is longer: an event, or a list of what was pruned.
  static let lengthLimit = 64 << 20

  @inline(__always)
  func write(to start: UnsafeMutableRawPointer) {
    func put(_ value: UInt64, _ offset: Int) { (start + offset).storeBytes(of: value.littleEndian, as: UInt64.self) }
    func put(_ value: UInt32, _ offset: Int) { (start + offset).storeBytes(of: value.littleEndian, as: UInt32.self) }
    put(kind.rawValue, 0)
    put(UInt32(truncatingIfNeeded: length), 4)
    put(UInt64(index), 8)
    put(UInt64(durable), 16)
    put(UInt32(truncatingIfNeeded: seq), 24)
    put(UInt32(0), 28)
    put(run.high, 32)
    put(run.low, 40)
    hash.write(to: start + 48)
    (prevHash ?? Hash256.zero).write(to: start + 80)
    leaf.write(to: start + 112)
    put(Self.sum(UnsafeRawPointer(start)), 144)
  }

  /// Mixes the first 144 bytes: it finds accidents, not attackers; those are for the tree.
  @inline(__always)
  private static func sum(_ start: UnsafeRawPointer) -> UInt64 {
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
    for offset in stride(from: 0, to: 144, by: 8) {
      let word = UInt64(littleEndian: (start + offset).loadUnaligned(as: UInt64.self))
      sum = (sum ^ word) &* 0xFF51_AFD7_ED55_8CCD
      sum ^= sum >> 32
    }
    return sum
  }
}

extension Hash256 {
  static let zero = Hash256(bytes: [UInt8](repeating: 0, count: 32)) ?? Hash256(of: [])
}

/// A run in the head of a record.
struct RunKey: Hashable, Sendable {
  var high: UInt64
  var low: UInt64

  static let none = RunKey(high: 0, low: 0)

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init(_ runId: String) {
    let hash = Hash256(of: Array(runId.utf8)).bytes
    (high, low) = hash.withUnsafeBytes { bytes in
      (
        UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }
}

/// Whether two pieces of memory hold the same bytes.
@inline(__always)
func memoryIsEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
  memcmp(left, right, count) == 0
}
