import Source

/// A command line as a shell takes it apart, as far as judging needs: words with their quotes gone, and what each command of
/// the line is.
struct CommandWords {
  /// Every word, redirection targets included.
  private(set) var words: [String] = []
  /// Whether the line can be read: quotes are closed.
  private(set) var isReadable = true
  /// Whether something is only known when the shell runs: `$…` or backquotes.
  private(set) var hasExpansion = false

  init(_ line: String) {
    var word: [UInt8] = []
    var hasWord = false
    var quote: UInt8 = 0
    var bytes = Array(line.utf8)[...]
    func finish() {
      if hasWord { words.append(String(decoding: word, as: UTF8.self)) }
      word = []
      hasWord = false
    }
    while let byte = bytes.popFirst() {
      switch byte {
      case 0x5C where quote != 0x27:
        if let next = bytes.popFirst(), next != 0x0A {
          word.append(next)
          hasWord = true
        }
      case 0x22, 0x27:
        if quote == 0 {
          quote = byte
          hasWord = true
        } else if quote == byte {
          quote = 0
        } else {
          word.append(byte)
        }
      case 0x24, 0x60:
        if quote != 0x27 { hasExpansion = true }
        word.append(byte)
        hasWord = true
      case 0x20, 0x09, 0x0A, 0x3B, 0x26, 0x7C, 0x3C, 0x3E, 0x28, 0x29:
        if quote == 0 {
          finish()
        } else {
          word.append(byte)
        }
      default:
        word.append(byte)
        hasWord = true
      }
    }
    finish()
    isReadable = quote == 0
  }

  /// The words that may name files: those with a slash, a leading dot or tilde, and what stands behind `=`.
  var paths: [String] {
    words.flatMap { word -> [String] in
      var candidates = [word]
      if let equals = word.utf8.firstIndex(of: 0x3D) {
        candidates.append(String(word[word.utf8.index(after: equals)...]))
      }
      return candidates.filter { !$0.isEmpty && !$0.utf8.starts(with: "-".utf8) }
    }
  }

  /// A command line for what was run: words quoted where a shell needs it.
  static func join(_ program: String, _ arguments: [String]) -> String {
    ([program] + arguments).map(ShellText.word).joined(separator: " ")
  }
}
