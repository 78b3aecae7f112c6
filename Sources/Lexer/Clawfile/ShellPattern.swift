/// A shell wildcard pattern of `*` and `?`, without brackets, as `${x#p}` and `${x/p/r}` take it.
struct ShellPattern {
  private enum Element: Equatable {
    case scalar(Unicode.Scalar)
    case any
    case star
  }

  private let elements: [Element]

  /// Reads a pattern; a backslash may stand only before `*`, `?`, `\`, `}` and `/`.
  init(_ pattern: String) throws(ExpansionFailure) {
    var elements: [Element] = []
    var scalars = pattern.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      switch scalar {
      case "*": elements.append(.star)
      case "?": elements.append(.any)
      case "\\":
        guard let escaped = scalars.next(), "*?\\}/".unicodeScalars.contains(escaped) else {
          throw ExpansionFailure(message: "invalid escape in the pattern '\(pattern)'")
        }
        elements.append(.scalar(escaped))
      default: elements.append(.scalar(scalar))
      }
    }
    self.elements = elements
  }

  /// `text` without the shortest, or longest, prefix that matches.
  func trimPrefix(_ text: String, greedy: Bool) -> String {
    let scalars = Array(text.unicodeScalars)
    let ends = matchEnds(scalars[...], elements)
    guard let end = greedy ? ends.last : ends.first else { return text }
    return string(scalars[end...])
  }

  /// `text` without the shortest, or longest, suffix that matches.
  func trimSuffix(_ text: String, greedy: Bool) -> String {
    let scalars = Array(text.unicodeScalars.reversed())
    let ends = matchEnds(scalars[...], elements.reversed())
    guard let end = greedy ? ends.last : ends.first else { return text }
    return string(Array(scalars[end...].reversed())[...])
  }

  /// `text` with the first, or every, longest match replaced.
  func replace(in text: String, with replacement: String, all: Bool) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    var replaced = false
    while index <= scalars.count {
      if !replaced || all, let end = matchEnds(scalars[index...], elements).last, end > index || elements.isEmpty {
        result.append(contentsOf: replacement.unicodeScalars)
        replaced = true
        if end > index {
          index = end
          continue
        }
      }
      if index < scalars.count { result.append(scalars[index]) }
      index += 1
    }
    return String(result)
  }

  /// Every index at which a match that begins at the start of `scalars` can end, rising.
  private func matchEnds(_ scalars: ArraySlice<Unicode.Scalar>, _ elements: [Element]) -> [Int] {
    // One set of live positions per element: linear in text × pattern, whatever the stars.
    var live: Set<Int> = [scalars.startIndex]
    for element in elements {
      var next: Set<Int> = []
      switch element {
      case .star:
        if let first = live.min() { next = Set(first...scalars.endIndex) }
      case .any:
        for index in live where index < scalars.endIndex { next.insert(index + 1) }
      case .scalar(let scalar):
        for index in live where index < scalars.endIndex && scalars[index] == scalar { next.insert(index + 1) }
      }
      live = next
    }
    return live.sorted()
  }

  private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
