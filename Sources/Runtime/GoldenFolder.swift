package import Driver
import Glibc
import Source

/// Golden cases on the disk: finds them, reads them, and rewrites what they expect.
package enum GoldenFolder {
  /// Most bytes of one file of a case.
  private static let limit = 16 << 20

  /// Every folder at or below a folder that has an `input/`, in byte order.
  package static func cases(below folder: String) -> [String] {
    var found: [String] = []
    var folders = [folder]
    while let current = folders.popLast() {
      if FileSearch.kind(of: FilePath.join(current, "input")) == .folder {
        found.append(current)
        continue
      }
      for name in FileSearch.names(in: current) ?? [] where name.utf8.first != 0x2E {
        let path = FilePath.join(current, name)
        if FileSearch.kind(of: path) == .folder { folders.append(path) }
      }
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The case in a folder.
  package static func read(_ folder: String) throws(GoldenFailure) -> GoldenCase {
    let options = FilePath.join(folder, "options")
    return GoldenCase(
      path: folder, input: try files(in: FilePath.join(folder, "input")),
      expected: try files(in: FilePath.join(folder, "expected")),
      options: FileSearch.kind(of: options) == .file ? String(decoding: try bytes(of: options), as: UTF8.self) : nil)
  }

  /// Makes what a case expects equal to what the compiler makes.
  package static func update(_ goldenCase: GoldenCase, _ differences: [GoldenRunner.Difference]) throws(GoldenFailure) {
    let root = FilePath.join(goldenCase.path, "expected")
    for difference in differences {
      let path = FilePath.join(root, difference.path)
      // The path comes out of the compiler; nothing may be written outside of the case.
      guard !FilePath.escapes(difference.path) else {
        throw GoldenFailure("'\(difference.path)' leads out of the case")
      }
      if let actual = difference.actual {
        try makeFolders(FilePath.directory(of: path))
        try write(actual, to: path)
      } else {
        guard unlink(path) == 0 else { throw failure(path) }
        removeEmptyFolders(FilePath.directory(of: path), upTo: root)
      }
    }
  }

  // MARK: Files

  private static func files(in root: String) throws(GoldenFailure) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var folders = [""]
    while let current = folders.popLast() {
      for name in FileSearch.names(in: FilePath.join(root, current)) ?? [] {
        let inner = FilePath.join(current, name)
        let path = FilePath.join(root, inner)
        switch FileSearch.kind(of: path) {
        case .folder: folders.append(inner)
        case .file: files[inner] = try bytes(of: path)
        case .other, .missing: throw GoldenFailure("'\(path)' is no regular file")
        }
      }
    }
    return files
  }

  private static func bytes(of path: String) throws(GoldenFailure) -> [UInt8] {
    do throws(FileFailure) {
      return try DiskFiles().read(path, within: nil, limit: limit).bytes
    } catch {
      throw GoldenFailure("'\(path)' can't be read")
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(GoldenFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else { throw failure(path) }
      rest = rest.dropFirst(max(0, count))
    }
  }

  private static func makeFolders(_ folder: String) throws(GoldenFailure) {
    if folder.isEmpty || FileSearch.kind(of: folder) == .folder { return }
    try makeFolders(FilePath.directory(of: folder))
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw failure(folder) }
  }

  private static func removeEmptyFolders(_ folder: String, upTo root: String) {
    // rmdir stops by itself at the first folder that holds something.
    guard folder.utf8.starts(with: root.utf8), rmdir(folder) == 0, folder != root else { return }
    removeEmptyFolders(FilePath.directory(of: folder), upTo: root)
  }

  private static func failure(_ path: String) -> GoldenFailure {
    GoldenFailure("'\(path)': \(String(cString: strerror(errno)))")
  }
}
