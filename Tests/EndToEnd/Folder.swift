import Glibc
import Runtime
import Source
import TestSupport

/// A folder of a test's own, gone with it.
final class Folder: Sendable {
  let path: String

  /// Makes an empty folder. Its name has a blank: what can't cope with that is wrong.
  init(_ name: String) throws {
    path = try TemporaryFolder.make(name)
  }

  deinit { TemporaryFolder.remove(path) }

  struct Failure: Error { var path: String }

  /// Writes a file and the folders above it.
  func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
    let file = FilePath.join(path, name)
    try ArtifactStore.makeFolder(FilePath.directory(of: file))
    _ = try ArtifactStore.write([(file, Array(text.utf8))], mode: mode)
  }

  func read(_ name: String) -> String? {
    guard let file = try? DiskFiles().read(FilePath.join(path, name), within: nil, limit: 1 << 24) else { return nil }
    return String(decoding: file.bytes, as: UTF8.self)
  }

  /// Copies a folder of the repository here.
  func copy(_ repositoryFolder: String) throws {
    let source = Repository.path(repositoryFolder)
    for file in FileSearch.files(below: source, isWanted: { !$0.contains(".generated") }) {
      guard let read = try? DiskFiles().read(file, within: nil, limit: 1 << 24) else { throw Failure(path: file) }
      let target = FilePath.join(path, String(file.dropFirst(source.count + 1)))
      try ArtifactStore.makeFolder(FilePath.directory(of: target))
      _ = try ArtifactStore.write([(target, read.bytes)], mode: access(file, X_OK) == 0 ? 0o755 : 0o644)
    }
  }

  /// Every file below, hidden ones too.
  var files: [String] {
    var found: [String] = []
    var folders = [path]
    while let folder = folders.popLast() {
      for name in FileSearch.names(in: folder) ?? [] {
        let child = FilePath.join(folder, name)
        if FileSearch.kind(of: child) == .folder { folders.append(child) } else { found.append(child) }
      }
    }
    return found.sorted()
  }
}
