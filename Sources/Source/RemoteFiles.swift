/// How the compiler gets at files by address: it never opens a connection itself.
public protocol RemoteFiles: Sendable {
  /// The bytes at an https address, checked against a digest.
  ///
  /// - Parameter sha256: 64 small hexadecimal digits.
  func fetch(_ address: String, sha256: String) throws(RemoteFailure) -> SourceFile
}

/// Why a file could not be fetched.
public struct RemoteFailure: Error, Sendable {
  /// The end of a sentence about the address.
  public var reason: String
  /// What to do about it.
  public var help: String?

  /// Makes a failure.
  public init(reason: String, help: String? = nil) {
    self.reason = reason
    self.help = help
  }
}
