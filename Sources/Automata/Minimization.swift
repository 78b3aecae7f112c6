/// The two steps that make an automaton a normal form.
enum Minimization {
  /// For each state, the class of states that no text tells from it (Moore's refinement).
  static func classes(_ transitions: [[Automaton.Transition]], _ accepting: [Bool]) -> [Int32] {
    var classes = accepting.map { $0 ? Int32(1) : 0 }
    var count = Set(classes).count
    while true {
      var signatures: [Signature: Int32] = [:]
      var refined: [Int32] = []
      refined.reserveCapacity(classes.count)
      for state in transitions.indices {
        // Which class every scalar leads to, neighbours with the same class together.
        var signature: [Int32] = [classes[state]]
        var last: Int32 = -1
        for transition in transitions[state] {
          let target = classes[Int(transition.target)]
          if target == last {
            signature[signature.count - 2] = Int32(transition.upper)
          } else {
            signature.append(Int32(transition.upper))
            signature.append(target)
            last = target
          }
        }
        let key = Signature(signature)
        if let known = signatures[key] {
          refined.append(known)
        } else {
          let new = Int32(signatures.count)
          signatures[key] = new
          refined.append(new)
        }
      }
      classes = refined
      if signatures.count == count { return classes }
      count = signatures.count
    }
  }

  /// Numbers with their hash, taken once: the standard one, number by number, was a third of all time.
  private struct Signature: Hashable {
    let values: [Int32]
    let digest: UInt64

    init(_ values: [Int32]) {
      self.values = values
      digest = values.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64(UInt32(bitPattern: $1))) &* 0x9E37_79B9_7F4A_7C15 }
    }

    static func == (left: Signature, right: Signature) -> Bool { left.values == right.values }
    func hash(into hasher: inout Hasher) { hasher.combine(digest) }
  }

  /// The automaton of the classes that can be reached, numbered in breadth.
  static func canonical(
    _ transitions: [[Automaton.Transition]], _ accepting: [Bool], classes: [Int32]
  ) -> ([[Automaton.Transition]], [Bool]) {
    var member: [Int32: Int] = [:]
    for (state, number) in classes.enumerated() where member[number] == nil { member[number] = state }
    var numbers: [Int32: Int32] = [classes[0]: 0]
    var queue = [classes[0]]
    var rows: [[Automaton.Transition]] = []
    var ends: [Bool] = []
    var index = 0
    while index < queue.count {
      guard let state = member[queue[index]] else { break }
      index += 1
      var row: [Automaton.Transition] = []
      for transition in transitions[state] {
        let number = classes[Int(transition.target)]
        let target: Int32
        if let known = numbers[number] {
          target = known
        } else {
          target = Int32(queue.count)
          numbers[number] = target
          queue.append(number)
        }
        if row.last?.target == target {
          row[row.count - 1].upper = transition.upper
        } else {
          row.append(.init(upper: transition.upper, target: target))
        }
      }
      rows.append(row)
      ends.append(accepting[state])
    }
    return (rows, ends)
  }
}
