import Canonical
import Glibc
import Source

/// The tree in tiles, as C2SP's tlog-tiles has them: `tile/LEVEL/NUMBER` holds 256 hashes, a tile at the right edge fewer
/// and a name that ends in `.p/COUNT`. `tile/entries/NUMBER` holds the data of 256 leaves, each after its length.
enum TileLayout {
  static let width = 256
  private static let levelBits = 8

  /// `x001/x234/067` of 1234067.
  static func number(_ value: Int) -> String {
    func padded(_ part: Int) -> String {
      let digits = String(part)
      return String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    }
    var text = padded(value % 1000)
    var rest = value / 1000
    while rest > 0 {
      text = "x\(padded(rest % 1000))/" + text
      rest /= 1000
    }
    return text
  }

  /// The path of a tile of hashes, below `tile`.
  static func path(level: Int, _ index: Int, width: Int) -> String {
    "\(level)/\(number(index))" + (width < self.width ? ".p/\(width)" : "")
  }

  /// The path of a bundle of entries, below `tile`.
  static func entries(_ index: Int, width: Int) -> String {
    "entries/\(number(index))" + (width < self.width ? ".p/\(width)" : "")
  }

  /// How many hashes a level of tiles has in a tree.
  static func count(level: Int, size: Int) -> Int { size >> (levelBits * level) }
}

/// Reads tiles, and gives the roots of complete subtrees: what proofs are made of.
struct TileReader {
  private let folder: LedgerFolder
  /// How many leaves the tree of the tiles has.
  let size: Int
  private var cache: [String: [Hash256]] = [:]

  init(_ folder: LedgerFolder, size: Int) {
    self.folder = folder
    self.size = size
  }

  /// The root of the 2^level leaves from index · 2^level on; a failure if the tiles don't have it.
  mutating func complete(_ level: Int, _ index: Int) throws(LedgerFailure) -> Hash256 {
    let (tileLevel, rest) = (level / 8, level % 8)
    let first = index << rest
    let hashes = try tile(tileLevel, first / TileLayout.width)
    let start = first % TileLayout.width
    guard start + (1 << rest) <= hashes.count else {
      throw LedgerFailure(.badTile, "the tiles of the log end before leaf \((index + 1) << level)")
    }
    var nodes = Array(hashes[start..<start + (1 << rest)])
    while nodes.count > 1 {
      nodes = stride(from: 0, to: nodes.count, by: 2).map { MerkleTree.node(nodes[$0], nodes[$0 + 1]) }
    }
    return nodes[0]
  }

  private mutating func tile(_ level: Int, _ index: Int) throws(LedgerFailure) -> [Hash256] {
    let count = TileLayout.count(level: level, size: size)
    let width = min(TileLayout.width, count - index * TileLayout.width)
    guard width > 0 else { throw LedgerFailure(.badTile, "the log has no tile \(index) at level \(level)") }
    let name = TileLayout.path(level: level, index, width: width)
    if let hashes = cache[name] { return hashes }
    let path = FilePath.join(folder.tiles, name)
    guard let bytes = try DiskFile.read(path)?.all(limit: 32 * TileLayout.width), bytes.count == 32 * width else {
      throw LedgerFailure(.badTile, "the tile '\(path)' is missing or has another size")
    }
    let hashes = (0..<width).compactMap { Hash256(bytes: bytes[(32 * $0)..<(32 * $0 + 32)]) }
    if cache.count > 256 { cache.removeAll() }
    cache[name] = hashes
    return hashes
  }
}

/// Writes the tiles of a tree that grew.
struct TileWriter: ~Copyable {
  private let folder: LedgerFolder
  /// How many leaves had their tiles before.
  private let old: Int
  private var size: Int
  /// For each level the hashes of the tile that is being filled.
  private var levels: [[Hash256]] = []
  private var bundle: [UInt8] = []
  /// Whether an entry of the bundle is too long for the format.
  private var isBundleWhole = true

  /// - Parameter old: the size of the tree whose tiles are there.
  init(_ folder: LedgerFolder, old: Int) throws(LedgerFailure) {
    self.folder = folder
    self.old = old
    // Goes on at the start of the last tile of leaves: what it has is added again.
    size = old - old % TileLayout.width
    var reader = TileReader(folder, size: old)
    var count = size / TileLayout.width
    var level = 1
    levels = [[]]
    while count > 0 {
      let first = count - count % TileLayout.width
      var hashes: [Hash256] = []
      for index in first..<count { hashes.append(try reader.complete(8 * level, index)) }
      levels.append(hashes)
      count /= TileLayout.width
      level += 1
    }
  }

  /// The record that must be added next.
  var next: Int { size }

  /// Adds a leaf and the data that it is of.
  mutating func add(_ leaf: Hash256, data: [UInt8]) throws(LedgerFailure) {
    if data.count <= 0xFFFF {
      bundle += [UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
    } else {
      isBundleWhole = false
    }
    size += 1
    try add(leaf, level: 0)
    if size % TileLayout.width == 0 { try writeBundle(width: TileLayout.width) }
  }

  private mutating func add(_ hash: Hash256, level: Int) throws(LedgerFailure) {
    if levels.count == level { levels.append([]) }
    levels[level].append(hash)
    guard levels[level].count == TileLayout.width else { return }
    let index = (size >> (8 * level)) / TileLayout.width - 1
    try write(level, index)
    var nodes = levels[level]
    levels[level] = []
    while nodes.count > 1 {
      nodes = stride(from: 0, to: nodes.count, by: 2).map { MerkleTree.node(nodes[$0], nodes[$0 + 1]) }
    }
    try add(nodes[0], level: level + 1)
  }

  /// Writes the tiles at the right edge.
  mutating func finish() throws(LedgerFailure) {
    for level in levels.indices where !levels[level].isEmpty {
      try write(level, TileLayout.count(level: level, size: size) / TileLayout.width)
    }
    if size % TileLayout.width > 0 { try writeBundle(width: size % TileLayout.width) }
  }

  private func write(_ level: Int, _ index: Int) throws(LedgerFailure) {
    let hashes = levels[level]
    let path = FilePath.join(folder.tiles, TileLayout.path(level: level, index, width: hashes.count))
    try TileFile.write(path, hashes.flatMap(\.bytes))
  }

  private mutating func writeBundle(width: Int) throws(LedgerFailure) {
    let index = (size - 1) / TileLayout.width
    if isBundleWhole {
      try TileFile.write(FilePath.join(folder.tiles, TileLayout.entries(index, width: width)), bundle)
    }
    bundle = []
    isBundleWhole = true
  }
}

/// A tile's file: what it holds follows from the log, so that it is put in place as a whole but not waited for.
enum TileFile {
  static func write(_ path: String, _ bytes: [UInt8]) throws(LedgerFailure) {
    try DiskFolder.make(DiskFolder.parent(of: path))
    let temporary = "\(path).new-\(getpid())"
    unlink(temporary)
    do throws(LedgerFailure) {
      try DiskFile.write(temporary, exclusive: true).write(bytes, at: 0)
      guard rename(temporary, path) == 0 else { throw DiskFile.failure(path, writing: true) }
    } catch {
      unlink(temporary)
      throw error
    }
  }
}
