import Source

/// The file that the build of a service reads: the one it names, else the Clawfile of the context, else its Dockerfile.
struct BuildFile {
  /// Its path, as seen from where the command runs.
  var path: String
  var source: SourceFile

  /// Most bytes that are read of one.
  private static let limit = 16 << 20

  /// Where a build would look, in order.
  static func candidates(context: String, dockerfile: String?) -> [String] {
    // An empty name is none to compose.
    let names = dockerfile.map { $0.isEmpty ? [] : [$0] } ?? []
    return (names.isEmpty ? ["Clawfile", "Dockerfile"] : names).map { FilePath.normalize(FilePath.join(context, $0)) }
  }

  /// The first of the candidates that can be read.
  static func find(context: String, dockerfile: String?, in files: some FileProvider) -> BuildFile? {
    for path in candidates(context: context, dockerfile: dockerfile) {
      if let source = try? files.read(path, within: nil, limit: limit) { return BuildFile(path: path, source: source) }
    }
    return nil
  }
}
