/// Replaces words as they come: a word waits until it is known where it ends.
struct WordFlow: TextFlow {
  /// What a word becomes; nil leaves it.
  let replace: (String) -> String?
  /// What is noted of a replacement.
  let note: (String, String) -> Intervention
  private var word = ""

  init(note: @escaping (String, String) -> Intervention, replace: @escaping (String) -> String?) {
    self.note = note
    self.replace = replace
  }

  /// Longer runs of letters are no words.
  private static let longestWord = 128

  mutating func push(_ piece: String, _ notes: inout [Intervention]) throws(Denial) -> String {
    var result = ""
    for scalar in piece.unicodeScalars {
      if scalar.properties.isAlphabetic || scalar == "'" {
        word.unicodeScalars.append(scalar)
        if word.utf8.count > Self.longestWord { flush(into: &result, &notes, isWord: false) }
      } else {
        flush(into: &result, &notes, isWord: true)
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  mutating func finish(_ notes: inout [Intervention]) throws(Denial) -> String {
    var result = ""
    flush(into: &result, &notes, isWord: true)
    return result
  }

  private mutating func flush(into result: inout String, _ notes: inout [Intervention], isWord: Bool) {
    if word.isEmpty { return }
    if isWord, let other = replace(word.lowercased()) {
      let written = Self.cased(other, like: word)
      notes.append(note(word, written))
      result += written
    } else {
      result += word
    }
    word = ""
  }

  /// A word with its first letter, or all of them, as capitals where the other has them so.
  private static func cased(_ word: String, like other: String) -> String {
    let letters = other.unicodeScalars.filter(\.properties.isAlphabetic)
    guard letters.first?.properties.isUppercase == true else { return word }
    if letters.count > 1, letters.allSatisfy(\.properties.isUppercase) { return word.uppercased() }
    return word.prefix(1).uppercased() + word.dropFirst()
  }
}
