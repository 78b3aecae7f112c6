import Glibc
import Runtime
import Source
import TestSupport

/// A folder with a `docker` of its own: a shell script that answers as a test wants it.
final class FakeDocker: Sendable {
  let folder: String
  var tool: DockerTool { DockerTool(path: folder + "/docker") }

  /// Makes it.
  ///
  /// - Parameter cases: arms of a `case "$*" in`, as in `'ps '*) echo abc ;;`.
  init(_ cases: String) throws {
    folder = try TemporaryFolder.make("docker")
    let script = "#!/bin/sh\ncase \"$*\" in\n\(cases)\n*) echo \"no answer for $*\" >&2; exit 1 ;;\nesac\n"
    _ = try ArtifactStore.write([(folder + "/script", Array(script.utf8))], mode: 0o755)
    // Another test's child may have been forked while we had the script open for writing, and what anybody has open for
    // writing can't be run: another process makes the file that is.
    let arguments: [String] = ["cp", "\(folder)/script", "\(folder)/docker"]
    let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    var status: Int32 = 0
    guard posix_spawn(&pid, "/bin/cp", nil, nil, words, environ) == 0, waitpid(pid, &status, 0) == pid, status == 0
    else { throw Failure() }
  }

  deinit { TemporaryFolder.remove(folder) }

  struct Failure: Error {}

  /// Writes a file below the folder.
  func write(_ path: String, _ text: String) throws {
    let file = FilePath.join(folder, path)
    try ArtifactStore.makeFolder(FilePath.directory(of: file))
    _ = try ArtifactStore.write([(file, Array(text.utf8))])
  }

  func exists(_ path: String) -> Bool { FileSearch.exists(FilePath.join(folder, path)) }
}
