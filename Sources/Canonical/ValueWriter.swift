import JSON

/// Writes values in canonical form.
struct ValueWriter: ~Copyable {
  var writer = ByteWriter(capacity: 4096)
  private var order = MemberStack()

  /// Writes a document. What the first of many elements took says how much room the others need, so that a large text is not
  /// copied again and again while it grows.
  mutating func write(document value: JSONValue) throws(CanonicalJSON.Failure) {
    guard case .array(let elements) = value, elements.count >= 256 else { return try write(value) }
    let sample = elements.count / 16
    writer.append(0x5B)
    for index in elements.indices {
      if index > 0 { writer.append(0x2C) }
      if index == sample { writer.reserve(min(writer.count * 16, 32 << 20)) }
      try write(elements[index])
    }
    writer.append(0x5D)
  }

  mutating func write(_ value: JSONValue) throws(CanonicalJSON.Failure) {
    switch value {
    case .null: writer.append("null")
    case .bool(let value): writer.append(value ? "true" : "false")
    case .number(let text): try write(number: text)
    case .string(let text): StringWriter.write(text, to: &writer)
    case .array(let elements):
      writer.append(0x5B)
      for index in elements.indices {
        if index > 0 { writer.append(0x2C) }
        try write(elements[index])
      }
      writer.append(0x5D)
    case .object(let members): try write(members)
    }
  }

  private mutating func write(_ members: [JSONValue.Member]) throws(CanonicalJSON.Failure) {
    let first = order.push(members)
    writer.append(0x7B)
    for place in members.indices {
      let index = order.index(first + place)
      if place > 0 {
        guard order.isBefore(first + place - 1, members) else {
          throw CanonicalJSON.Failure(message: "the member '\(members[index].name)' is there twice")
        }
        writer.append(0x2C)
      }
      StringWriter.write(members[index].name, to: &writer)
      writer.append(0x3A)
      try write(members[index].value)
    }
    order.pop(members.count)
    writer.append(0x7D)
  }

  private mutating func write(number text: String) throws(CanonicalJSON.Failure) {
    var failure: NumberText.Failure?
    let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { text in
      do throws(NumberText.Failure) {
        let number = try NumberText(text)
        guard number.length == text.count else { throw .missingDigit }
        try number.write(text, to: &writer)
      } catch {
        failure = error
      }
    }
    if isWritten != nil, failure == nil { return }
    switch failure {
    case .inexact: throw CanonicalJSON.Failure(message: "the number \(text) is too large to be exact")
    case .outOfRange: throw CanonicalJSON.Failure(message: "the number \(text) is out of range")
    case .missingDigit, nil: throw CanonicalJSON.Failure(message: "the number \(text) is no number of JSON")
    }
  }
}
