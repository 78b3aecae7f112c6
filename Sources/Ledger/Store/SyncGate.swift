/// Brings the log to the disk, once for all who wait for it, in whatever process they are.
///
/// Who holds the lock of the file `sync` waits for the disk; the others wait for the lock, and mostly find then that what
/// they wait for is done.
struct SyncGate {
  private let folder: LedgerFolder
  private let pages: SharedPages
  private var control: ControlFile
  private var segment: (first: Int, file: DiskFile)?

  init(_ folder: LedgerFolder) throws(LedgerFailure) {
    self.folder = folder
    pages = try SyncGate.pages(folder)
    control = try ControlFile(folder)
  }

  static func pages(_ folder: LedgerFolder) throws(LedgerFailure) -> SharedPages {
    try SharedPages(folder.file("sync"), size: 4096)
  }

  /// How many records are on the disk for sure.
  static func durable(_ pages: SharedPages) -> Int {
    let (count, complement) = (pages.number(at: 0), pages.number(at: 8))
    return count == ~complement ? count : 0
  }

  /// Waits until so many records are on the disk.
  ///
  /// - Parameter seen: the end of the log as the writer of this process left it.
  mutating func sync(upTo size: Int, seen: ControlFile.Seen? = nil) throws(LedgerFailure) {
    if Self.durable(pages) >= size { return }
    if let seen { control.learn(seen) }
    var (segment, control) = (segment, control)
    let (pages, folder) = (pages, folder)
    try pages.locked { () throws(LedgerFailure) in
      if Self.durable(pages) >= size { return }
      // Those who wrote before now are in this as well. Earlier segments were synced when they were closed.
      guard let tail = control.read() else {
        throw LedgerFailure(.notWritten, "the end of the log is not known any more")
      }
      if segment?.first != tail.place.segment {
        guard let opened = try DiskFile.read(folder.segment(tail.place.segment)) else {
          throw LedgerFailure(.notWritten, "the segment '\(folder.segment(tail.place.segment))' is gone")
        }
        segment = (tail.place.segment, opened)
      }
      try segment?.file.syncData()
      pages.write([UInt8](littleEndian: tail.size) + [UInt8](littleEndian: ~tail.size), at: 0)
    }
    (self.segment, self.control) = (segment, control)
  }
}
