package import Driver
import Glibc
package import Source

/// The variables of this process.
package enum ProcessEnvironment {
  /// All of them.
  package static var current: Environment {
    var values: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.utf8.firstIndex(of: 0x3D) {
        values[String(pair[..<equals])] = String(pair[pair.utf8.index(after: equals)...])
      }
      entry += 1
    }
    return Environment(values)
  }
}

extension CompileOptions {
  /// What a compile of a file may know of this process.
  package static func here(_ path: String) -> CompileOptions {
    var options = CompileOptions()
    options.environment = ProcessEnvironment.current
    let folder = FilePath.directory(of: path)
    // A path that ends in dots has to be looked up to know what the folder is called.
    if ["", ".", ".."].contains(FilePath.name(of: folder)) {
      options.folderName = DiskFiles.realPath(folder.isEmpty ? "." : folder).map { FilePath.name(of: $0) }
    }
    return options
  }
}
