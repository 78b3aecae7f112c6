import Canonical
import JSON

/// The log's own record of a pruning: which records lost actor and payload, when, and by which policy.
///
/// `{"at":…,"cutoff":…,"count":…,"keepTypes":[…],"kind":"claw.ledger/pruned/v1","records":"3-17,20"}` in canonical JSON.
struct PruningRecord: Sendable, Equatable {
  static let kind = "claw.ledger/pruned/v1"

  /// When.
  var at: String
  /// Runs that ended before this time were pruned.
  var cutoff: String
  /// Events of these types kept everything.
  var keepTypes: [String]
  /// The records, in order.
  var ranges: [ClosedRange<Int>]

  init(at: String, cutoff: String, keepTypes: [String], records: [Int]) {
    self.at = at
    self.cutoff = cutoff
    self.keepTypes = keepTypes
    ranges = []
    for index in records {
      if let last = ranges.last, last.upperBound + 1 == index {
        ranges[ranges.count - 1] = last.lowerBound...index
      } else {
        ranges.append(index...index)
      }
    }
  }

  var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("at", at)
    object.add("count", ranges.reduce(0) { $0 + $1.count })
    object.add("cutoff", cutoff)
    object.add("keepTypes", canonical: CanonicalObject.array(keepTypes.map(CanonicalObject.text)))
    object.add("kind", Self.kind)
    object.add(
      "records",
      ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ","))
    return object.bytes
  }

  init(canonical bytes: [UInt8]) throws(LedgerFailure) {
    let malformed = LedgerFailure(.malformedEvent, "it is no record of the log about itself")
    guard let value = try? JSONParser.parse(bytes[...], strict: true), value["kind"]?.string == Self.kind,
      let at = value["at"]?.string, let cutoff = value["cutoff"]?.string, let types = value["keepTypes"]?.array,
      let records = value["records"]?.string
    else { throw malformed }
    self.init(at: at, cutoff: cutoff, keepTypes: types.compactMap(\.string), records: [])
    for part in records.split(separator: ",") {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard 1...2 ~= ends.count, let first = ends[0], let last = ends[ends.count - 1], 0 <= first, first <= last else {
        throw malformed
      }
      ranges.append(first...last)
    }
    guard self.bytes == bytes else { throw malformed }
  }
}
