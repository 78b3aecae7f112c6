extension String {
  /// The text without white space around it.
  package var trimmed: String {
    var rest = Substring(self)
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  /// Whether the bytes of the text start with those of another.
  package func starts(withBytes prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}
