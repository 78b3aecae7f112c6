import JSON
import Ledger

/// Reads the members of an artifact into typed values. It reads to the end whatever is wrong: a member that can't be read
/// has a value that no rule holds for, and a problem says so.
struct ArtifactReader {
  /// An object that is being read, and where it stands.
  struct Object {
    var members: [JSONValue.Member]
    var path: [Key]

    /// The value of a member.
    subscript(name: StaticString) -> JSONValue? { index(of: name, after: -1).map { members[$0].value } }

    /// Where a member stands. The one behind `last` is looked at first.
    @inline(__always)
    fileprivate func index(of name: StaticString, after last: Int) -> Int? {
      let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
      let next = last + 1
      if next < members.count, members[next].name.hasBytes(name) { return next }
      return members.indices.first { members[$0].name.hasBytes(name) }
    }
  }

  /// A part of the way to a value.
  enum Key {
    case name(StaticString)
    /// A name that comes from the file.
    case member(String)
    case index(Int)
  }

  private(set) var findings: Findings
  private let place: Place
  /// Where the member that was found last stands: files mostly have their members in the order in which they are asked for.
  private var last = -1

  init(_ place: Place, _ findings: Findings) {
    self.place = place
    self.findings = findings
  }

  /// The value of a member.
  private mutating func value(_ object: Object, _ name: StaticString) -> JSONValue? {
    guard let index = object.index(of: name, after: last) else { return nil }
    last = index
    return object.members[index].value
  }

  /// Says that something is wrong with the shape of a value.
  mutating func complain(_ path: [Key], _ message: String) {
    var pointer = ""
    for key in path {
      switch key {
      case .name(let name): pointer += "/\(name)"
      case .member(let name): pointer += "/" + JSONPointer.escaped(name)
      case .index(let index): pointer += "/\(index)"
      }
    }
    findings.add(.schema, .schemaInvalid, place.at(pointer), message)
  }

  private mutating func complain(_ object: Object, _ name: StaticString, _ message: String) {
    complain(object.path + [.name(name)], message)
  }

  /// The object that a value must be.
  mutating func object(_ value: JSONValue, _ path: [Key] = []) -> Object {
    if case .object(let members) = value { return Object(members: members, path: path) }
    complain(path, "an object must stand here")
    return Object(members: [], path: path)
  }

  private mutating func missing(_ object: Object, _ name: StaticString) {
    complain(object, name, "'\(name)' is missing")
  }

  // MARK: Texts

  /// The text of a member; its length counts UTF-16 units.
  mutating func text(_ object: Object, _ name: StaticString, _ length: ClosedRange<Int> = 1...Int.max) -> String {
    guard let value = value(object, name) else {
      missing(object, name)
      return ""
    }
    return text(value, length, object.path + [.name(name)])
  }

  /// The same where the member may be absent.
  mutating func optionalText(_ object: Object, _ name: StaticString, _ length: ClosedRange<Int> = 0...Int.max)
    -> String?
  {
    guard let value = value(object, name) else { return nil }
    return text(value, length, object.path + [.name(name)])
  }

  private mutating func text(
    _ value: JSONValue, _ length: ClosedRange<Int>, _ path: @autoclosure () -> [Key]
  ) -> String {
    guard case .string(let text) = value else {
      complain(path(), "a text must stand here")
      return ""
    }
    // A text never has more units than bytes, so that most need no counting.
    let count = text.utf8.count
    if count < length.lowerBound || count > length.upperBound || length.lowerBound > 1,
      !length.contains(text.utf16.count)
    {
      complain(
        path(),
        length.upperBound == Int.max
          ? "the text is empty" : "the text must have \(length.lowerBound) to \(length.upperBound) characters")
    }
    return text
  }

  /// A text of one form, such as a digest; "" if it is none.
  private mutating func form(
    _ object: Object, _ name: StaticString, _ what: StaticString, _ isRight: (String) -> Bool
  ) -> String {
    guard let value = value(object, name) else {
      missing(object, name)
      return ""
    }
    guard case .string(let text) = value, isRight(text) else {
      complain(object, name, "\(what) must stand here")
      return ""
    }
    return text
  }

  /// A SHA-256 in lower-case hexadecimal digits.
  mutating func hash(_ object: Object, _ name: StaticString) -> String {
    form(object, name, "a SHA-256 of 64 lower-case hexadecimal digits", EventText.isDigest)
  }

  mutating func optionalHash(_ object: Object, _ name: StaticString) -> String? {
    object[name] == nil ? nil : hash(object, name)
  }

  mutating func uuid(_ object: Object, _ name: StaticString) -> String {
    form(object, name, "a UUID of version 4", EventText.isUUID4)
  }

  mutating func optionalUUID(_ object: Object, _ name: StaticString) -> String? {
    object[name] == nil ? nil : uuid(object, name)
  }

  /// An id that may become part of a file's name.
  mutating func id(_ object: Object, _ name: StaticString) -> String {
    form(object, name, "an id of at most 100 letters, digits, '.', '_' and '-'", PackageFiles.isName)
  }

  mutating func time(_ object: Object, _ name: StaticString) -> Instant? {
    guard let value = value(object, name) else {
      missing(object, name)
      return nil
    }
    guard case .string(let text) = value, let instant = Instant(text) else {
      complain(object, name, "a time such as 2026-03-01T08:00:00.000Z must stand here")
      return nil
    }
    return instant
  }

  mutating func optionalTime(_ object: Object, _ name: StaticString) -> Instant? {
    object[name] == nil ? nil : time(object, name)
  }

  /// One of some words.
  mutating func word<Word: RawRepresentable & CaseIterable>(_ object: Object, _ name: StaticString, _: Word.Type)
    -> Word?
  where Word.RawValue == String {
    guard let value = value(object, name) else {
      missing(object, name)
      return nil
    }
    if case .string(let text) = value,
      let word = Word.allCases.first(where: { $0.rawValue.hasBytes(of: text) })
    {
      return word
    }
    complain(object, name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", ")) must stand here")
    return nil
  }

  /// Refuses every value but one.
  mutating func exactly(_ object: Object, _ name: StaticString, _ wanted: String) {
    guard let value = value(object, name) else { return missing(object, name) }
    if case .string(let text) = value, text.hasBytes(of: wanted) { return }
    complain(object, name, "'\(wanted)' must stand here")
  }

  /// The texts of an array.
  mutating func texts(
    _ object: Object, _ name: StaticString, count: ClosedRange<Int> = 0...Int.max,
    length: ClosedRange<Int> = 1...Int.max,
    isUnique: Bool = false
  ) -> [String] {
    let texts = array(object, name, count).enumerated().map { index, value in
      text(value, length, object.path + [.name(name), .index(index)])
    }
    if isUnique, !PackageRun.areDistinct(texts) {
      complain(object, name, "a text is there twice")
    }
    return texts
  }

  mutating func optionalTexts(
    _ object: Object, _ name: StaticString, count: ClosedRange<Int> = 0...Int.max,
    length: ClosedRange<Int> = 1...Int.max
  ) -> [String]? {
    object[name] == nil ? nil : texts(object, name, count: count, length: length)
  }

  mutating func hashes(_ object: Object, _ name: StaticString) -> [String] {
    array(object, name, 0...Int.max).enumerated().map { index, value in
      if case .string(let text) = value, EventText.isDigest(text) { return text }
      complain(
        object.path + [.name(name), .index(index)], "a SHA-256 of 64 lower-case hexadecimal digits must stand here")
      return ""
    }
  }

  // MARK: Other values

  private mutating func array(_ object: Object, _ name: StaticString, _ count: ClosedRange<Int>) -> [JSONValue] {
    guard let value = value(object, name) else {
      missing(object, name)
      return []
    }
    guard case .array(let elements) = value else {
      complain(object, name, "an array must stand here")
      return []
    }
    if !count.contains(elements.count) {
      complain(
        object, name,
        count.upperBound == Int.max
          ? "at least \(count.lowerBound) must stand here"
          : "\(count.lowerBound) to \(count.upperBound) must stand here")
    }
    return elements
  }

  /// The objects of an array.
  mutating func objects(_ object: Object, _ name: StaticString, count: ClosedRange<Int> = 0...Int.max) -> [Object] {
    array(object, name, count).enumerated().map { index, value in
      self.object(value, object.path + [.name(name), .index(index)])
    }
  }

  mutating func optionalObjects(_ object: Object, _ name: StaticString) -> [Object] {
    object[name] == nil ? [] : objects(object, name)
  }

  /// The object of a member.
  mutating func object(_ object: Object, _ name: StaticString) -> Object {
    guard let value = value(object, name) else {
      missing(object, name)
      return Object(members: [], path: object.path + [.name(name)])
    }
    return self.object(value, object.path + [.name(name)])
  }

  mutating func optionalObject(_ object: Object, _ name: StaticString) -> Object? {
    object[name] == nil ? nil : self.object(object, name)
  }

  mutating func bool(_ object: Object, _ name: StaticString) -> Bool? {
    guard let value = value(object, name) else {
      missing(object, name)
      return nil
    }
    if case .bool(let value) = value { return value }
    complain(object, name, "true or false must stand here")
    return nil
  }

  mutating func integer(_ object: Object, _ name: StaticString, _ range: ClosedRange<Int>) -> Int? {
    guard let value = value(object, name) else {
      missing(object, name)
      return nil
    }
    if case .number(let text) = value, let number = TextForms.integer(text), range.contains(number) { return number }
    complain(object, name, "a whole number from \(range.lowerBound) to \(range.upperBound) must stand here")
    return nil
  }

  mutating func optionalInteger(_ object: Object, _ name: StaticString, _ range: ClosedRange<Int>) -> Int? {
    object[name] == nil ? nil : integer(object, name, range)
  }

  // MARK: What many artifacts have

  /// `schemaVersion`, if the artifact must have one, and `sessionId`.
  mutating func session(_ object: Object) -> String {
    exactly(object, "schemaVersion", "1.0.0")
    return uuid(object, "sessionId")
  }

  private enum ActorType: String, CaseIterable { case human, system }

  /// Who did something.
  @discardableResult
  mutating func actor(_ object: Object, _ name: StaticString) -> String {
    let actor = self.object(object, name)
    _ = word(actor, "actorType", ActorType.self)
    return text(actor, "actorId", 1...200)
  }
}
