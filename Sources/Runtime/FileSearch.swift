import Glibc
import Source

/// Finds files below folders, in byte order, so that output never depends on the file system.
package enum FileSearch {
  /// The names in a folder, sorted by bytes; nil if it can't be read.
  package static func names(in folder: String) -> [String]? {
    guard let directory = opendir(folder.isEmpty ? "." : folder) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// What a path is.
  package enum Kind { case file, folder, other, missing }

  /// What a path is; symbolic links are followed.
  package static func kind(of path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// Whether there is anything at a path, a dangling link too.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// The path of the first of some names that is a file, in a folder or the nearest one above that has one.
  package static func upwards(_ names: [String], from folder: String = "") -> String? {
    var folder = FilePath.normalize(folder)
    // More folders than a path can have: a file system that changes meanwhile must not keep us here.
    for _ in 0..<2048 {
      for name in names {
        let path = folder == "." ? name : FilePath.join(folder, name)
        if kind(of: path) == .file { return path }
      }
      guard let real = DiskFiles.realPath(folder), real != "/" else { return nil }
      if folder == "." {
        folder = ".."
      } else if FilePath.name(of: folder) == ".." {
        folder += "/.."
      } else {
        folder = FilePath.directory(of: folder)
        if folder.isEmpty { folder = "." }
      }
    }
    return nil
  }

  /// Every file below a folder that `isWanted` takes, leaving out hidden folders, links and what package managers fill.
  package static func files(below folder: String, isWanted: (String) -> Bool) -> [String] {
    var found: [String] = []
    var folders = [folder]
    while let current = folders.popLast() {
      var inner: [String] = []
      for name in names(in: current) ?? [] {
        let path = current == "." || current.isEmpty ? name : FilePath.join(current, name)
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFREG: if isWanted(path) { found.append(path) }
        case S_IFDIR:
          if name.utf8.first != 0x2E, name != "node_modules", name != "vendor" { inner.append(path) }
        default: break
        }
      }
      folders += inner.reversed()
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
