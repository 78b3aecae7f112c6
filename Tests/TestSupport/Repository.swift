import Glibc
import Runtime
import Source

/// Where the repository lies that these tests were built from.
package enum Repository {
  /// Its top folder.
  package static let root: String = {
    // Tests/TestSupport/Repository.swift
    var path = #filePath
    for _ in 0..<3 { path = FilePath.directory(of: path) }
    return path
  }()

  /// A path in it.
  package static func path(_ relative: String) -> String { FilePath.join(root, relative) }

  /// A file's text; nil where there is none.
  package static func text(_ relative: String) -> String? {
    guard let file = try? DiskFiles().read(path(relative), within: nil, limit: 1 << 24) else { return nil }
    return String(decoding: file.bytes, as: UTF8.self)
  }

  /// Whether the run is to rewrite what it would compare.
  package static let isUpdating: Bool = getenv("CLAW_GOLDEN_UPDATE").map { String(cString: $0) == "1" } ?? false

  /// Writes a file and the folders above it; for tests that rewrite their expectations.
  package static func write(_ text: String, to relative: String) throws {
    var folders: [String] = []
    var folder = FilePath.directory(of: path(relative))
    while FileSearch.kind(of: folder) == .missing {
      folders.append(folder)
      folder = FilePath.directory(of: folder)
    }
    for folder in folders.reversed() { mkdir(folder, 0o755) }
    guard let file = fopen(path(relative), "w") else { throw WriteFailure(path: relative) }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw WriteFailure(path: relative) }
  }

  /// A file could not be written.
  package struct WriteFailure: Error {
    /// Which one.
    package var path: String
  }
}
