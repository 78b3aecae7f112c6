import JSON

/// The order of the members of the objects that are being written, the innermost ones last.
///
/// Memory of its own: an array would look at each access whether somebody else has it too.
struct MemberStack: ~Copyable {
  /// A member of an object: where it stands, and the start of its name as a number.
  private struct Place {
    var prefix: UInt64
    var index: Int
  }

  private var places: UnsafeMutablePointer<Place>
  private var capacity = 64
  private var count = 0

  init() { places = .allocate(capacity: 64) }

  deinit { places.deallocate() }

  /// Adds the members of an object, put in order; where they begin.
  mutating func push(_ members: [JSONValue.Member]) -> Int {
    if capacity - count < members.count { grow(members.count) }
    let first = count
    for index in members.indices {
      let new = Place(prefix: Self.prefix(members[index].name), index: index)
      var place = count
      count += 1
      // Most lists are short: each member goes to its place among those before it.
      if members.count <= 33 {
        while place > first, Self.isBefore(new, places[place - 1], members) {
          places[place] = places[place - 1]
          place -= 1
        }
      }
      places[place] = new
    }
    if members.count > 33 {
      var sorted = UnsafeMutableBufferPointer(start: places + first, count: members.count)
      sorted.sort { Self.isBefore($0, $1, members) }
    }
    return first
  }

  private mutating func grow(_ more: Int) {
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutablePointer<Place>.allocate(capacity: capacity)
    larger.update(from: places, count: count)
    places.deallocate()
    places = larger
  }

  /// Forgets the last members.
  mutating func pop(_ members: Int) { count -= members }

  /// Which member stands at a place.
  @inline(__always)
  func index(_ place: Int) -> Int { places[place].index }

  /// Whether the member at a place truly comes before the next one: the same name twice does not.
  @inline(__always)
  func isBefore(_ place: Int, _ members: [JSONValue.Member]) -> Bool {
    Self.isBefore(places[place], places[place + 1], members)
  }

  /// The first eight bytes of a name, the first one first; a shorter name is filled with zeros.
  @inline(__always)
  private static func prefix(_ name: String) -> UInt64 {
    let prefix = name.utf8.withContiguousStorageIfAvailable { bytes -> UInt64 in
      if bytes.count >= 8, let start = bytes.baseAddress {
        return UInt64(bigEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
      }
      var value: UInt64 = 0
      for byte in bytes { value = value << 8 | UInt64(byte) }
      return bytes.isEmpty ? 0 : value << UInt64(8 * (8 - bytes.count))
    }
    return prefix
      ?? name.utf8.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(56 - 8 * $1.offset) }
  }

  @inline(__always)
  private static func isBefore(_ left: Place, _ right: Place, _ members: [JSONValue.Member]) -> Bool {
    // ASCII sorts by its bytes, and what differs in the first eight needs no second look.
    if left.prefix != right.prefix, (left.prefix | right.prefix) & 0x8080_8080_8080_8080 == 0 {
      return left.prefix < right.prefix
    }
    return CanonicalJSON.isBefore(members[left.index].name, members[right.index].name)
  }
}
