package import Automata
import IR

/// The sets of texts that fields can have, and that guards make of their patterns.
package enum Languages {
  private static let part = ScalarSet([.init(0x2F, 0x2F), .init(0x5C, 0x5C)]).complement
  private static let plain = part.subtracting(ScalarSet("."))

  private static func any(_ set: ScalarSet) -> RegexNode { .repetition(.set(set), min: 0, max: nil, isGreedy: true) }

  /// A component of a normal path: not empty, neither `.` nor `..`, without slashes.
  private static let component = RegexNode.choice([
    .sequence([.set(plain), any(part)]), .sequence([.literal("."), .set(plain), any(part)]),
    .sequence([.literal(".."), .set(part), any(part)]),
  ])

  /// Paths in normal form.
  package static let paths: Automaton = {
    let rest = RegexNode.repetition(.sequence([.literal("/"), component]), min: 0, max: nil, isGreedy: true)
    let up = RegexNode.repetition(.literal("../"), min: 0, max: nil, isGreedy: true)
    let nodes: [RegexNode] = [
      .literal("/"), .sequence([.literal("/"), component, rest]), .sequence([up, component, rest]),
      .sequence([up, .literal("..")]), .literal("."),
    ]
    return Automaton(nodes, .whole) ?? .all
  }()

  /// Hosts as the hardened profile compares them.
  package static let hosts: Automaton = {
    let letter = ScalarSet([.init(0x30, 0x39), .init(0x5F, 0x5F), .init(0x61, 0x7A)])
    let label = RegexNode.sequence([
      .set(letter),
      .repetition(
        .sequence([any(letter.union(ScalarSet("-"))), .set(letter)]), min: 0, max: 1, isGreedy: true),
    ])
    let name = RegexNode.sequence([
      label, .repetition(.sequence([.literal("."), label]), min: 0, max: nil, isGreedy: true),
    ])
    let digits = ScalarSet([.init(0x30, 0x39), .init(0x61, 0x66)])
    let address = RegexNode.sequence([any(digits), .literal(":"), any(digits.union(ScalarSet(":")))])
    return Automaton([name, address], .whole) ?? .all
  }()

  static func union(_ terms: [PatternTerm]) -> Automaton? { Automaton(terms.map(\.node), .whole) }

  /// The paths that `forbidden_path` refuses.
  static func forbidden(_ program: ForbiddenPathProgram, _ profile: PolicyProfile) -> Automaton? {
    guard let patterns = union(program.patterns), let exceptions = union(program.exceptions) else { return nil }
    guard profile == .hardened else { return patterns.subtracting(exceptions)?.intersection(paths) }
    guard let folded = Automaton(program.patterns.map(\.node.caseFolded), .whole),
      let foldedExceptions = Automaton(program.exceptions.map(\.node.caseFolded), .whole),
      let exact = withFolders(patterns)?.subtracting(exceptions),
      let wide = withFolders(folded)?.subtracting(foldedExceptions), let both = exact.union(wide),
      // A relative path is judged from the root too, where its folder is unknown.
      let relative = both.startingWith("/").subtracting(absolute), let all = both.union(relative)
    else { return nil }
    return all.intersection(paths)
  }

  private static let absolute = Automaton([.sequence([.literal("/"), .anything])], .whole) ?? .none

  /// A set with every path all of whose contents are in it.
  private static func withFolders(_ set: Automaton) -> Automaton? { set.union(set.endingWith(PathForm.anyChild)) }

  /// Texts that have a match of any pattern; the patterns for which that takes too many states come back as they are.
  static func containing(_ terms: [PatternTerm], limit: Int = 2000) -> (set: Automaton, undecided: [PatternTerm]) {
    if let all = Automaton(terms.map(\.node), .containing, limit: limit) { return (all, []) }
    return (.none, terms)
  }
}
