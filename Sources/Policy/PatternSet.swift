import Automata
import IR

/// Patterns of which a text must match one, as one automaton.
final class PatternSet {
  private let matcher: TextMatcher?
  private let isEverything: Bool

  /// The set of some patterns; what can't be built matches everything, so that a list that forbids stays closed.
  init(_ nodes: [RegexNode]) {
    if nodes.isEmpty {
      matcher = nil
      isEverything = false
    } else {
      matcher = (try? NFA(nodes)).map { TextMatcher($0, .whole) }
      isEverything = matcher == nil
    }
  }

  convenience init(_ terms: [PatternTerm]) { self.init(terms.map(\.node)) }

  func matches(_ text: [UInt8]) -> Bool {
    guard let matcher else { return isEverything }
    return text.withUnsafeBufferPointer { matcher.matchesWhole($0) }
  }

  func matches(_ text: String) -> Bool {
    guard let matcher else { return isEverything }
    return matcher.matchesWhole(text)
  }
}

/// Names, compared by their bytes.
struct NameSet {
  /// By their lengths, which most names that are not here differ in.
  private var names: [[[UInt8]]] = []

  init(_ terms: [NameTerm], _ form: (String) -> [UInt8] = { Array($0.utf8) }) {
    for name in Set(terms.map { form($0.text) }) {
      while names.count <= name.count { names.append([]) }
      names[name.count].append(name)
    }
  }

  var isEmpty: Bool { names.isEmpty }

  func contains(_ name: String) -> Bool {
    var name = name
    return !names.isEmpty && name.withUTF8 { contains(UnsafeRawBufferPointer($0)) }
  }

  func contains(_ name: [UInt8]) -> Bool { !names.isEmpty && name.withUnsafeBytes { contains($0) } }

  private func contains(_ name: UnsafeRawBufferPointer) -> Bool {
    guard name.count < names.count else { return false }
    for other in names[name.count] where other.withUnsafeBytes({ $0.elementsEqual(name) }) { return true }
    return false
  }
}
