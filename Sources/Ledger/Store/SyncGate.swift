import Glibc

/// Brings the log to the disk, once for all who wait for it, in whatever process they are.
///
/// Who holds the lock of the file `sync` waits for the disk; the others wait for the lock, and mostly find then that what
/// they wait for is done.
struct SyncGate {
  private let folder: LedgerFolder
  private let file: DiskFile
  private var segment: (first: Int, file: DiskFile)?

  init(_ folder: LedgerFolder) throws(LedgerFailure) {
    self.folder = folder
    file = try DiskFile.write(folder.file("sync"))
  }

  /// How many records are on the disk for sure.
  static func durable(_ file: DiskFile) throws(LedgerFailure) -> Int {
    let bytes = try file.bytes(at: 0, count: 16)
    guard bytes.count == 16, bytes.number(at: 0) == ~bytes.number(at: 8) else { return 0 }
    return bytes.number(at: 0)
  }

  /// Waits until so many records are on the disk.
  mutating func sync(upTo size: Int) throws(LedgerFailure) {
    if try Self.durable(file) >= size { return }
    var segment = segment
    let (file, folder) = (file, folder)
    try file.locked { () throws(LedgerFailure) in
      if try Self.durable(file) >= size { return }
      // Those who wrote before now are in this as well. Earlier segments were synced when they were closed.
      guard let tail = try ControlFile.read(folder) else {
        throw LedgerFailure(.notWritten, "the end of the log is not known any more")
      }
      if segment?.first != tail.place.segment {
        guard let opened = try DiskFile.read(folder.segment(tail.place.segment)) else {
          throw LedgerFailure(.notWritten, "the segment '\(folder.segment(tail.place.segment))' is gone")
        }
        segment = (tail.place.segment, opened)
      }
      try segment?.file.syncData()
      try file.write([UInt8](littleEndian: tail.size) + [UInt8](littleEndian: ~tail.size), at: 0)
    }
    self.segment = segment
  }
}
