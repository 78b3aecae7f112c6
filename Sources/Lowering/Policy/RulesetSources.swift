package import Source

/// Where rulesets that others build on come from.
package struct RulesetSources: Sendable {
  /// Reads files that are named by path.
  package var files: any FileProvider
  /// A folder in which built-in names are looked for before claw's own rulesets.
  package var folder: String?
  /// Fetches rulesets by address; nil where no host is allowed.
  package var remote: (any RemoteFiles)?

  package init(files: any FileProvider, folder: String? = nil, remote: (any RemoteFiles)? = nil) {
    self.files = files
    self.folder = folder
    self.remote = remote
  }
}
