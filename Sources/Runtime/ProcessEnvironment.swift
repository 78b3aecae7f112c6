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

  /// The current folder's name as compose makes a project name of it; nil where nothing is left of it.
  package static var folderName: String? {
    guard let path = DiskFiles.realPath(".") else { return nil }
    let name = FilePath.name(of: path).lowercased().utf8.filter {
      ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F || $0 == 0x2D
    }
    let trimmed = name.drop { $0 == 0x5F || $0 == 0x2D }
    return trimmed.isEmpty ? nil : String(decoding: trimmed, as: UTF8.self)
  }
}
