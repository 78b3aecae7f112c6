import AST
import Diagnostics

/// BuildKit's SecretsUsedInArgOrEnv.
enum SecretInArgOrEnv: LintRule {
  static let rule = Rule(
    "clawfile/secret-in-arg-or-env", .warning, "ARG or ENV has the name of a secret",
    explanation: """
      Build arguments and environment stay readable in the image and its history. Give a secret to one RUN with \
      '--mount=type=secret', or to the container when it starts.
      """,
    bad: "FROM scratch\nENV API_TOKEN=x\n", good: "FROM scratch\nRUN --mount=type=secret,id=api_token true\n",
    aliases: ["SecretsUsedInArgOrEnv", "DL3064"])

  static let phase = LintPhase.instructions

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for (index, name) in context.model.secrets {
      var range: Range<Int>?
      switch context.file.instructions[index].body {
      case .env(let pairs, _), .arg(let pairs): range = pairs.first { $0.key.text == name }?.key.range
      default: break
      }
      let location = range.map { context.location(index, $0) } ?? context.location(index)
      bag.report(
        rule, at: location, "'\(name)' sounds like a secret, which would stay in the image",
        help: "use 'RUN --mount=type=secret' at build time, or pass it when the container starts")
    }
  }

  /// Whether a whole `_`-separated run of the name is a word for secrets, and none takes it back.
  static func isSecret(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { bytes in
      var found = false
      var start = 0
      for index in 0...bytes.count where index == bytes.count || bytes[index] == 0x5F {
        let word = bytes[start..<index]
        start = index + 1
        // The words have three to eleven letters; most names are done with that.
        guard word.count >= 3, word.count <= 11 else { continue }
        if isOne(word, of: harmless) { return false }
        found = found || isOne(word, of: secrets)
      }
      return found
    }
  }

  private static func isOne(_ word: Slice<UnsafeBufferPointer<UInt8>>, of words: [[UInt8]]) -> Bool {
    words.contains { known in
      known.count == word.count && known.indices.allSatisfy { known[$0] == word[word.startIndex + $0] | 0x20 }
    }
  }

  private static let secrets = [
    "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
  ].map { Array($0.utf8) }
  private static let harmless = ["public", "file", "version"].map { Array($0.utf8) }
}
