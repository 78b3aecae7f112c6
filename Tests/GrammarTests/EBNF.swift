/// A grammar in the XML specification's notation, and a recogniser made from it.
///
/// Recognition keeps every place at which a match can end, so that the grammar's order of alternatives means nothing.
struct EBNF: Sendable {
  indirect enum Node: Sendable {
    case text([UInt32])
    case set([ClosedRange<UInt32>], isNegated: Bool)
    case rule(String)
    case sequence([Node])
    case choice([Node])
    case optional(Node)
    case many(Node)
    case oneOrMore(Node)
    case difference(Node, Node)
    case end
  }

  /// Why a grammar can't be read.
  struct Failure: Error { var message: String }

  private(set) var rules: [String: Node] = [:]

  /// Reads a grammar.
  init(_ text: String) throws {
    var reader = Reader(scalars: text.unicodeScalars.map(\.value))
    while let (name, node) = try reader.rule() {
      guard rules.updateValue(node, forKey: name) == nil else { throw Failure(message: "\(name) is there twice") }
    }
    for (name, node) in rules {
      for used in Self.references(node) where rules[used] == nil && used != "EndOfFile" {
        throw Failure(message: "\(name) names \(used), which is not there")
      }
    }
  }

  static func references(_ node: Node) -> [String] {
    switch node {
    case .rule(let name): [name]
    case .sequence(let nodes), .choice(let nodes): nodes.flatMap(references)
    case .optional(let node), .many(let node), .oneOrMore(let node): references(node)
    case .difference(let left, let right): references(left) + references(right)
    case .text, .set, .end: []
    }
  }

  /// Whether a text is one of the rule's.
  func matches(_ text: String, _ rule: String) -> Bool {
    var run = Run(rules: rules, input: text.unicodeScalars.map(\.value))
    return run.ends(.rule(rule), 0).contains(run.input.count)
  }

  // MARK: Recognising

  private struct Run {
    let rules: [String: Node]
    let input: [UInt32]
    var known: [String: [Int: Set<Int>]] = [:]

    mutating func ends(_ node: Node, _ start: Int) -> Set<Int> {
      switch node {
      case .end: return start == input.count ? [start] : []
      case .text(let text):
        guard start + text.count <= input.count else { return [] }
        for (offset, scalar) in text.enumerated() where fold(input[start + offset]) != fold(scalar) { return [] }
        return [start + text.count]
      case .set(let ranges, let isNegated):
        guard start < input.count, ranges.contains(where: { $0.contains(input[start]) }) != isNegated else { return [] }
        return [start + 1]
      case .rule("EndOfFile"): return start == input.count ? [start] : []
      case .rule(let name):
        if let ends = known[name]?[start] { return ends }
        guard let node = rules[name] else { return [] }
        known[name, default: [:]][start] = []
        let result = ends(node, start)
        known[name, default: [:]][start] = result
        return result
      case .sequence(let nodes):
        var places: Set<Int> = [start]
        for node in nodes {
          var next: Set<Int> = []
          for place in places { next.formUnion(ends(node, place)) }
          places = next
          if places.isEmpty { return [] }
        }
        return places
      case .choice(let nodes):
        var places: Set<Int> = []
        for node in nodes { places.formUnion(ends(node, start)) }
        return places
      case .optional(let node): return ends(node, start).union([start])
      case .many(let node): return repeated(node, [start])
      case .oneOrMore(let node): return repeated(node, ends(node, start))
      case .difference(let left, let right): return ends(left, start).subtracting(ends(right, start))
      }
    }

    private mutating func repeated(_ node: Node, _ first: Set<Int>) -> Set<Int> {
      var all = first
      var new = first
      while !new.isEmpty {
        var next: Set<Int> = []
        for place in new { next.formUnion(ends(node, place)) }
        new = next.subtracting(all)
        all.formUnion(new)
      }
      return all
    }

    private func fold(_ scalar: UInt32) -> UInt32 { scalar >= 0x61 && scalar <= 0x7A ? scalar - 0x20 : scalar }
  }

  // MARK: Reading

  private struct Reader {
    let scalars: [UInt32]
    var index = 0

    mutating func skip() {
      while index < scalars.count {
        if scalars[index] <= 0x20 {
          index += 1
        } else if starts("/*") {
          while index < scalars.count, !starts("*/") { index += 1 }
          index += 2
        } else {
          return
        }
      }
    }

    func starts(_ text: String) -> Bool {
      scalars[min(index, scalars.count)...].starts(with: text.unicodeScalars.map(\.value))
    }

    mutating func take(_ text: String) -> Bool {
      skip()
      guard starts(text) else { return false }
      index += text.unicodeScalars.count
      return true
    }

    mutating func name() -> String? {
      skip()
      var name = ""
      while index < scalars.count, let scalar = Unicode.Scalar(scalars[index]), scalar.isASCII,
        scalar.properties.isAlphabetic || (!name.isEmpty && scalar.properties.numericType != nil)
      {
        name.unicodeScalars.append(scalar)
        index += 1
      }
      return name.isEmpty ? nil : name
    }

    mutating func rule() throws -> (String, Node)? {
      guard let name = name() else {
        if index < scalars.count { throw Failure(message: "a rule's name is missing at \(index)") }
        return nil
      }
      guard take("::=") else { throw Failure(message: "'::=' is missing behind \(name)") }
      return (name, try choice())
    }

    mutating func choice() throws -> Node {
      var nodes = [try sequence()]
      while take("|") { nodes.append(try sequence()) }
      return nodes.count == 1 ? nodes[0] : .choice(nodes)
    }

    mutating func sequence() throws -> Node {
      var nodes: [Node] = []
      while let node = try difference() { nodes.append(node) }
      guard !nodes.isEmpty else { throw Failure(message: "nothing stands at \(index)") }
      return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    mutating func difference() throws -> Node? {
      guard let left = try item() else { return nil }
      guard take("- ") else { return left }
      guard let right = try item() else { throw Failure(message: "nothing stands behind '-' at \(index)") }
      return .difference(left, right)
    }

    mutating func item() throws -> Node? {
      guard let node = try primary() else { return nil }
      if index < scalars.count {
        switch Unicode.Scalar(scalars[index]) {
        case "?": index += 1; return .optional(node)
        case "*": index += 1; return .many(node)
        case "+": index += 1; return .oneOrMore(node)
        default: break
        }
      }
      return node
    }

    mutating func primary() throws -> Node? {
      skip()
      guard index < scalars.count, let scalar = Unicode.Scalar(scalars[index]) else { return nil }
      switch scalar {
      case "(":
        index += 1
        let node = try choice()
        guard take(")") else { throw Failure(message: "')' is missing at \(index)") }
        return node
      case "'", "\"":
        let start = index + 1
        guard let end = scalars[start...].firstIndex(of: scalar.value) else {
          throw Failure(message: "a quote is open")
        }
        index = end + 1
        return .text(Array(scalars[start..<end]))
      case "#":
        let value = try character()
        return .set([value...value], isNegated: false)
      case "[": return try set()
      default:
        let before = index
        guard let name = name() else { return nil }
        // The next rule's name ends this one.
        if take("::=") {
          index = before
          return nil
        }
        return .rule(name)
      }
    }

    mutating func character() throws -> UInt32 {
      guard scalars[index] == 0x23, index + 1 < scalars.count, scalars[index + 1] == 0x78 else {
        index += 1
        return scalars[index - 1]
      }
      index += 2
      var text = ""
      while index < scalars.count, let scalar = Unicode.Scalar(scalars[index]), scalar.properties.isASCIIHexDigit {
        text.unicodeScalars.append(scalar)
        index += 1
      }
      guard let value = UInt32(text, radix: 16) else { throw Failure(message: "'#x' without a number at \(index)") }
      return value
    }

    mutating func set() throws -> Node {
      index += 1
      let isNegated = scalars[index] == 0x5E
      if isNegated { index += 1 }
      var ranges: [ClosedRange<UInt32>] = []
      while index < scalars.count, scalars[index] != 0x5D {
        let lower = try character()
        if scalars[index] == 0x2D {
          index += 1
          ranges.append(lower...max(lower, try character()))
        } else {
          ranges.append(lower...lower)
        }
      }
      index += 1
      return .set(ranges, isNegated: isNegated)
    }
  }
}
