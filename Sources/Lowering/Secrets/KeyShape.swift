package import Source

/// Recognizes texts that have the shape of real keys. Only shapes with a fixed prefix and length: a false alarm would stop
/// a build.
package enum KeyShape {
  /// A key in a text.
  package struct Finding: Sendable {
    /// What kind of key it looks like.
    package var kind: String
    /// Where it stands.
    package var range: SourceRange
  }

  private struct Shape {
    var prefix: [UInt8]
    var minimum: Int
    var kind: String
    init(_ prefix: String, _ minimum: Int, _ kind: String) {
      self.prefix = Array(prefix.utf8)
      self.minimum = minimum
      self.kind = kind
    }
  }

  /// Prefixes and the least number of key characters behind them, as their issuers document them.
  private static let shapes: [Shape] = [
    Shape("sk-ant-", 32, "an Anthropic key"), Shape("sk-or-v1-", 48, "an OpenRouter key"),
    Shape("sk-proj-", 40, "an OpenAI key"), Shape("sk-", 40, "an OpenAI key"), Shape("xai-", 60, "an xAI key"),
    Shape("AKIA", 16, "an AWS access key id"), Shape("ASIA", 16, "an AWS access key id"),
    Shape("ghp_", 36, "a GitHub token"), Shape("gho_", 36, "a GitHub token"), Shape("ghs_", 36, "a GitHub token"),
    Shape("github_pat_", 60, "a GitHub token"), Shape("glpat-", 20, "a GitLab token"),
    Shape("xoxb-", 40, "a Slack token"), Shape("xoxp-", 40, "a Slack token"), Shape("AIza", 35, "a Google API key"),
    Shape("hf_", 34, "a Hugging Face token"), Shape("npm_", 36, "an npm token"),
  ]

  /// Every key in a text, in order.
  package static func findings(in bytes: [UInt8]) -> [Finding] {
    var end = 0
    return (tokens(in: bytes) + privateKeys(in: bytes)).sorted { $0.range < $1.range }.filter { finding in
      // A private key's line is one finding, whatever stands in it.
      guard finding.range.lower >= end else { return false }
      end = finding.range.upper
      return true
    }
  }

  /// Whether a text holds a key.
  package static func contains(_ text: String) -> Bool {
    text.utf8.count >= shortest && !findings(in: Array(text.utf8)).isEmpty
  }

  /// Keys that are one run of letters, digits, `-` and `_`. They stand at the start of a run.
  private static func tokens(in bytes: [UInt8]) -> [Finding] {
    var findings: [Finding] = []
    bytes.withUnsafeBufferPointer {
      eachRun(in: $0, longerThan: shortest) { run in
        if let kind = kind(of: bytes[run]) {
          findings.append(Finding(kind: kind, range: SourceRange(run.lowerBound, run.upperBound)))
        }
      }
    }
    return findings
  }

  /// Hands out the runs of key bytes that are long enough.
  private static func eachRun(
    in bytes: UnsafeBufferPointer<UInt8>, longerThan shortest: Int, _ take: (Range<Int>) -> Void
  ) {
    var start = 0
    while start + shortest <= bytes.count {
      // Few runs are as long as the shortest key. Looked at from there backwards, a short one is left at once.
      var place = start + shortest - 1
      while place >= start, isKeyByte(bytes[place]) { place -= 1 }
      if place >= start {
        start = place + 1
        continue
      }
      let end = bytes[(start + shortest)...].firstIndex { !isKeyByte($0) } ?? bytes.count
      take(start..<end)
      start = end + 1
    }
  }

  private static func kind(of run: ArraySlice<UInt8>) -> String? {
    for shape in shapes where run.starts(with: shape.prefix) {
      let body = run.dropFirst(shape.prefix.count)
      if body.count >= shape.minimum, Set(body).count >= 8 { return shape.kind }
    }
    return nil
  }

  /// The first lines of PEM files.
  private static func privateKeys(in bytes: [UInt8]) -> [Finding] {
    var findings: [Finding] = []
    // Of five dashes one stands at a multiple of five.
    var next = 4
    while next < bytes.count {
      let place = next
      next += 5
      guard bytes[place] == 0x2D else { continue }
      var start = place
      while start > max(0, place - 4), bytes[start - 1] == 0x2D { start -= 1 }
      guard bytes[start...].starts(with: pem), start == 0 || !isKeyByte(bytes[start - 1]) else { continue }
      let line = bytes[start...].prefix { $0 != 0x0A }
      guard String(decoding: line, as: UTF8.self).contains("PRIVATE KEY-----") else { continue }
      findings.append(Finding(kind: "a private key", range: SourceRange(start, line.endIndex)))
    }
    return findings
  }

  private static let pem = Array("-----BEGIN ".utf8)

  /// The fewest bytes that any key has; a private key's first line has more.
  private static let shortest = shapes.map { $0.prefix.count + $0.minimum }.min() ?? 1

  @inline(__always)
  private static func isKeyByte(_ byte: UInt8) -> Bool {
    // As bits of two words: every file is gone over with this.
    let bits = byte & 0x40 == 0 ? lowKeyBytes : highKeyBytes
    return byte < 0x80 && bits &>> UInt64(byte & 0x3F) & 1 != 0
  }

  /// The letters, digits, `-` and `_` below 64, and those from there on.
  private static let lowKeyBytes: UInt64 = 0x03FF_2000_0000_0000
  private static let highKeyBytes: UInt64 = 0x07FF_FFFE_87FF_FFFE
}
