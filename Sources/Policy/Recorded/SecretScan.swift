import Automata
package import IR

/// The secrets that a program's `secret_leak` finds in a text, each with its place.
package final class SecretScan {
  /// A secret.
  package struct Finding: Sendable, Hashable {
    /// The pattern's name.
    package var name: String
    package var description: String?
    /// Whether it is one that blocks; others warn.
    package var isBlocking: Bool
    /// The bytes, in the text; empty where it only shows with invisible characters left out.
    package var range: Range<Int>
  }

  private let program: SecretProgram
  private let scanner: PatternScanner
  private let skipped: PatternSet

  /// A scan by a program's guard; nil if that is off, or has patterns that can't be looked for.
  package init?(_ program: PolicyProgram) {
    var found: SecretProgram?
    for case .secretLeak(let own) in program.guards { found = own }
    guard let found, let scanner = try? PatternScanner(found.secrets.map(\.term.node)) else { return nil }
    self.program = found
    self.scanner = scanner
    skipped = PatternSet(found.skipped)
  }

  /// Whether a path is one that the guard passes over.
  package func skips(_ path: String) -> Bool { skipped.matches(PathNormalization.normalize(path.utf8)) }

  /// What is found in a text, by place.
  package func findings(in text: [UInt8]) -> [Finding] {
    let plain = scan(text)
    if !plain.isEmpty { return plain }
    guard let visible = VisibleText.withoutInvisible(text) else { return [] }
    return scan(visible).map { finding in
      var hidden = finding
      hidden.range = 0..<0
      return hidden
    }
  }

  private func scan(_ text: [UInt8]) -> [Finding] {
    text.withUnsafeBufferPointer { bytes in
      var result: [Finding] = []
      scanner.matching(bytes).forEach { index in
        let secret = program.secrets[index]
        for match in scanner.matches(of: index, bytes) {
          if secret.checksLuhn, !Luhn.isValid(Array(bytes[match.range]), digits: 13...19) { continue }
          result.append(
            Finding(
              name: secret.name, description: secret.description, isBlocking: secret.severity >= program.threshold,
              range: match.range))
        }
      }
      return result.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    }
  }
}
