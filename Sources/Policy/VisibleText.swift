import JSON

/// Text without what can't be seen, in which split words are whole again.
enum VisibleText {
  /// The bytes without invisible characters; nil if there are none of them.
  static func withoutInvisible(_ bytes: [UInt8]) -> [UInt8]? {
    guard !UTF8Check.isASCII(bytes) else { return nil }
    var result: [UInt8] = []
    var isChanged = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if TextFolding.isInvisible(scalar) {
        isChanged = true
      } else {
        result += UTF8.encode(scalar).map { Array($0) } ?? []
      }
    }
    return isChanged ? result : nil
  }
}

/// Whether bytes are UTF-8.
enum UTF8Check {
  /// Whether all of them are ASCII; eight at a time.
  static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= bytes.count {
      if bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
      index += 8
    }
    while index < bytes.count {
      if bytes[index] >= 0x80 { return false }
      index += 1
    }
    return true
  }

  /// Whether all of them are ASCII.
  static func isASCII(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { isASCII($0) } }

  static func isValid(_ bytes: [UInt8]) -> Bool {
    isASCII(bytes) || String(validating: bytes, as: UTF8.self) != nil
  }
}

/// Check digits of card numbers (ISO/IEC 7812-1).
enum Luhn {
  /// Whether the digits of a text, other characters left out, are so many, not all the same, and check.
  static func isValid(_ text: [UInt8], digits count: ClosedRange<Int>) -> Bool {
    let digits = text.filter { 0x30...0x39 ~= $0 }.map { Int($0 & 15) }
    guard count.contains(digits.count), Set(digits).count > 1 else { return false }
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let doubled = index % 2 == 1 ? digit * 2 : digit
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return sum % 10 == 0
  }
}

/// The texts in the arguments of a tool.
enum ToolText {
  /// Appends every text, each on a line of its own.
  static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value {
    case .string(let text):
      bytes += text.utf8
      bytes.append(0x0A)
    case .array(let elements): for element in elements { append(element, to: &bytes) }
    case .object(let members):
      for member in members {
        bytes += member.name.utf8
        bytes += ": ".utf8
        append(member.value, to: &bytes)
      }
    case .null, .bool, .number: break
    }
  }
}
