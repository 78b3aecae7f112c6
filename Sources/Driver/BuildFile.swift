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

  /// Why there is no file to build from.
  struct Failure: Error {
    var path: String
    var reason: FileFailure
  }

  /// The first of the candidates that is there. One that can't be read is not passed over: another image would be built
  /// than the one that is meant.
  static func find(context: String, dockerfile: String?, in files: some FileProvider) throws(Failure) -> BuildFile {
    let paths = candidates(context: context, dockerfile: dockerfile)
    for path in paths {
      do throws(FileFailure) {
        return BuildFile(path: path, source: try files.read(path, within: nil, limit: limit))
      } catch {
        if error != .missing { throw Failure(path: path, reason: error) }
      }
    }
    throw Failure(path: paths[0], reason: .missing)
  }
}
