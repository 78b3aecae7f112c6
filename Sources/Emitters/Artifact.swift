package import Source

/// A generated file, and for each of its lines where it came from.
package struct Artifact: Sendable {
  /// The bytes.
  package var bytes: [UInt8]
  /// Where each line came from; nil for claw's own.
  package var origins: [Location?]

  /// Joins the two.
  package init(bytes: [UInt8], origins: [Location?]) {
    self.bytes = bytes
    self.origins = origins
  }
}

/// Collects an artifact's text, and the origin of each line as it goes.
struct ArtifactWriter {
  private(set) var bytes: [UInt8] = []
  private var origins: [Location?] = []
  /// Whether the line that begins with the next byte has its origin already: blanks in front of it may be none.
  private var isBegun = false

  /// Appends text that has one origin.
  mutating func write(_ text: String, origin: Location? = nil) {
    var text = text
    text.withUTF8 { append($0, origin: origin) }
  }

  /// Appends a text without line ends, and a byte on either side of it.
  mutating func write(ordinary text: String, between byte: UInt8) {
    begin(nil)
    bytes.append(byte)
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
    bytes.append(byte)
  }

  /// Appends bytes that have one origin.
  mutating func write(_ text: [UInt8], origin: Location? = nil) {
    text.withUnsafeBufferPointer { append($0, origin: origin) }
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>, origin: Location?) {
    if text.isEmpty { return }
    begin(origin)
    bytes.append(contentsOf: text)
    // The last byte may end a line; it starts none.
    for byte in text.dropLast() where byte == 0x0A { origins.append(origin) }
    isBegun = false
  }

  private mutating func begin(_ origin: Location?) {
    if startsLine, !isBegun { origins.append(origin) }
    isBegun = true
  }

  /// Appends the blanks in front of a line that comes from one place.
  mutating func indent(_ count: Int, origin: Location?) {
    begin(origin)
    bytes.append(contentsOf: repeatElement(0x20, count: count))
  }

  /// Appends bytes of a file; each line's origin is its own.
  mutating func copy(_ range: SourceRange, of file: SourceFile) {
    guard !range.isEmpty else { return }
    var line = file.lines.line(at: range.lower)
    var offset = range.lower
    while offset < range.upper {
      let whole = file.lines.range(ofLine: line)
      let end = min(whole.upper, range.upper)
      begin(Location(file, SourceRange(offset, end)))
      bytes.append(contentsOf: file.slice(SourceRange(offset, end)))
      isBegun = false
      offset = end
      line += 1
    }
  }

  /// Whether the next byte starts a line.
  var startsLine: Bool { bytes.isEmpty || bytes[bytes.count - 1] == 0x0A }

  /// Ends the line if one is open.
  mutating func endLine() {
    if !startsLine { bytes.append(0x0A) }
    isBegun = false
  }

  /// What was written.
  func finish() -> Artifact { Artifact(bytes: bytes, origins: origins) }
}
