/// What a log commits to (C2SP tlog-checkpoint): its name, how many records it has, and the root of their tree.
package struct Checkpoint: Sendable, Equatable {
  package var origin: String
  package var size: Int
  package var root: Hash256
  /// Further lines, which mean what the log says they do.
  package var extensions: [String] = []

  package init(origin: String, size: Int, root: Hash256) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// The text that is signed.
  package var text: String {
    ([origin, String(size), Base64.encode(root.bytes)] + extensions).map { $0 + "\n" }.joined()
  }

  /// Reads the text of a note.
  package init(text: String) throws(SignedNote.Failure) {
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map { String($0) ?? "" }
    guard lines.count >= 3, text.utf8.last == 0x0A, !lines[0].isEmpty else {
      throw .init(message: "a checkpoint has three lines: origin, size, root")
    }
    guard let size = Int(lines[1]), size >= 0, String(size) == lines[1] else {
      throw .init(message: "the size of the checkpoint is no number")
    }
    guard let root = Base64.decode(lines[2]).flatMap({ Hash256(bytes: $0) }) else {
      throw .init(message: "the root of the checkpoint is no SHA-256 in Base64")
    }
    self.init(origin: lines[0], size: size, root: root)
    extensions = Array(lines[3...])
    guard extensions.allSatisfy({ !$0.isEmpty }) else { throw .init(message: "the checkpoint has an empty line") }
  }
}
