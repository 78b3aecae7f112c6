import Glibc

/// Lines of a patch as the reference reads them: what begins with `+` but not `+++` is added, with `-` but not `---` deleted.
enum PatchLines {
  static func isAddition(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool { begins(bytes, line, 0x2B) }

  private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ sign: UInt8) -> Bool {
    guard !line.isEmpty, bytes[line.lowerBound] == sign else { return false }
    return line.count < 3 || bytes[line.lowerBound + 1] != sign || bytes[line.lowerBound + 2] != sign
  }

  /// How many lines are added and deleted.
  static func count(_ bytes: UnsafeBufferPointer<UInt8>) -> (additions: Int, deletions: Int) {
    guard let base = bytes.baseAddress else { return (0, 0) }
    var (additions, deletions) = (0, 0)
    var start = 0
    while start < bytes.count {
      let end = memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
      switch bytes[start] {
      case 0x2B: if begins(bytes, start..<end, 0x2B) { additions += 1 }
      case 0x2D: if begins(bytes, start..<end, 0x2D) { deletions += 1 }
      default: break
      }
      start = end + 1
    }
    return (additions, deletions)
  }
}
