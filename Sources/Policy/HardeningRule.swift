/// A hole of the reference engine that the hardened profile closes.
package struct HardeningRule: Sendable, Hashable {
  /// `hardened/kebab-name`
  package let name: String
  /// What is closed, in one sentence without a full stop.
  package let summary: String

  private init(_ name: String, _ summary: String) {
    self.name = "hardened/" + name
    self.summary = summary
  }

  package static let controlCharacters = HardeningRule(
    "control-characters", "A path, host or tool with NUL or another control character is refused")
  package static let pathAlias = HardeningRule(
    "path-alias",
    "A path is judged under every name it has: file URLs, /proc/self/root, drive and stream names, percent escapes")
  package static let pathCase = HardeningRule(
    "path-case", "Forbidden paths are compared without regard to case, width, and characters that can't be seen")
  package static let pathFolder = HardeningRule(
    "path-folder", "A pattern 'x/**' forbids the folder x itself")
  package static let pathRelative = HardeningRule(
    "path-relative", "A relative path is judged from the folder it starts in, or, where that is unknown, from the root")
  package static let pathResolved = HardeningRule(
    "path-resolved", "The path that links lead to is judged besides the one that was said")
  package static let pathBackup = HardeningRule("path-backup", "A backup of a forbidden file is forbidden")
  package static let invalidHost = HardeningRule("invalid-host", "What is no host name or address is refused")
  package static let hostDot = HardeningRule("host-dot", "A host with a dot at its end is the host without it")
  package static let urlHost = HardeningRule("url-host", "The host of the URL must be the host that is connected to")
  package static let secretBytes = HardeningRule(
    "secret-bytes", "Secrets are looked for in bytes that are no UTF-8, and with invisible characters left out")
  package static let secretSkip = HardeningRule(
    "secret-skip", "Paths that are not scanned are compared after normalization")
  package static let secretEverywhere = HardeningRule(
    "secret-everywhere", "Secrets are looked for in commands and arguments of tools too")
  package static let patchParsed = HardeningRule(
    "patch-parsed", "Patches are read hunk by hunk: what looks like a header inside of a hunk is a line")
  package static let patchTargets = HardeningRule("patch-targets", "Every file that a patch names is judged")
  package static let toolName = HardeningRule(
    "tool-name", "Blocked tools are compared without regard to case and to the server's prefix")
  package static let toolKind = HardeningRule("tool-kind", "A tool call is judged whatever its host says of its kind")
  package static let command = HardeningRule(
    "command", "Command lines are judged by shell_command, which the reference lacks")
  package static let secretAccess = HardeningRule("secret-access", "Secrets that no ruleset allows are refused")
  package static let promptText = HardeningRule(
    "prompt-text",
    "Text is looked at as it reads: look-alike letters, digits for letters and invisible characters are folded, and none is left out for its length or type"
  )

  /// All of them.
  package static let all = [
    controlCharacters, pathAlias, pathCase, pathFolder, pathRelative, pathResolved, pathBackup, invalidHost, hostDot,
    urlHost,
    secretBytes, secretSkip, secretEverywhere, patchParsed, patchTargets, toolName, toolKind, command, secretAccess,
    promptText,
  ]
}
