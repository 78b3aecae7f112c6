/// An object made of members whose values already are canonical JSON.
package struct CanonicalObject {
  private var members: [(name: String, value: [UInt8])] = []

  package init() {}

  /// Adds a member; no name may come twice.
  package mutating func add(_ name: String, canonical value: [UInt8]) { members.append((name, value)) }

  /// Adds a text.
  package mutating func add(_ name: String, _ text: String) {
    members.append((name, Self.text(text)))
  }

  /// Adds bytes in Base64.
  package mutating func add(_ name: String, base64 bytes: [UInt8]) {
    let length = Base64.length(of: bytes.count)
    let text = [UInt8](unsafeUninitializedCapacity: length + 2) { text, count in
      text[0] = 0x22
      text[length + 1] = 0x22
      if let start = text.baseAddress { Base64.write(bytes, to: start + 1) }
      count = length + 2
    }
    members.append((name, text))
  }

  /// Adds a number.
  package mutating func add(_ name: String, _ number: Int) { members.append((name, Array(String(number).utf8))) }

  /// Adds a truth value.
  package mutating func add(_ name: String, _ value: Bool) {
    members.append((name, Array((value ? "true" : "false").utf8)))
  }

  /// The object's canonical text.
  package var bytes: [UInt8] {
    var writer = ByteWriter(capacity: members.reduce(64) { $0 + $1.value.count + $1.name.utf8.count + 8 })
    writer.append(0x7B)
    for (index, member) in members.sorted(by: { CanonicalJSON.isBefore($0.name, $1.name) }).enumerated() {
      if index > 0 { writer.append(0x2C) }
      StringWriter.write(member.name, to: &writer)
      writer.append(0x3A)
      writer.reserve(member.value.count)
      member.value.withUnsafeBufferPointer { value in
        if let start = value.baseAddress { writer.put(start, value.count) }
      }
    }
    writer.append(0x7D)
    return writer.bytes()
  }

  /// A text on its own.
  package static func text(_ text: String) -> [UInt8] {
    var writer = ByteWriter(capacity: text.utf8.count + 64)
    StringWriter.write(text, to: &writer)
    return writer.bytes()
  }

  /// An array of values that are canonical.
  package static func array(_ values: [[UInt8]]) -> [UInt8] {
    [0x5B] + Array(values.joined(separator: [0x2C])) + [0x5D]
  }
}
