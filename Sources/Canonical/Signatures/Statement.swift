package import JSON

/// An in-toto statement, version 1: what is said (the predicate) about which files (the subjects).
package struct Statement: Sendable, Equatable {
  /// A file by its digest.
  package struct Subject: Sendable, Equatable {
    package var name: String
    /// Hexadecimal SHA-256.
    package var sha256: String

    package init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  /// What a predicate means. One address for each meaning and version keeps a signature for one purpose from serving
  /// another.
  package enum Predicate: String, Sendable, CaseIterable {
    case policyBundle = "https://claw.example/policy-bundle/v1"
    case trustRoot = "https://claw.example/trust-root/v1"
    case receipt = "https://claw.example/receipt/v1"
    case ledgerCheckpoint = "https://claw.example/ledger-checkpoint/v1"
    case release = "https://claw.example/release/v1"
    case sealedChange = "https://claw.example/sealed-change/v1"
  }

  private static let type = "https://in-toto.io/Statement/v1"

  package var subjects: [Subject]
  package var predicateType: String
  /// The predicate in canonical JSON.
  package var predicate: [UInt8]

  /// A statement; `predicate` is canonical JSON.
  package init(_ predicateType: Predicate, _ predicate: [UInt8], subjects: [Subject]) {
    self.subjects = subjects
    self.predicateType = predicateType.rawValue
    self.predicate = predicate
  }

  /// The statement in canonical JSON: what an envelope carries.
  package var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("_type", Self.type)
    object.add("predicate", canonical: predicate)
    object.add("predicateType", predicateType)
    let subjects = subjects.map { subject in
      var digest = CanonicalObject()
      digest.add("sha256", subject.sha256)
      var entry = CanonicalObject()
      entry.add("digest", canonical: digest.bytes)
      entry.add("name", subject.name)
      return entry.bytes
    }
    object.add("subject", canonical: CanonicalObject.array(subjects))
    return object.bytes
  }

  /// Reads a statement out of canonical JSON; other spellings of it are refused, so that one statement has one digest.
  package init(canonical bytes: [UInt8]) throws(JSONFailure) {
    var checker = CanonicalChecker()
    if !bytes.withUnsafeBufferPointer({ checker.isCanonical($0) }) { throw Self.failure(bytes) }
    (subjects, predicateType, predicate) = ([], "", [])
    var type: String?
    // What was tested need not be gone through again to find the members.
    for member in checker.members {
      let value = bytes[member.value]
      switch String(decoding: bytes[member.name], as: UTF8.self) {
      case "_type": type = CanonicalString.text(value)
      case "predicate": predicate = Array(value)
      case "predicateType": predicateType = CanonicalString.text(value) ?? ""
      case "subject":
        do throws(JSONFailure) { subjects = try Self.subjects(Array(value)) } catch {
          throw JSONFailure(message: error.message, offset: member.value.lowerBound + error.offset)
        }
      case let name:
        throw JSONFailure(message: "a statement has no member '\(name)'", offset: member.name.lowerBound)
      }
    }
    guard type == Self.type, checker.members.count == 4, !predicateType.isEmpty else {
      throw JSONFailure(message: "this is no in-toto statement of version 1", offset: 0)
    }
  }

  /// Why bytes are not canonical JSON, and where.
  private static func failure(_ bytes: [UInt8]) -> JSONFailure {
    let canonical: [UInt8]
    do throws(JSONFailure) { canonical = try CanonicalText.canonical(bytes) } catch { return error }
    let place = zip(canonical, bytes).enumerated().first { $1.0 != $1.1 }?.offset ?? min(canonical.count, bytes.count)
    return JSONFailure(message: "the text is not canonical from here on", offset: place)
  }

  private static func subjects(_ bytes: [UInt8]) throws(JSONFailure) -> [Subject] {
    var subjects: [Subject] = []
    try JSONCursor.read(bytes, isSound: true) { (cursor) throws(JSONFailure) in
      try cursor.array { (cursor) throws(JSONFailure) in subjects.append(try subject(&cursor)) }
    }
    return subjects
  }

  private static func subject(_ cursor: inout JSONCursor) throws(JSONFailure) -> Subject {
    var subject = Subject(name: "", sha256: "")
    var count = 0
    try cursor.object { (cursor, decoded, raw) throws(JSONFailure) in
      count += 1
      switch MemberName.text(decoded, raw) {
      case "name": subject.name = try cursor.string()
      case "digest":
        try cursor.object { (cursor, decoded, raw) throws(JSONFailure) in
          guard MemberName.text(decoded, raw) == "sha256" else { throw cursor.failure("a digest is a SHA-256") }
          subject.sha256 = try cursor.string()
        }
      case let name: throw cursor.failure("a subject has no member '\(name)'")
      }
    }
    guard count == 2, !subject.sha256.isEmpty else { throw cursor.failure("a subject has a name and a SHA-256") }
    return subject
  }
}

extension JSONCursor {
  /// Reads the one value of some bytes; of sound ones, what is passed over is not checked again.
  package static func read(
    _ bytes: [UInt8], isSound: Bool = false, _ body: (inout JSONCursor) throws(JSONFailure) -> Void
  ) throws(JSONFailure) {
    var failure: JSONFailure?
    bytes.withUnsafeBufferPointer { buffer in
      do throws(JSONFailure) {
        var cursor = JSONCursor(buffer, isSound: isSound)
        try body(&cursor)
        try cursor.finish()
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
