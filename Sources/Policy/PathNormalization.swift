/// Paths as patterns see them: slashes for backslashes, no empty parts, no `.`, and `..` taken back where something stands
/// before it (reference section 1.5). Lexical only: the file system is not asked.
enum PathNormalization {
  /// Appends the normal form of a path.
  static func append(_ path: some Collection<UInt8>, to result: inout [UInt8]) {
    let isDone: Void? = path.withContiguousStorageIfAvailable { bytes in
      if isNormal(bytes) { result.append(contentsOf: bytes) } else { appendParts(bytes, to: &result) }
    }
    if isDone == nil { appendParts(path, to: &result) }
  }

  /// Whether a path is normal already, as most are; false says nothing.
  private static func isNormal(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let last = path.last, last != 0x2F, path[0] != 0x2E else { return false }
    var isBehindSlash = false
    for byte in path {
      if byte == 0x5C || (isBehindSlash && (byte == 0x2F || byte == 0x2E)) { return false }
      isBehindSlash = byte == 0x2F
    }
    return true
  }

  private static func appendParts(_ path: some Collection<UInt8>, to result: inout [UInt8]) {
    let base = result.count
    let isAbsolute = path.first == 0x2F || path.first == 0x5C
    if isAbsolute { result.append(0x2F) }
    let root = result.count
    var part = root
    // How many leading `..` of a relative path stay.
    var kept = root
    func isSlash(_ byte: UInt8) -> Bool { byte == 0x2F || byte == 0x5C }
    func finish() {
      let length = result.count - part
      if length == 0 { return }
      if length == 1, result[part] == 0x2E {
        result.removeLast()
        return
      }
      if length == 2, result[part] == 0x2E, result[part + 1] == 0x2E {
        result.removeLast(2)
        if part > kept {
          // The part before goes, with the slash behind it.
          result.removeLast()
          while result.count > kept, result[result.count - 1] != 0x2F { result.removeLast() }
          part = result.count
          return
        }
        if isAbsolute { return }
        result += [0x2E, 0x2E, 0x2F]
        part = result.count
        kept = part
        return
      }
      result.append(0x2F)
      part = result.count
    }
    for byte in path {
      if isSlash(byte) { finish() } else { result.append(byte) }
    }
    finish()
    if result.count > root, result.last == 0x2F { result.removeLast() }
    if result.count == base { result.append(0x2E) }
  }

  /// The normal form of a path.
  static func normalize(_ path: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    append(path, to: &result)
    return result
  }
}
