extension String {
  /// Whether the bytes of the text start with those of another.
  package func starts(withBytes prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  /// A line of `docker compose logs` without the escape sequence that compose 2.26 puts in front even in a pipe.
  package var withoutErase: String {
    let erase = "\u{1B}[2K"
    return starts(withBytes: erase) ? String(dropFirst(erase.count)) : self
  }
}
