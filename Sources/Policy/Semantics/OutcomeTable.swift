import Automata

/// What becomes of the events of one kind, as a function of their fields, in a normal form: two tables are equal if and only
/// if they give every event the same outcome.
///
/// The values of each field are divided into the fewest classes that outcomes tell apart (as Myhill and Nerode divide words),
/// so that how the sets were spelled, and in how many rules, can't be seen any more.
struct OutcomeTable: Hashable, Sendable {
  /// The fields that matter.
  var axes: [Axis]
  /// The classes of each field.
  var classes: [[AxisSet]]
  /// The outcome of each combination of classes, the last field counting fastest.
  var outcomes: [Decision.Outcome]

  /// A rule: events whose fields lie in all of the sets have at least this outcome.
  struct Box {
    var sets: [Int: AxisSet]
    var outcome: Decision.Outcome

    init(_ outcome: Decision.Outcome, _ sets: [Int: AxisSet]) {
      self.sets = sets
      self.outcome = outcome
    }
  }

  /// The table of some rules; nil if its automata grow too large.
  init?(_ axes: [Axis], _ boxes: [Box]) {
    var classes: [[AxisSet]] = []
    for (index, axis) in axes.enumerated() {
      var atoms = [axis.universe]
      for set in Set(boxes.compactMap { $0.sets[index] }) {
        var next: [AxisSet] = []
        for atom in atoms {
          guard let inside = atom.intersection(set), let outside = atom.subtracting(set) else { return nil }
          if !inside.isEmpty { next.append(inside) }
          if !outside.isEmpty { next.append(outside) }
        }
        atoms = next
        if atoms.count > 64 { return nil }
      }
      classes.append(atoms)
    }
    // Atoms lie wholly inside or outside of every set.
    let membership: [[[Bool]]] = boxes.map { box in
      classes.enumerated().map { index, atoms in
        guard let set = box.sets[index] else { return atoms.map { _ in true } }
        return atoms.map { $0.intersection(set).map { !$0.isEmpty } ?? true }
      }
    }
    let count = classes.reduce(1) { $0 * $1.count }
    guard count <= 1 << 16 else { return nil }
    var outcomes = [Decision.Outcome](repeating: .allowed, count: count)
    for cell in 0..<count {
      let place = Self.coordinates(cell, classes)
      for (index, box) in boxes.enumerated()
      where place.enumerated().allSatisfy({ membership[index][$0.offset][$0.element] }) {
        if box.outcome == .blocked || outcomes[cell] == .allowed { outcomes[cell] = box.outcome }
      }
    }
    self.init(reducing: axes, classes, outcomes)
  }

  private init?(reducing axes: [Axis], _ classes: [[AxisSet]], _ outcomes: [Decision.Outcome]) {
    var (axes, classes, outcomes) = (axes, classes, outcomes)
    var index = 0
    while index < axes.count {
      // Classes whose slices are the same become one.
      var groups: [[Decision.Outcome]: Int] = [:]
      var members: [[Int]] = []
      for atom in classes[index].indices {
        let slice = outcomes.indices.filter { Self.coordinates($0, classes)[index] == atom }.map { outcomes[$0] }
        if let known = groups[slice] {
          members[known].append(atom)
        } else {
          groups[slice] = members.count
          members.append([atom])
        }
      }
      var merged: [(set: AxisSet, atom: Int)] = []
      for group in members {
        var set = classes[index][group[0]]
        for atom in group.dropFirst() {
          guard let union = set.union(classes[index][atom]) else { return nil }
          set = union
        }
        merged.append((set, group[0]))
      }
      merged.sort { Self.key($0.set).lexicographicallyPrecedes(Self.key($1.set)) }
      let old = classes
      classes[index] = merged.map(\.set)
      let count = classes.reduce(1) { $0 * $1.count }
      outcomes = (0..<count).map { cell in
        var place = Self.coordinates(cell, classes)
        place[index] = merged[place[index]].atom
        return outcomes[Self.cell(place, old)]
      }
      if classes[index].count <= 1 {
        axes.remove(at: index)
        classes.remove(at: index)
      } else {
        index += 1
      }
    }
    self.axes = axes
    self.classes = classes
    self.outcomes = outcomes
  }

  /// Numbers that order sets the same way everywhere.
  private static func key(_ set: AxisSet) -> [Int] {
    switch set {
    case .numbers(let ranges): ranges.flatMap { [$0.lowerBound, $0.upperBound] }
    case .texts(let automaton):
      [automaton.count] + automaton.accepting.map { $0 ? 1 : 0 }
        + automaton.transitions.flatMap { row in row.flatMap { [Int($0.upper), Int($0.target)] } }
    }
  }

  /// Which class of each field a cell is of.
  static func coordinates(_ cell: Int, _ classes: [[AxisSet]]) -> [Int] {
    var rest = cell
    var place = [Int](repeating: 0, count: classes.count)
    for index in classes.indices.reversed() {
      place[index] = rest % classes[index].count
      rest /= classes[index].count
    }
    return place
  }

  private static func cell(_ place: [Int], _ classes: [[AxisSet]]) -> Int {
    zip(place, classes).reduce(0) { $0 * $1.1.count + $1.0 }
  }

  /// Whether every field is one that automata decide.
  var isExact: Bool { axes.allSatisfy(\.isExact) }
}
