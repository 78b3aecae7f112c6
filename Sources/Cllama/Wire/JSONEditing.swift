package import JSON

/// Where a value stands in a document: the numbers of the members and elements that lead to it.
package typealias JSONPlace = [Int]

extension JSONValue {
  /// The value at a place; nil where there is none.
  package subscript(place: some Collection<Int>) -> JSONValue? {
    guard let first = place.first else { return self }
    switch self {
    case .array(let elements) where elements.indices.contains(first): return elements[first][place.dropFirst()]
    case .object(let members) where members.indices.contains(first): return members[first].value[place.dropFirst()]
    default: return nil
    }
  }

  /// Changes the value at a place, if there is one.
  package mutating func edit(_ place: some Collection<Int>, _ body: (inout JSONValue) -> Void) {
    guard let first = place.first else { return body(&self) }
    switch self {
    case .array(var elements) where elements.indices.contains(first):
      // Nobody else holds the elements while they are changed, so nothing is copied.
      self = .null
      elements[first].edit(place.dropFirst(), body)
      self = .array(elements)
    case .object(var members) where members.indices.contains(first):
      self = .null
      members[first].value.edit(place.dropFirst(), body)
      self = .object(members)
    default: return
    }
  }

  /// Changes the value of a member, if this is an object that has it.
  package mutating func editMember(_ name: String, _ body: (inout JSONValue) -> Void) {
    guard let index = index(of: name) else { return }
    edit([index], body)
  }

  /// The number of a member.
  package func index(of name: String) -> Int? {
    members?.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }

  /// Sets a member; it is put behind the others where it is new.
  package mutating func set(_ name: String, _ value: JSONValue) {
    guard case .object(var members) = self else { return }
    if let index = index(of: name) {
      members[index].value = value
    } else {
      members.append(Member(name, value))
    }
    self = .object(members)
  }

  /// Removes a member.
  package mutating func remove(_ name: String) {
    guard case .object(var members) = self else { return }
    members.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
    self = .object(members)
  }

  /// Takes away what stands at some places: elements of lists and members of objects.
  package mutating func removeAll(_ places: Set<JSONPlace>) {
    for parent in Set(places.map { Array($0.dropLast()) }) {
      edit(parent) { value in
        switch value {
        case .array(let elements):
          value = .array(elements.enumerated().filter { !places.contains(parent + [$0.offset]) }.map(\.element))
        case .object(let members):
          value = .object(members.enumerated().filter { !places.contains(parent + [$0.offset]) }.map(\.element))
        case .null, .bool, .number, .string: break
        }
      }
    }
  }

  /// Whether the value is an empty text, list or object, or null.
  var isBlank: Bool {
    switch self {
    case .null: true
    case .string(let text): text.isEmpty
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    case .bool, .number: false
    }
  }
}
