internal import JSON

extension CanonicalText {
  /// Where the texts of a document begin that are not in Unicode's normalization form C, names of members too, in bytes of
  /// the document. Its canonical form has them as they are.
  ///
  /// - Parameter bytes: a document that has a canonical form; of another, what stands before its first error is looked at.
  package static func uncomposed(_ bytes: [UInt8]) -> [Int] {
    // An escape may stand for anything, so that only what has neither is done at once.
    if bytes.allSatisfy({ $0 < 0x80 && $0 != 0x5C }) { return [] }
    return bytes.withUnsafeBufferPointer { buffer in
      var texts = UncomposedTexts(buffer)
      var cursor = JSONCursor(buffer, maximumDepth: maximumDepth)
      try? texts.look(&cursor)
      return texts.places
    }
  }
}

/// Looks for texts that are not in form C.
private struct UncomposedTexts {
  private(set) var places: [Int] = []
  private let start: UnsafeRawPointer?

  init(_ bytes: UnsafeBufferPointer<UInt8>) { start = UnsafeRawPointer(bytes.baseAddress) }

  mutating func look(_ cursor: inout JSONCursor) throws(JSONFailure) {
    switch try cursor.peek() {
    case .string:
      let place = cursor.offset
      look(try cursor.stringBytes(), at: place)
    case .array: try cursor.array { cursor throws(JSONFailure) in try look(&cursor) }
    case .object:
      try cursor.object { cursor, decoded, raw throws(JSONFailure) in
        if let start, let name = raw.baseAddress { look(decoded.map(Array.init) ?? Array(raw), at: name - start - 1) }
        try look(&cursor)
      }
    case .null, .bool, .number: try cursor.skip()
    }
  }

  private mutating func look(_ text: [UInt8], at place: Int) {
    if !text.withUnsafeBufferPointer(NormalForm.isComposed) { places.append(place) }
  }
}
