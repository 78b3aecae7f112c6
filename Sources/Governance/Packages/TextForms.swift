import JSON

/// Forms of texts that many artifacts have.
enum TextForms {
  /// Calls `body` with the bytes of a text.
  @inline(__always)
  static func withBytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(text.utf8).withUnsafeBufferPointer(body)
  }

  /// A path below the repository's root, written in one way.
  static func isPath(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, first != 0x2F, !bytes.contains(0x5C), !bytes.contains(where: { $0 < 0x20 }) else {
      return false
    }
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0x2E, previous == 0x2E { return false }
      previous = byte
    }
    return true
  }

  /// The whole number that a text of JSON stands for; `1.0` and `1e2` are such numbers too.
  static func integer(_ text: String) -> Int? {
    if let number = Int(text) { return number }
    guard let number = Double(text), number.magnitude <= 9_007_199_254_740_991 else { return nil }
    return Int(exactly: number)
  }

  /// Whether two texts are the same by their bytes; Swift's `==` also takes texts for equal that only look so.
  static func same(_ left: String, _ right: String) -> Bool { left.hasBytes(of: right) }
}

/// A text that is equal to another only by its bytes.
struct Exact: Hashable {
  private let text: String

  init(_ text: String) { self.text = text }

  static func == (left: Self, right: Self) -> Bool { left.text.hasBytes(of: right.text) }

  func hash(into hasher: inout Hasher) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    if isDone == nil { for byte in text.utf8 { hasher.combine(byte) } }
  }
}

/// Texts that others are looked for among, by their bytes.
struct ExactTexts {
  /// As many are compared one by one in less time than a table of them takes to make.
  static let few = 12

  private let list: [String]
  private let table: Set<Exact>

  init(_ texts: [String]) {
    list = texts
    table = texts.count > Self.few ? texts.exact : []
  }

  func contains(_ text: String) -> Bool {
    list.count > Self.few ? table.contains(Exact(text)) : list.has(text)
  }

  /// Whether the same texts are in both, however often.
  func isSame(as other: ExactTexts) -> Bool {
    list.allSatisfy { other.contains($0) } && other.list.allSatisfy { contains($0) }
  }
}

extension Sequence<String> {
  /// The texts as a set by their bytes.
  var exact: Set<Exact> { Set(map { Exact($0) }) }

  /// Whether a text is among them, by its bytes.
  func has(_ text: String) -> Bool { contains { TextForms.same($0, text) } }
}
