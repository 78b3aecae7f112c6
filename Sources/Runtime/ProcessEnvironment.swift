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
