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
    for (index, name) in context.model.assigned where isSecret(name) {
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
    var found = false
    for word in name.lowercased().utf8.split(separator: 0x5F) {
      // The words have three to eleven letters; most names are done with that.
      guard word.count >= 3, word.count <= 11 else { continue }
      let text = String(Substring(word))
      if harmless.contains(text) { return false }
      found = found || secrets.contains(text)
    }
    return found
  }

  private static let secrets: Set = [
    "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
  ]
  private static let harmless: Set = ["public", "file", "version"]
}
