import Source

/// Textual IP addresses, as Go's `net.ParseIP` takes them.
enum IPAddress {
  /// Whether a text is an IPv4 or IPv6 address.
  static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return isVersion4(bytes[...]) || isVersion6(bytes[...])
  }

  private static func isVersion4(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard !part.isEmpty, part.count <= 3, part.allSatisfy({ $0.isASCIIDigit }) else { return false }
        if part.count > 1, part.first == 0x30 { return false }
        return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
      }
  }

  private static func isVersion6(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= 45, text.contains(UInt8(ascii: ":")) else { return false }
    var groups = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var room = 8
    if let last = groups.last, last.contains(UInt8(ascii: ".")) {
      guard isVersion4(last) else { return false }
      groups.removeLast()
      room = 6
      // The part before an embedded IPv4 address must not be all there is.
      if groups.isEmpty { return false }
    }
    // `::` shows as an empty group; at either end it shows as two.
    let isOpenAtStart = groups.count >= 2 && groups[0].isEmpty && groups[1].isEmpty
    if isOpenAtStart { groups.removeFirst() }
    if room == 8, groups.count >= 2, groups[groups.count - 1].isEmpty, groups[groups.count - 2].isEmpty {
      groups.removeLast()
    }
    let empty = groups.count(where: \.isEmpty)
    guard empty <= 1, groups.allSatisfy(isGroup) else { return false }
    return empty == 1 ? groups.count - 1 < room : groups.count == room
  }

  private static func isGroup(_ group: ArraySlice<UInt8>) -> Bool {
    group.count <= 4
      && group.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
      }
  }
}
