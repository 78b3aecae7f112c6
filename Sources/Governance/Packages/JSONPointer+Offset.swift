import Canonical
import JSON

extension JSONPointer {
  /// Where the value of a pointer begins in a text; where it is missing, the value around it.
  static func offset(_ pointer: String, in bytes: [UInt8]) -> Int? {
    guard let parts = parts(pointer) else { return nil }
    var place: Int?
    try? JSONCursor.read(bytes) { cursor throws(JSONFailure) in
      try follow(parts[...], &cursor, entered: { place = $0 }) { cursor throws(JSONFailure) in try cursor.skip() }
    }
    return place
  }
}
