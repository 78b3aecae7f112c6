/// Why a file could not be had.
public enum FileFailure: Error, Sendable, Equatable {
  /// There is nothing at the path.
  case missing
  /// It is a directory, device, socket or pipe.
  case notRegular
  /// It leads out of the folder that it must stay in, by `..` or by a symbolic link.
  case outside
  /// It has more bytes than the caller takes.
  case tooLarge(limit: Int)
  /// The system said no, with its own words.
  case system(String)

  /// What is the matter with the file, as the end of a sentence about it.
  public var reason: String {
    switch self {
    case .missing: "doesn't exist"
    case .notRegular: "is no regular file"
    case .outside: "leads out of its folder"
    case .tooLarge(let limit): "has more than \(limit >> 20) MiB"
    case .system(let message): "can't be read: \(message)"
    }
  }
}

/// How the compiler gets at files that the source names (`include`, `extends`, contracts): it never opens one itself, so
/// that tests and editors run the very same code.
public protocol FileProvider: Sendable {
  /// The regular file at `path`, which is relative to the current folder unless absolute.
  ///
  /// - Parameter root: if given, a folder that the file must lie in, after symbolic links were followed too.
  /// - Parameter limit: most bytes that are read.
  func read(_ path: String, within root: String?, limit: Int) throws(FileFailure) -> SourceFile
}

/// Files from memory, for tests and for input that has no file.
public struct MemoryFiles: FileProvider {
  /// The files by path.
  public var files: [String: SourceFile]

  /// Takes files by path.
  public init(_ files: [String: SourceFile] = [:]) { self.files = files }

  /// The file with exactly that path.
  public func read(_ path: String, within root: String?, limit: Int) throws(FileFailure) -> SourceFile {
    guard let file = files[path] else { throw .missing }
    guard file.bytes.count <= limit else { throw .tooLarge(limit: limit) }
    return file
  }
}
