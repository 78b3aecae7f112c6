import Canonical
import Glibc
import JSON
import Source

/// Where the parts of a ledger lie, and what it is called.
package struct LedgerFolder: Sendable {
  /// The folder.
  package let path: String
  /// The name that its checkpoints bear, which no other ledger has.
  package let origin: String

  /// The most bytes of the small files of a ledger.
  static let smallLimit = 1 << 20

  func file(_ name: String) -> String { FilePath.join(path, name) }

  var log: String { file("log") }
  var tiles: String { file("tile") }
  var artifacts: String { file("artifacts") }
  var checkpoints: String { file("checkpoints") }
  /// The last checkpoint, under the name that tile clients look for.
  package var checkpoint: String { file("checkpoint") }
  var index: String { file("index.sqlite") }

  /// The path of the segment that begins with a record.
  func segment(_ first: Int) -> String { FilePath.join(log, Self.segmentName(first)) }

  static func segmentName(_ first: Int) -> String {
    let digits = String(first)
    return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits + ".log"
  }

  /// The first records of the segments, in order.
  func segments() throws(LedgerFailure) -> [Int] {
    var found: [Int] = []
    for name in try DiskFolder.names(log) where name.hasSuffix(".log") {
      guard let first = Int(name.dropLast(4)), Self.segmentName(first) == name else {
        throw LedgerFailure(.damaged, "'\(FilePath.join(log, name))' is no segment's name")
      }
      found.append(first)
    }
    return found.sorted()
  }

  // MARK: Opening

  /// A ledger that is there; a failure where there is none. Nothing is made or changed.
  package init(existing path: String) throws(LedgerFailure) {
    let file = FilePath.join(path, "ledger.json")
    guard let bytes = try DiskFile.read(file)?.all(limit: Self.smallLimit) else {
      throw LedgerFailure(.noLedger, "there is no ledger in '\(path)'")
    }
    guard let value = try? JSONParser.parse(bytes[...], strict: true), value["schema"]?.integer == 1,
      let origin = value["origin"]?.string, Self.isOrigin(origin)
    else { throw LedgerFailure(.damaged, "'\(file)' does not say which ledger this is") }
    self.path = path
    self.origin = origin
  }

  /// A ledger, made if there is none.
  ///
  /// - Parameter origin: its name if it is made; one with a random part if nil.
  package init(making path: String, origin: String? = nil) throws(LedgerFailure) {
    do throws(LedgerFailure) {
      try self.init(existing: path)
      return
    } catch {
      guard error.rule == .noLedger else { throw error }
    }
    try DiskFolder.make(path)
    let lock = try DiskFile.write(FilePath.join(path, "lock"))
    self = try lock.locked { () throws(LedgerFailure) in
      // Another process may have been faster.
      if let folder = try? LedgerFolder(existing: path) { return folder }
      // A log that has lost its name is no new ledger: its checkpoints and the heads that were kept are of the old name.
      let log = (try? DiskFolder.names(FilePath.join(path, "log"))) ?? []
      let note = (try? DiskFile.read(FilePath.join(path, "checkpoint"))) ?? nil
      guard log.isEmpty, note == nil else {
        throw LedgerFailure(
          .damaged, "'\(FilePath.join(path, "ledger.json"))' is missing, and the log is there: restore it")
      }
      let random = (0..<2).map { _ in UInt64.random(in: .min ... .max) }
      let name = origin ?? "claw.example/ledger/\(Digest.hexadecimal(random.flatMap { [UInt8](bigEndian: $0) }))"
      guard Self.isOrigin(name) else {
        throw LedgerFailure(.badCheckpoint, "'\(name)' can't name a ledger: no white space, no '+', at most 200 bytes")
      }
      try DiskFolder.make(FilePath.join(path, "log"))
      var object = CanonicalObject()
      object.add("origin", name)
      object.add("schema", 1)
      try DiskFolder.replace(FilePath.join(path, "ledger.json"), with: object.bytes)
      return try LedgerFolder(existing: path)
    }
  }

  private static func isOrigin(_ text: String) -> Bool {
    1...200 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x2B }
  }

  /// Registers an extension, if the ledger does not know its types yet; what is registered otherwise stays as it is.
  package func register(_ identifier: String, version: String, types: [String]) throws(LedgerFailure) {
    let lock = try DiskFile.write(file("lock"))
    try lock.locked { () throws(LedgerFailure) in
      let known = try extensions()
      if types.allSatisfy({ known.state(of: $0) != nil }) { return }
      let bytes = try DiskFile.read(file("extensions.json"))?.all(limit: Self.smallLimit)
      var list = bytes.flatMap { try? JSONParser.parse($0[...], strict: true) }?["extensions"]?.array ?? []
      list.append([
        "extensionId": .string(identifier), "schemaVersion": .string(version), "status": "active",
        "eventTypes": .array(types.map { .string($0) }),
      ])
      let document: JSONValue = ["schema": 1, "extensions": .array(list)]
      let text = Array((document.text(indented: true) + "\n").utf8)
      // Not in place of a file that nobody could read any more.
      _ = try EventExtensions(json: text)
      try DiskFolder.replace(file("extensions.json"), with: text)
    }
  }

  /// The types that extensions register.
  package func extensions() throws(LedgerFailure) -> EventExtensions {
    guard let bytes = try DiskFile.read(file("extensions.json"))?.all(limit: Self.smallLimit) else {
      return EventExtensions()
    }
    return try EventExtensions(json: bytes)
  }
}

extension [UInt8] {
  /// The eight bytes of a number, the highest first.
  init(bigEndian value: UInt64) { self = (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) } }
}
