import JSON

/// Why a sidecar's configuration can't be used.
package struct ConfigurationFailure: Error, Sendable, Equatable {
  /// The member, as a path with dots: `upstreams.0.url`.
  package var path: String
  package var message: String

  package init(_ path: String, _ message: String) {
    self.path = path
    self.message = message
  }
}

/// Reads objects member by member; a member that nobody asked for is an error, so that nothing is believed to be in force
/// that the sidecar does not know.
struct MemberReader {
  let path: String
  private let members: [JSONValue.Member]
  private var known: Set<String> = []

  init(_ value: JSONValue, _ path: String) throws(ConfigurationFailure) {
    guard let members = value.members else { throw ConfigurationFailure(path, "must be an object") }
    self.path = path
    self.members = members
  }

  func at(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  mutating func value(_ name: String) -> JSONValue? {
    known.insert(name)
    return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  mutating func text(_ name: String) throws(ConfigurationFailure) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.string, !text.isEmpty else { throw ConfigurationFailure(at(name), "must be a text") }
    return text
  }

  mutating func neededText(_ name: String) throws(ConfigurationFailure) -> String {
    guard let text = try text(name) else { throw ConfigurationFailure(at(name), "is missing") }
    return text
  }

  mutating func integer(_ name: String, _ range: ClosedRange<Int>) throws(ConfigurationFailure) -> Int? {
    guard let value = value(name) else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw ConfigurationFailure(at(name), "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func bool(_ name: String) throws(ConfigurationFailure) -> Bool? {
    guard let value = value(name) else { return nil }
    guard let truth = value.bool else { throw ConfigurationFailure(at(name), "must be true or false") }
    return truth
  }

  mutating func texts(_ name: String) throws(ConfigurationFailure) -> [String] {
    var texts: [String] = []
    try each(name) { value, path throws(ConfigurationFailure) in
      guard let text = value.string, !text.isEmpty else { throw ConfigurationFailure(path, "must be a text") }
      texts.append(text)
    }
    return texts
  }

  mutating func money(_ name: String) throws(ConfigurationFailure) -> Money? {
    guard let text = try text(name) else { return nil }
    guard let money = Money(text) else {
      throw ConfigurationFailure(at(name), "must be an amount of dollars as a text: \"1.50\"")
    }
    return money
  }

  /// A number from 0 to 1, written as a text.
  mutating func fraction(_ name: String) throws(ConfigurationFailure) -> Double? {
    guard let text = try text(name) else { return nil }
    guard let number = Double(text), 0...1 ~= number else {
      throw ConfigurationFailure(at(name), "must be a number from 0 to 1 as a text: \"0.25\"")
    }
    return number
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _: Choice.Type
  ) throws(ConfigurationFailure) -> Choice? where Choice.RawValue == String {
    guard let text = try text(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConfigurationFailure(at(name), "must be one of \(words)")
    }
    return choice
  }

  /// Calls `body` for each element of a list, with its path.
  mutating func each(
    _ name: String, _ body: (JSONValue, String) throws(ConfigurationFailure) -> Void
  ) throws(ConfigurationFailure) {
    guard let value = value(name) else { return }
    guard let elements = value.array else { throw ConfigurationFailure(at(name), "must be a list") }
    for (index, element) in elements.enumerated() { try body(element, "\(at(name)).\(index)") }
  }

  /// Reads an object below a name.
  mutating func object(
    _ name: String, _ body: (inout MemberReader) throws(ConfigurationFailure) -> Void
  ) throws(ConfigurationFailure) {
    guard let value = value(name) else { return }
    var reader = try MemberReader(value, at(name))
    try body(&reader)
    try reader.finish()
  }

  /// Refuses members that were not asked for.
  func finish() throws(ConfigurationFailure) {
    for member in members where !known.contains(member.name) {
      throw ConfigurationFailure(at(member.name), "is unknown")
    }
  }
}
