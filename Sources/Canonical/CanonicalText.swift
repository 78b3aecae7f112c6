package import JSON

/// JSON text in, canonical JSON text out, without a tree between.
///
/// The reader is as strict as I-JSON (RFC 7493) asks: names that repeat, halves of surrogate pairs, invalid UTF-8, a byte
/// order mark, whole numbers beyond 2^53 - 1 and numbers beyond the doubles have no canonical text.
package enum CanonicalText {
  /// Most bytes of a document, where the caller says nothing else.
  package static let usualLimit = 16 << 20
  /// How deep arrays and objects may nest.
  package static let maximumDepth = 128

  /// The canonical text of a document.
  package static func canonical(_ bytes: [UInt8], limit: Int = usualLimit) throws(JSONFailure) -> [UInt8] {
    guard bytes.count <= limit else {
      throw JSONFailure(message: "the text is larger than \(limit) bytes", offset: limit)
    }
    var failure: JSONFailure?
    let result = bytes.withUnsafeBufferPointer { buffer -> [UInt8] in
      do throws(JSONFailure) {
        var canonicalizer = Canonicalizer(buffer)
        return try canonicalizer.document()
      } catch {
        failure = error
        return []
      }
    }
    if let failure { throw failure }
    return result
  }
}

/// Writes values while it reads them. An object whose members stand in another order is put right at its end.
struct Canonicalizer: ~Copyable {
  /// A member of an object that is being read: where it lies in what was written.
  struct Member {
    var start: Int
    var nameEnd: Int
    var end: Int
    /// Whether the name has no escape, so that its bytes can be compared.
    var isPlain: Bool
    /// Where its name stands in the text.
    var offset: Int
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let input: UnsafePointer<UInt8>
  private var offset = 0
  private var writer: ByteWriter
  private var members: [Member] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    writer = ByteWriter(capacity: bytes.count + 64)
    // An empty text has no address; nothing is read from this one.
    input = bytes.baseAddress ?? UnsafePointer(writer.base)
  }

  mutating func document() throws(JSONFailure) -> [UInt8] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw failure("a byte order mark stands before the value") }
    try value(depth: 0)
    skipSpace()
    if offset < bytes.count { throw failure("text after the value") }
    return writer.bytes()
  }

  private func failure(_ message: String, at place: Int? = nil) -> JSONFailure {
    JSONFailure(message: message, offset: place ?? offset)
  }

  @inline(__always)
  private mutating func skipSpace() {
    while offset < bytes.count {
      let byte = input[offset]
      if byte > 0x20 { return }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      offset += 1
    }
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, input[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONFailure) {
    skipSpace()
    guard offset < bytes.count else { throw failure("the text ends where a value should be") }
    switch input[offset] {
    case 0x22: _ = try string()
    case 0x7B: try object(depth: depth + 1)
    case 0x5B: try array(depth: depth + 1)
    case 0x2D, 0x30...0x39: try number()
    case 0x74: try word("true")
    case 0x66: try word("false")
    case 0x6E: try word("null")
    default: throw failure("no JSON value starts here")
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONFailure) {
    let length = word.utf8CodeUnitCount
    guard bytes.count - offset >= length, (0..<length).allSatisfy({ input[offset + $0] == word.utf8Start[$0] }) else {
      throw failure("no JSON value starts here")
    }
    writer.append(word)
    offset += length
  }

  private mutating func number() throws(JSONFailure) {
    let rest = UnsafeBufferPointer(rebasing: bytes[offset...])
    do throws(NumberText.Failure) {
      let number = try NumberText(rest)
      try number.write(rest, to: &writer)
      offset += number.length
    } catch {
      switch error {
      case .missingDigit: throw failure("a digit is missing in the number")
      case .inexact: throw failure("the whole number is beyond 2^53 - 1, where doubles are not exact")
      case .outOfRange: throw failure("the number is beyond what a double holds")
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONFailure) {
    try enter(depth, 0x5B)
    if take(0x5D) {
      writer.append(0x5D)
      return
    }
    while true {
      try value(depth: depth)
      skipSpace()
      if take(0x2C) {
        writer.append(0x2C)
        continue
      }
      guard take(0x5D) else { throw failure("',' or ']' is missing") }
      writer.append(0x5D)
      return
    }
  }

  private mutating func enter(_ depth: Int, _ byte: UInt8) throws(JSONFailure) {
    guard depth <= CanonicalText.maximumDepth else {
      throw failure("nested deeper than \(CanonicalText.maximumDepth) levels")
    }
    offset += 1
    writer.append(byte)
    skipSpace()
  }

  private mutating func object(depth: Int) throws(JSONFailure) {
    try enter(depth, 0x7B)
    if take(0x7D) {
      writer.append(0x7D)
      return
    }
    let first = members.count
    var isSorted = true
    while true {
      skipSpace()
      guard offset < bytes.count, input[offset] == 0x22 else {
        throw failure("a member name in double quotes is missing")
      }
      var member = Member(start: writer.count, nameEnd: 0, end: 0, isPlain: true, offset: offset)
      member.isPlain = try string()
      member.nameEnd = writer.count
      skipSpace()
      guard take(0x3A) else { throw failure("':' is missing") }
      writer.append(0x3A)
      if isSorted, members.count > first {
        isSorted = MemberOrder.isBefore(members[members.count - 1], member, writer.base)
      }
      members.append(member)
      try value(depth: depth)
      members[members.count - 1].end = writer.count
      skipSpace()
      if take(0x2C) {
        writer.append(0x2C)
        continue
      }
      guard take(0x7D) else { throw failure("',' or '}' is missing") }
      break
    }
    if !isSorted { try arrange(first) }
    members.removeLast(members.count - first)
    writer.append(0x7D)
  }

  /// Puts the members from `first` on into their order.
  private mutating func arrange(_ first: Int) throws(JSONFailure) {
    let base = writer.base
    let start = members[first].start
    let length = writer.count - start
    var sorted = Array(members[first...])
    sorted.sort { MemberOrder.isBefore($0, $1, base) }
    for index in 1..<sorted.count where !MemberOrder.isBefore(sorted[index - 1], sorted[index], base) {
      let later = max(sorted[index - 1].offset, sorted[index].offset)
      let name = UnsafeBufferPointer(
        start: base + sorted[index].start, count: sorted[index].nameEnd - sorted[index].start)
      throw failure("the member \(String(decoding: name, as: UTF8.self)) is there twice", at: later)
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { scratch in
      guard let copy = scratch.baseAddress else { return }
      copy.update(from: base + start, count: length)
      writer.count = start
      for (index, member) in sorted.enumerated() {
        if index > 0 { writer.put(0x2C) }
        writer.put(copy + (member.start - start), member.end - member.start)
      }
    }
  }

  /// Writes the string that stands next; whether nothing in it had to be escaped.
  private mutating func string() throws(JSONFailure) -> Bool {
    // Escapes never grow, and the quotes are in the text too: room for the rest of the text is enough.
    writer.reserve(bytes.count - offset + 16)
    offset += 1
    writer.put(0x22)
    var isPlain = true
    while true {
      while bytes.count - offset >= 8 {
        let (word, length) = PlainText.run(input + offset)
        UnsafeMutableRawPointer(writer.base + writer.count).storeBytes(of: word.littleEndian, as: UInt64.self)
        offset += length
        writer.count += length
        if length < 8 { break }
      }
      guard offset < bytes.count else { throw failure("the string has no end") }
      let byte = input[offset]
      switch byte {
      case 0x22:
        offset += 1
        writer.put(0x22)
        return isPlain
      case 0x5C: if try escape() { isPlain = false }
      case 0..<0x20: throw failure("a control character in a string")
      case 0x20..<0x80:
        writer.put(byte)
        offset += 1
      default:
        let length = UTF8Scalar.length(bytes, offset)
        guard length > 0 else { throw failure("invalid UTF-8 in a string") }
        writer.put(input + offset, length)
        offset += length
      }
    }
  }

  /// Writes what an escape stands for; whether it still is one.
  private mutating func escape() throws(JSONFailure) -> Bool {
    let start = offset
    offset += 1
    guard offset < bytes.count else { throw failure("the string has no end") }
    let byte = input[offset]
    offset += 1
    switch byte {
    case 0x2F:
      writer.put(0x2F)
      return false
    case 0x22, 0x5C, 0x62, 0x66, 0x6E, 0x72, 0x74:
      writer.put(0x5C)
      writer.put(byte)
      return true
    case 0x75:
      var scalar = try codeUnit()
      if scalar & 0xFC00 == 0xD800, take(0x5C), take(0x75) {
        let low = try codeUnit()
        guard low & 0xFC00 == 0xDC00 else { throw failure("half of a surrogate pair", at: start) }
        scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (low & 0x3FF)
      }
      guard let unicode = Unicode.Scalar(scalar) else { throw failure("half of a surrogate pair", at: start) }
      return StringWriter.write(unicode, to: &writer)
    default: throw failure("an unknown escape", at: start)
    }
  }

  private mutating func codeUnit() throws(JSONFailure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard offset < bytes.count, let digit = Hexadecimal.value(input[offset]) else {
        throw failure("four hexadecimal digits are missing")
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
