package import IR
import JSON

/// What claw.lock says of images that no Clawfile here makes, so that a compile never depends on the local engine.
package struct ClawLock: ImageFactsProvider, Sendable {
  /// Where the file lies: beside the pod file.
  package static let fileName = "claw.lock"

  /// Why the file can't be used.
  package struct Failure: Error, Sendable, Equatable {
    /// What is wrong: the end of a sentence about the file.
    package var message: String
    /// Where, in bytes from the start; nil if it is about the file as a whole.
    package var offset: Int?
  }

  /// An image of the file.
  package struct Entry: Sendable, Equatable {
    /// The image's id.
    package var id: String
    /// The digest that its registry knows it by, if it came from one.
    package var digest: String?
    /// What it says of itself.
    package var facts: ImageFacts

    /// Joins the parts.
    package init(id: String, digest: String?, facts: ImageFacts) {
      self.id = id
      self.digest = digest
      self.facts = facts
    }
  }

  /// The images, by the reference as the author writes it.
  package var images: [String: Entry]

  /// A lock of some images.
  package init(images: [String: Entry] = [:]) { self.images = images }

  /// The facts of an image: the file's, else what is known of plain distribution images.
  package func facts(of reference: String) -> ImageFacts? {
    if let entry = images[reference] { return entry.facts }
    guard let wanted = try? ImageReference(reference).description else { return nil }
    for (name, entry) in images where (try? ImageReference(name).description) == wanted { return entry.facts }
    return BaseImages().facts(of: reference)
  }
}

// MARK: - Reading

extension ClawLock {
  /// Reads the file. It is ours and machine-made: whatever is not exactly as we write it is an error.
  package init(parsing bytes: some Sequence<UInt8>) throws(Failure) {
    let value: JSONValue
    do throws(JSONFailure) { value = try JSONParser.parse(bytes, strict: true, maximumDepth: 8) } catch {
      throw Failure(message: "is no JSON: \(error.message)", offset: error.offset)
    }
    let top = try Self.members(of: value, "the file", allowed: ["schema", "images"])
    guard top["schema"]?.integer == 1 else { throw Failure(message: "has no schema, or one that is not 1") }
    guard let listed = value["images"]?.members else { throw Failure(message: "has no 'images'") }
    images = [:]
    for member in listed { images[member.name] = try Self.entry(member.name, member.value) }
  }

  private static let fields = ["id", "digest", "labels", "entrypoint", "command", "user"]

  private static func entry(_ name: String, _ value: JSONValue) throws(Failure) -> Entry {
    guard (try? ImageReference(name)) != nil else { throw Failure(message: "names no image by '\(name)'") }
    let members = try members(of: value, "'\(name)'", allowed: fields)
    func missing(_ field: String) -> Failure { Failure(message: "has no usable '\(field)' for '\(name)'") }
    guard let id = members["id"]?.string else { throw missing("id") }
    guard let user = members["user"]?.string else { throw missing("user") }
    guard let labels = members["labels"]?.members else { throw missing("labels") }
    var facts = ImageFacts(user: user)
    for label in labels {
      guard let text = label.value.string else { throw missing("labels") }
      facts.labels[label.name] = text
    }
    facts.entrypoint = try words(members["entrypoint"], or: missing("entrypoint"))
    facts.command = try words(members["command"], or: missing("command"))
    let digest = members["digest"]
    guard digest == .null || digest?.string != nil else { throw missing("digest") }
    return Entry(id: id, digest: digest?.string, facts: facts)
  }

  private static func words(_ value: JSONValue?, or failure: Failure) throws(Failure) -> [String]? {
    if value == .null { return nil }
    guard let elements = value?.array else { throw failure }
    var words: [String] = []
    for element in elements {
      guard let word = element.string else { throw failure }
      words.append(word)
    }
    return words
  }

  private static func members(
    of value: JSONValue, _ what: String, allowed: [String]
  ) throws(Failure) -> [String: JSONValue] {
    guard let members = value.members else { throw Failure(message: "has no object for \(what)") }
    var found: [String: JSONValue] = [:]
    for member in members {
      guard allowed.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) else {
        throw Failure(message: "has an unknown field '\(member.name)' in \(what)")
      }
      found[member.name] = member.value
    }
    return found
  }
}

// MARK: - Writing

extension ClawLock {
  /// The file's bytes: always the same for the same images.
  package var bytes: [UInt8] {
    func words(_ list: [String]?) -> JSONValue { list.map { .array($0.map(JSONValue.string)) } ?? .null }
    func sorted<Value>(_ values: [String: Value]) -> [(key: String, value: Value)] {
      values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
    let members = sorted(images).map { name, entry in
      JSONValue.Member(
        name,
        [
          "id": .string(entry.id), "digest": entry.digest.map(JSONValue.string) ?? .null,
          "labels": .object(sorted(entry.facts.labels).map { .init($0.key, .string($0.value)) }),
          "entrypoint": words(entry.facts.entrypoint), "command": words(entry.facts.command),
          "user": .string(entry.facts.user),
        ])
    }
    let value = JSONValue.object([.init("schema", 1), .init("images", .object(members))])
    return Array((value.text(indented: true) + "\n").utf8)
  }
}
