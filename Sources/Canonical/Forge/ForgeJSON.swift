/// JSON as ClawForge writes it before it hashes, for checking its hashes only.
///
/// It differs from RFC 8785: names that are array indices (0 to 4294967294) come first, by their numbers; members named
/// `__proto__` vanish; halves of surrogate pairs are written as `\udxxx`; of members that repeat the last one stays; whole
/// numbers are rounded to doubles; numbers beyond the doubles become null. Where that loses something, `losses` says so:
/// texts that differ only in what is lost have the same hash.
package enum ForgeJSON {
  /// What the form does not keep of a text.
  package enum Loss: String, Sendable, CaseIterable {
    case prototypeMember = "a member named '__proto__'"
    case repeatedMember = "a member that is there twice"
    case roundedNumber = "digits of a whole number beyond 2^53 - 1"
    case infiniteNumber = "a number beyond the doubles"
  }

  /// A text in ClawForge's form.
  package struct Text: Sendable, Equatable {
    package var bytes: [UInt8]
    /// What is gone, each once.
    package var losses: Set<Loss>
  }

  /// How deep arrays and objects may nest. ClawForge's limit is the stack of its engine, which nobody can reproduce.
  package static let maximumDepth = 512

  /// ClawForge's form of a document; a failure where it reads none either, or goes deeper than `maximumDepth`.
  package static func canonical(_ bytes: [UInt8]) throws(ForgeFailure) -> Text {
    var reader = ForgeReader(bytes)
    let value = try reader.document()
    var writer = ByteWriter(capacity: bytes.count + 64)
    write(value, to: &writer)
    return Text(bytes: writer.bytes(), losses: reader.losses)
  }

  private static func write(_ value: ForgeValue, to writer: inout ByteWriter) {
    switch value {
    case .null: writer.append("null")
    case .bool(let value): writer.append(value ? "true" : "false")
    case .number(let value): CanonicalNumber.write(value, to: &writer)
    case .string(let units): write(units, to: &writer)
    case .array(let elements):
      writer.append(0x5B)
      for (index, element) in elements.enumerated() {
        if index > 0 { writer.append(0x2C) }
        write(element, to: &writer)
      }
      writer.append(0x5D)
    case .object(let members):
      writer.append(0x7B)
      for (index, member) in members.sorted(by: { isBefore($0.name, $1.name) }).enumerated() {
        if index > 0 { writer.append(0x2C) }
        write(member.name, to: &writer)
        writer.append(0x3A)
        write(member.value, to: &writer)
      }
      writer.append(0x7D)
    }
  }

  /// Array indices by their numbers, then everything else by its UTF-16 units.
  private static func isBefore(_ left: [UInt16], _ right: [UInt16]) -> Bool {
    switch (arrayIndex(left), arrayIndex(right)) {
    case (let first?, let second?): first < second
    case (.some, nil): true
    case (nil, .some): false
    case (nil, nil): left.lexicographicallyPrecedes(right)
    }
  }

  private static func arrayIndex(_ name: [UInt16]) -> UInt64? {
    guard 1...10 ~= name.count, name.allSatisfy({ 0x30...0x39 ~= $0 }), name.count == 1 || name[0] != 0x30 else {
      return nil
    }
    let value = name.reduce(0 as UInt64) { $0 * 10 + UInt64($1 & 15) }
    return value <= 4_294_967_294 ? value : nil
  }

  private static func write(_ units: [UInt16], to writer: inout ByteWriter) {
    writer.reserve(units.count * 6 + 2)
    writer.put(0x22)
    var index = 0
    while index < units.count {
      let unit = units[index]
      index += 1
      if unit & 0xF800 == 0xD800 {
        if unit < 0xDC00, index < units.count, units[index] & 0xFC00 == 0xDC00 {
          let value = 0x10000 + (UInt32(unit & 0x3FF) << 10) + UInt32(units[index] & 0x3FF)
          index += 1
          if let scalar = Unicode.Scalar(value) { _ = StringWriter.write(scalar, to: &writer) }
        } else {
          for byte in "\\u\(String(unit, radix: 16))".utf8 { writer.put(byte) }
        }
      } else if let scalar = Unicode.Scalar(unit) {
        _ = StringWriter.write(scalar, to: &writer)
      }
    }
    writer.put(0x22)
  }
}

/// Why a text has no form of ClawForge's.
package struct ForgeFailure: Error, Sendable, Equatable {
  /// What is wrong.
  package var message: String
  /// Where, in bytes.
  package var offset: Int
}

/// A value as JavaScript has it: names and strings are UTF-16 units, of which surrogates may stand alone.
indirect enum ForgeValue {
  case null
  case bool(Bool)
  case number(Double)
  case string([UInt16])
  case array([ForgeValue])
  case object([(name: [UInt16], value: ForgeValue)])
}
