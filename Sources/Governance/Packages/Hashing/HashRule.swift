import Canonical
import JSON

/// What of an artifact its digest covers, and in which order: one record for each, for both of the rules that exist.
struct HashRule: Sendable {
  /// A member that has a rule of its own.
  struct Inside: Sendable {
    var name: String
    var rule: HashRule
  }

  /// What elements of an array are sorted by.
  struct Keys: Sendable {
    var names: [String]
    /// Whether texts are in the order of the ICU library's root collation, as the reference's runtime has it.
    var isCollated: Bool
  }

  /// Members that are left out.
  var dropped: [String] = []
  /// The only members that stay; nil if all do.
  var kept: [String]?
  /// Members that are arrays of texts, which are sorted by their UTF-16 units.
  var sorted: [String] = []
  /// Members that have rules of their own.
  var inside: [Inside] = []
  /// For an array: what its elements are sorted by.
  var keys: Keys?
  /// For an array: the rule of its elements; an array of one.
  var elements: [HashRule] = []
  /// Whether members that are empty texts are left out.
  var dropsEmpty = false

  /// Why a value can't be brought in the order that its digest needs.
  struct Failure: Error {
    var message: String
  }

  var isIdentity: Bool {
    dropped.isEmpty && kept == nil && sorted.isEmpty && inside.isEmpty && keys == nil && elements.isEmpty && !dropsEmpty
  }

  /// What is hashed of a value.
  func applied(to value: JSONValue) throws(Failure) -> JSONValue {
    if isIdentity { return value }
    switch value {
    case .object(let members): return .object(try applied(to: members))
    case .array(var elements):
      if let rule = self.elements.first {
        for index in elements.indices { elements[index] = try rule.applied(to: elements[index]) }
      }
      if let keys { try Self.sort(&elements, keys) }
      return .array(elements)
    default: return value
    }
  }

  private func applied(to members: [JSONValue.Member]) throws(Failure) -> [JSONValue.Member] {
    var result: [JSONValue.Member] = []
    result.reserveCapacity(members.count)
    for member in members {
      let name = member.name
      if dropped.has(name) { continue }
      if let kept, !kept.has(name) { continue }
      if dropsEmpty, member.value == "" { continue }
      if sorted.has(name) {
        result.append(JSONValue.Member(name, Self.sortedTexts(member.value)))
      } else if let own = inside.first(where: { TextForms.same($0.name, name) }) {
        result.append(JSONValue.Member(name, try own.rule.applied(to: member.value)))
      } else {
        result.append(member)
      }
    }
    return result
  }

  private static func sortedTexts(_ value: JSONValue) -> JSONValue {
    guard case .array(let elements) = value, elements.count > 1 else { return value }
    let texts = elements.compactMap(\.string)
    guard texts.count == elements.count else { return value }
    return .array(texts.sorted { CanonicalJSON.isBefore($0, $1) }.map { .string($0) })
  }

  private static func sort(_ elements: inout [JSONValue], _ keys: Keys) throws(Failure) {
    guard elements.count > 1 else { return }
    if keys.isCollated {
      for element in elements {
        for name in keys.names {
          guard let text = element[name]?.string, !Collation.isKnown(text) else { continue }
          throw Failure(message: "the order of '\(text)' depends on the locale that the package was made in")
        }
      }
    }
    elements = elements.enumerated().sorted { left, right in
      for name in keys.names {
        let (first, second) = (left.element[name], right.element[name])
        if let first = first?.string, let second = second?.string {
          if keys.isCollated {
            let order = Collation.compare(first, second)
            if order != 0 { return order < 0 }
          } else if !TextForms.same(first, second) {
            return CanonicalJSON.isBefore(first, second)
          }
        } else if case .number(let first)? = first, case .number(let second)? = second,
          let first = Double(first), let second = Double(second), first != second
        {
          return first < second
        }
      }
      return left.offset < right.offset
    }.map(\.element)
  }
}
