package import Canonical
import JSON
import Source

/// The greatest head that this machine saw of each ledger, kept apart from the ledgers: one that comes back smaller, or with
/// another past, was rolled back or exchanged.
package struct KeptHeads: Sendable {
  /// What a ledger had.
  package struct Head: Sendable, Equatable {
    package var size: Int
    package var root: Hash256

    package init(size: Int, root: Hash256) {
      self.size = size
      self.root = root
    }
  }

  private let folder: String

  /// Heads in a folder, which is made when the first one is kept.
  package init(folder: String) { self.folder = folder }

  private var path: String { FilePath.join(folder, "ledgers.json") }

  /// The head of a ledger; nil if none is known. A file that can't be read is a failure: without it any past would pass.
  package func head(_ origin: String) throws(LedgerFailure) -> Head? { try read()[origin] }

  /// Keeps a head, if it is greater than the one that is known. Only what was signed or verified may come here.
  package func keep(_ origin: String, size: Int, root: Hash256) throws(LedgerFailure) {
    try DiskFolder.make(folder)
    try DiskFile.write(FilePath.join(folder, "ledgers.lock")).locked { () throws(LedgerFailure) in
      var heads = try read()
      if let known = heads[origin], known.size >= size { return }
      heads[origin] = Head(size: size, root: root)
      try DiskFolder.replace(path, with: Self.bytes(heads))
    }
  }

  private static func bytes(_ heads: [String: Head]) -> [UInt8] {
    var ledgers = CanonicalObject()
    for (origin, head) in heads {
      var entry = CanonicalObject()
      entry.add("root", head.root.hex)
      entry.add("size", head.size)
      ledgers.add(origin, canonical: entry.bytes)
    }
    var object = CanonicalObject()
    object.add("ledgers", canonical: ledgers.bytes)
    object.add("schema", 1)
    return object.bytes
  }

  private func read() throws(LedgerFailure) -> [String: Head] {
    guard let bytes = try DiskFile.read(path)?.all(limit: LedgerFolder.smallLimit) else { return [:] }
    let damaged = LedgerFailure(.damaged, "the heads in '\(path)' can't be read")
    guard let value = try? JSONParser.parse(bytes[...], strict: true), value["schema"]?.integer == 1,
      let members = value["ledgers"]?.members
    else { throw damaged }
    var heads: [String: Head] = [:]
    for member in members {
      guard let size = member.value["size"]?.integer,
        let root = member.value["root"]?.string.flatMap({ Hash256(hex: $0) })
      else { throw damaged }
      heads[member.name] = Head(size: size, root: root)
    }
    return heads
  }
}
