package import Canonical

/// What the log's tree has a leaf of: an event without its actor and payload, but with both hashes.
///
/// `{"eventId":…,"hash":…,"prevHash":…,"runId":…,"seq":…,"ts":…,"type":…}` in canonical JSON. The hash commits to the whole
/// event, so that the payload can go one day and the leaf stays; `prevHash` makes it a true chain.
package struct LogEntry: Sendable, Equatable {
  package var eventId: String
  package var hash: Hash256
  package var prevHash: Hash256?
  package var runId: String
  package var seq: Int
  package var ts: String
  package var type: String

  /// The data of the leaf.
  package var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("eventId", eventId)
    object.add("hash", hash.hex)
    if let prevHash {
      object.add("prevHash", prevHash.hex)
    } else {
      object.add("prevHash", canonical: Array("null".utf8))
    }
    object.add("runId", runId)
    object.add("seq", seq)
    object.add("ts", ts)
    object.add("type", type)
    return object.bytes
  }

  /// The hash of the leaf.
  package var leaf: Hash256 { MerkleTree.leaf(bytes) }

  private static let names = ["eventId", "hash", "prevHash", "runId", "seq", "ts", "type"]

  /// Reads the data of a leaf.
  package init(canonical bytes: [UInt8]) throws(LedgerFailure) {
    let fields = try EventFields(bytes, names: Self.names)
    let previous = try fields.nullableText("prevHash")
    guard let hash = Hash256(hex: try fields.text("hash")) else {
      throw LedgerFailure(.invalidHash, "the 'hash' of an entry is no SHA-256")
    }
    self.hash = hash
    prevHash = nil
    if let previous {
      guard let value = Hash256(hex: previous) else {
        throw LedgerFailure(.invalidHash, "the 'prevHash' of an entry is no SHA-256")
      }
      prevHash = value
    }
    eventId = try fields.text("eventId")
    runId = try fields.text("runId")
    seq = try fields.integer("seq")
    ts = try fields.text("ts")
    type = try fields.text("type")
    guard self.bytes == bytes else { throw LedgerFailure(.malformedEvent, "an entry of the log is not canonical") }
  }

  /// The entry of an event; nil if its hashes are none.
  package init?(_ event: AuditEvent) {
    guard let hash = Hash256(hex: event.hash) else { return nil }
    self.hash = hash
    if let previous = event.prevHash {
      guard let value = Hash256(hex: previous) else { return nil }
      prevHash = value
    } else {
      prevHash = nil
    }
    (eventId, runId, seq, ts, type) = (event.eventId, event.runId, event.seq, event.ts, event.type)
  }
}

/// Makes the leaf of an event out of its hashed bytes, without reading what its texts say.
struct EntryWriter: ~Copyable {
  private var buffer = RecordBuffer()

  init() {}

  /// The hash of the leaf; nil if the bytes are no event in canonical form.
  mutating func leaf(_ event: UnsafeBufferPointer<UInt8>, hash: Hash256, prevHash: Hash256?) -> Hash256? {
    guard let ranges = HashedRanges(event) else { return nil }
    return leaf(event, ranges, hash: hash, prevHash: prevHash)
  }

  /// The data of the leaf of an event whose members are known.
  mutating func bytes(
    _ event: UnsafeBufferPointer<UInt8>, _ ranges: HashedRanges, hash: Hash256, prevHash: Hash256?
  ) -> [UInt8] {
    write(event, ranges, hash: hash, prevHash: prevHash)
    return Array(buffer.bytes)
  }

  /// The hash of the leaf of an event whose members are known.
  @inline(__always)
  mutating func leaf(
    _ event: UnsafeBufferPointer<UInt8>, _ ranges: HashedRanges, hash: Hash256, prevHash: Hash256?
  ) -> Hash256 {
    write(event, ranges, hash: hash, prevHash: prevHash)
    return MerkleTree.leaf(buffer.bytes)
  }

  private mutating func write(
    _ event: UnsafeBufferPointer<UInt8>, _ ranges: HashedRanges, hash: Hash256, prevHash: Hash256?
  ) {
    guard let source = event.baseAddress else { return }
    let length = ranges.eventId.count + ranges.runId.count + ranges.seq.count + ranges.ts.count + ranges.type.count
    buffer.count = 0
    // Names, quotes and commas are 71 bytes, two hashes with quotes 132.
    let start = buffer.end(room: length + 256).assumingMemoryBound(to: UInt8.self)
    var end = 0
    func put(_ text: StaticString) {
      (start + end).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
      end += text.utf8CodeUnitCount
    }
    func put(_ range: Range<Int>) {
      (start + end).update(from: source + range.lowerBound, count: range.count)
      end += range.count
    }
    func put(_ hash: Hash256) {
      hash.write(hex: UnsafeMutableBufferPointer(start: start + end, count: 64))
      end += 64
    }
    put("{\"eventId\":")
    put(ranges.eventId)
    put(",\"hash\":\"")
    put(hash)
    put("\",\"prevHash\":")
    if let prevHash {
      put("\"")
      put(prevHash)
      put("\"")
    } else {
      put("null")
    }
    put(",\"runId\":")
    put(ranges.runId)
    put(",\"seq\":")
    put(ranges.seq)
    put(",\"ts\":")
    put(ranges.ts)
    put(",\"type\":")
    put(ranges.type)
    put("}")
    buffer.count = end
  }
}

/// Where the values of an event's eight hashed members lie, quotes included.
struct HashedRanges {
  var actor = 0..<0
  var eventId = 0..<0
  var payload = 0..<0
  var runId = 0..<0
  var schemaVersion = 0..<0
  var seq = 0..<0
  var ts = 0..<0
  var type = 0..<0

  /// Nothing, for what is no event any more.
  static let none = HashedRanges(eventId: 0..<0, payload: 0..<0, runId: 0..<0, seq: 0..<0, ts: 0..<0, type: 0..<0)

  /// Those that an entry is made of, where they are known.
  init(
    eventId: Range<Int>, payload: Range<Int>, runId: Range<Int>, seq: Range<Int>, ts: Range<Int>, type: Range<Int>
  ) {
    self.eventId = eventId
    self.payload = payload
    self.runId = runId
    self.seq = seq
    self.ts = ts
    self.type = type
  }

  /// Nil if these are not exactly the eight members in canonical order.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let members = CanonicalMembers(bytes)?.members else { return nil }
    self.init(bytes, members)
  }

  /// The same where the members are known.
  @inline(__always)
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ members: [CanonicalMembers.Member]) {
    guard members.count == 8 else { return nil }
    func value(_ index: Int, _ name: StaticString) -> Range<Int>? {
      let place = members[index].name
      guard place.count == name.utf8CodeUnitCount, let start = bytes.baseAddress,
        memoryIsEqual(start + place.lowerBound, name.utf8Start, place.count)
      else { return nil }
      return members[index].value
    }
    guard let actor = value(0, "actor"), let eventId = value(1, "eventId"), let payload = value(2, "payload"),
      let runId = value(3, "runId"), let schemaVersion = value(4, "schemaVersion"), let seq = value(5, "seq"),
      let ts = value(6, "ts"), let type = value(7, "type")
    else { return nil }
    self.actor = actor
    self.eventId = eventId
    self.payload = payload
    self.runId = runId
    self.schemaVersion = schemaVersion
    self.seq = seq
    self.ts = ts
    self.type = type
    for range in [eventId, runId, schemaVersion, ts, type] where bytes[range.lowerBound] != 0x22 { return nil }
    for range in [actor, payload] where bytes[range.lowerBound] != 0x7B { return nil }
  }
}
