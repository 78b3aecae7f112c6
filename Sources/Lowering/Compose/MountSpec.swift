/// A mount in its short form, `[source:]target[:options]`.
struct MountSpec {
  /// The host's path or the volume's name; "" for an anonymous volume.
  var source = ""
  /// The path in the container.
  var target = ""
  /// The options behind the second colon.
  var options: [String] = []

  /// Why a text is no mount.
  struct Failure: Error {
    /// What is wrong.
    let message: String
  }

  /// Reads a short form.
  init(_ text: String) throws(Failure) {
    guard !text.isEmpty else { throw Failure(message: "the mount is empty") }
    if text.utf8.count <= 2 {
      target = text
      return
    }
    var buffer = String.UnicodeScalarView()
    var depth = 0
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      if scalar == "{", previous == "$" { depth += 1 }
      if scalar == "}", depth > 0 { depth -= 1 }
      let isDrive = scalar == ":" && buffer.count == 1 && buffer.first?.properties.isAlphabetic == true
      guard scalar == ":", !isDrive, depth == 0 else {
        buffer.append(scalar)
        continue
      }
      try take(String(buffer), isLast: false)
      buffer.removeAll()
    }
    if depth == 0 { try take(String(buffer), isLast: true) }
  }

  private mutating func take(_ part: String, isLast: Bool) throws(Failure) {
    guard !part.isEmpty else { throw Failure(message: "a part between colons is empty") }
    if source.isEmpty {
      if isLast { target = part } else { source = part }
    } else if target.isEmpty {
      target = part
    } else if !isLast {
      throw Failure(message: "there are too many colons")
    } else {
      options = part.split(separator: ",").map(String.init)
    }
  }

  /// Whether the source is a path of the host, not a volume's name.
  var isBind: Bool { Self.isPath(source) }

  /// Whether a source is a path: it starts with `.`, `/`, `~` or `\\`, or with a drive.
  static func isPath(_ source: String) -> Bool {
    switch source.unicodeScalars.first {
    case ".", "/", "~": return true
    case nil: return false
    default: break
    }
    if source.utf8.starts(with: #"\\"#.utf8) { return true }
    let scalars = source.unicodeScalars.prefix(2)
    return scalars.count == 2 && scalars.first?.properties.isAlphabetic == true && scalars.last == ":"
  }
}
