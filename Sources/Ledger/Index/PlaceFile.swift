/// The places of the events of long runs, in a file beside the index: 512 of them to a block, a block to a page.
///
/// A lookup in a table of ten million rows goes through several pages, most of which are in no cache of a size that anybody
/// would give it; here it reads eight bytes of one page. A block is written once, when its last event is indexed. What stands
/// here is a hint: whoever follows it holds the record that it leads to against what was asked for, and asks the tables of
/// the index where it does not fit. So the file need not be brought to the disk, and can be lost.
struct PlaceFile {
  /// How many places a block has.
  static let blockCount = 512
  private static let placeSize = 8
  /// How many bits of a place say where in its segment it is; the others are the segment's first record.
  private static let offsetBits: UInt64 = 28

  private let file: DiskFile

  /// The file of the index in a file; nil where none can be made.
  init?(ofIndex path: String) {
    guard path != ":memory:", let file = try? DiskFile.write(path + Self.ending) else { return nil }
    self.file = file
  }

  /// What the file's name has behind that of the index.
  static let ending = "-places"

  /// Writes a whole block; whether it could be.
  func write(_ places: [LogPlace], block number: Int) -> Bool {
    guard places.count == Self.blockCount, number >= 0 else { return false }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.blockCount * Self.placeSize)
    for place in places {
      guard place.segment >= 0, place.segment >> (64 - Self.offsetBits) == 0, place.offset >= 0,
        place.offset >> Self.offsetBits == 0
      else { return false }
      let value = UInt64(place.segment) << Self.offsetBits | UInt64(place.offset)
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return (try? file.write(bytes, at: number * bytes.count)) != nil
  }

  /// A place of a block; nil if the file does not have it.
  func place(_ index: Int, block number: Int) -> LogPlace? {
    var value: UInt64 = 0
    let offset = (number * Self.blockCount + index) * Self.placeSize
    let count = withUnsafeMutableBytes(of: &value) { buffer in (try? file.read(buffer, at: offset)) ?? 0 }
    guard count == Self.placeSize else { return nil }
    value = UInt64(littleEndian: value)
    return LogPlace(
      segment: Int(value >> Self.offsetBits), offset: Int(value & (1 << Self.offsetBits - 1)))
  }
}
