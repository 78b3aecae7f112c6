/// A range of IPv4 addresses, as in `10.213.0.0/29`.
package struct AddressRange: Sendable, Equatable, CustomStringConvertible {
  /// The first address.
  package var base: UInt32
  /// How many bits are fixed.
  package var bits: Int

  /// The range from an address on.
  package init(base: UInt32, bits: Int) {
    self.bits = min(max(bits, 0), 32)
    self.base = base & Self.mask(self.bits)
  }

  /// Reads CIDR form; nil for anything else, IPv6 too.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { UInt32($0) }
    guard numbers.count == 4 else { return nil }
    var base: UInt32 = 0
    for number in numbers {
      guard let number, number < 256 else { return nil }
      base = base << 8 | number
    }
    guard let bits = parts.count == 2 ? Int(parts[1]) : 32, (0...32).contains(bits) else { return nil }
    self.init(base: base, bits: bits)
  }

  /// Whether two ranges share an address.
  package func overlaps(_ other: AddressRange) -> Bool {
    let mask = Self.mask(min(bits, other.bits))
    return base & mask == other.base & mask
  }

  /// Whether an address is in the range.
  package func contains(_ address: UInt32) -> Bool { address & Self.mask(bits) == base }

  private static func mask(_ bits: Int) -> UInt32 { bits == 0 ? 0 : ~0 << UInt32(32 - bits) }

  /// CIDR form.
  package var description: String { "\(address)/\(bits)" }

  /// The first address.
  package var address: String { [24, 16, 8, 0].map { String(base >> UInt32($0) & 255) }.joined(separator: ".") }
}
