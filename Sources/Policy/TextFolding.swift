/// Texts as people read them: what looks alike is made alike.
enum TextFolding {
  /// A path in small letters, with full-width and composed letters made plain and what can't be seen left out.
  static func path(_ path: [UInt8]) -> [UInt8] {
    if path.allSatisfy({ $0 < 0x80 }) { return path.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 } }
    var result: [UInt8] = []
    for scalar in Normalization.nfkc(String(decoding: path, as: UTF8.self).unicodeScalars) where !isInvisible(scalar) {
      result += scalar.properties.lowercaseMapping.utf8
    }
    return result
  }

  /// Whether a scalar shows nothing: format characters, variation selectors, tags, fillers.
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0xAD else { return false }
    return scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .format
  }
}
