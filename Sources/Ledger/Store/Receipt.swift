import Canonical

/// How safe a record is.
package enum Durability: String, Sendable, CaseIterable {
  /// It is on the disk, and so is everything before it.
  case durable
  /// It is in the file: it outlives the process, but perhaps not the machine's next loss of power.
  case written
}

/// What the ledger says of an event that it recorded.
package struct Receipt: Sendable, Equatable {
  package var eventId: String
  package var runId: String
  /// Its number in the run.
  package var seq: Int
  /// Its number in the log: which leaf of the tree it is.
  package var index: Int
  /// The hash of the event.
  package var hash: String
  package var durability: Durability
  /// Whether it was there before: the same event was appended again.
  package var isRepeated = false

  /// The receipt in canonical JSON.
  package var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("durability", durability.rawValue)
    object.add("eventId", eventId)
    object.add("hash", hash)
    object.add("index", index)
    object.add("repeated", isRepeated)
    object.add("runId", runId)
    object.add("seq", seq)
    return object.bytes
  }
}
