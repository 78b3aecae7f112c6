/// Lines of a patch as the reference reads them: what begins with `+` but not `+++` is added, with `-` but not `---` deleted.
enum PatchLines {
  static func isAddition(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool { begins(bytes, line, 0x2B) }

  private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ sign: UInt8) -> Bool {
    guard !line.isEmpty, bytes[line.lowerBound] == sign else { return false }
    return line.count < 3 || bytes[line.lowerBound + 1] != sign || bytes[line.lowerBound + 2] != sign
  }
}
