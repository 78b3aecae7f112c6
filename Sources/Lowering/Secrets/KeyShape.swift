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
    var findings: [Finding] = []
    let isStart = isStart
    var index = 0
    while index < bytes.count {
      guard isStart[Int(bytes[index])], index == 0 || !isKeyByte(bytes[index - 1]) else {
        index += 1
        continue
      }
      if let finding = finding(at: index, in: bytes) {
        findings.append(finding)
        index = finding.range.upper
      } else {
        index += 1
      }
    }
    return findings
  }

  /// Whether a text holds a key.
  package static func contains(_ text: String) -> Bool { !findings(in: Array(text.utf8)).isEmpty }

  private static func finding(at index: Int, in bytes: [UInt8]) -> Finding? {
    // Few words are as long as the shortest key: looking from there backwards, most are ruled out by one byte.
    guard index + shortest <= bytes.count else { return nil }
    if bytes[index] != 0x2D {
      for place in stride(from: index + shortest - 1, to: index, by: -1) where !isKeyByte(bytes[place]) { return nil }
    } else if bytes[index...].starts(with: pem) {
      let line = bytes[index...].prefix { $0 != 0x0A }
      guard String(decoding: line, as: UTF8.self).contains("PRIVATE KEY-----") else { return nil }
      return Finding(kind: "a private key", range: SourceRange(index, line.endIndex))
    }
    for shape in shapes where shape.prefix[0] == bytes[index] && bytes[index...].starts(with: shape.prefix) {
      let start = index + shape.prefix.count
      let body = bytes[start...].prefix(while: isKeyByte)
      guard body.count >= shape.minimum, Set(body).count >= 8 else { continue }
      return Finding(kind: shape.kind, range: SourceRange(index, body.endIndex))
    }
    return nil
  }

  private static let pem = Array("-----BEGIN ".utf8)

  /// The fewest bytes that any key has, and fewer than a PEM file's first line.
  private static let shortest = shapes.map { $0.prefix.count + $0.minimum }.min() ?? 0

  private static let isStart: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for shape in shapes { table[Int(shape.prefix[0])] = true }
    table[0x2D] = true
    return table
  }()

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x2D || byte == 0x5F
  }
}
