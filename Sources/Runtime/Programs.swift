import Glibc
package import Source

/// Programs of this machine.
package enum Programs {
  /// The absolute path of the first program of a name on PATH.
  package static func find(_ name: String, environment: Environment) -> String? {
    for folder in (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
      let candidate = FilePath.join(String(folder), name)
      if FilePath.isAbsolute(candidate), isExecutable(candidate) { return candidate }
    }
    return nil
  }

  /// Whether a path is a file that we may run.
  package static func isExecutable(_ path: String) -> Bool {
    FileSearch.kind(of: path) == .file && access(path, X_OK) == 0
  }
}
