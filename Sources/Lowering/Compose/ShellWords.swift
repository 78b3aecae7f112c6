/// Splits a command line into words as compose does: quotes and backslashes of a shell, nothing expanded; the line ends at
/// a `;`, `&`, `|`, `<` or `>` outside quotes.
enum ShellWords {
  /// The words, or nil if a quote, backquote or parenthesis is left open or the line ends with a backslash.
  static func split(_ line: String) -> [String]? {
    var words: [String] = []
    var word: [UInt8] = []
    var hasWord = false
    var isEscaped = false
    var inSingle = false
    var inDouble = false
    var inBackquote = false
    var inSubstitution = false
    scan: for byte in line.utf8 {
      if isEscaped {
        word.append(byte)
        isEscaped = false
        hasWord = true
        continue
      }
      let isQuoted = inSingle || inDouble || inBackquote || inSubstitution
      switch byte {
      case UInt8(ascii: "\\"):
        if inSingle { word.append(byte) } else { isEscaped = true }
        continue
      case 0x20, 0x09, 0x0A, 0x0D:
        if isQuoted {
          word.append(byte)
        } else if hasWord {
          words.append(String(decoding: word, as: UTF8.self))
          word.removeAll(keepingCapacity: true)
          hasWord = false
        }
        continue
      case UInt8(ascii: "`"):
        if !inSingle, !inDouble, !inSubstitution { inBackquote.toggle() }
      case UInt8(ascii: ")"):
        if !inSingle, !inDouble, !inBackquote { inSubstitution.toggle() }
      case UInt8(ascii: "("):
        if !inSingle, !inDouble, !inBackquote {
          guard !inSubstitution, word.last == UInt8(ascii: "$") else { return nil }
          inSubstitution = true
        }
      case UInt8(ascii: "\""):
        if !inSingle, !inSubstitution {
          inDouble.toggle()
          hasWord = true
          continue
        }
      case UInt8(ascii: "'"):
        if !inDouble, !inSubstitution {
          inSingle.toggle()
          hasWord = true
          continue
        }
      case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"):
        if !isQuoted { break scan }
      default: break
      }
      word.append(byte)
      hasWord = true
    }
    if isEscaped || inSingle || inDouble || inBackquote || inSubstitution { return nil }
    if hasWord { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }
}
