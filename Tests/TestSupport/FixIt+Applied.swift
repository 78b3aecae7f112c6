package import Diagnostics
import Source

extension FixIt {
  /// The text after the edits. They don't overlap, so they are made from the back.
  package func applied(to bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for edit in edits.sorted(by: { $1.location.range < $0.location.range }) {
      let range = edit.location.range
      bytes.replaceSubrange(range.lower..<range.upper, with: edit.replacement.utf8)
    }
    return bytes
  }
}
