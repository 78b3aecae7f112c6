/// Arithmetic on `/`-separated paths, without looking at any disk.
public enum FilePath {
  /// Whether the path starts at the root.
  public static func isAbsolute(_ path: String) -> Bool { path.utf8.first == 0x2F }

  /// The path without its last component: "" for a bare name, "/" for a child of the root.
  public static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last component.
  public static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// `path` seen from `folder`; an absolute path stays what it is.
  public static func join(_ folder: String, _ path: String) -> String {
    if isAbsolute(path) || folder.isEmpty { return path }
    return folder.utf8.last == 0x2F ? folder + path : folder + "/" + path
  }

  /// The path without `.`, empty components and, as far as they can be resolved by text, `..`.
  public static func normalize(_ path: String) -> String {
    if isNormal(path) { return path }
    var parts: [Substring.UTF8View] = []
    let absolute = isAbsolute(path)
    for part in Substring(path).utf8.split(separator: 0x2F) where !part.elementsEqual(".".utf8) {
      if part.elementsEqual("..".utf8) {
        if let last = parts.last, !last.elementsEqual("..".utf8) {
          parts.removeLast()
          continue
        }
        if absolute { continue }
      }
      parts.append(part)
    }
    let text = parts.map { String(Substring($0)) }.joined(separator: "/")
    return absolute ? "/" + text : (text.isEmpty ? "." : text)
  }

  /// Whether a path has nothing to normalize: most have not, and finding out needs no memory.
  private static func isNormal(_ path: String) -> Bool {
    // Whatever component ends in a dot is left to the slow way.
    guard let last = path.utf8.last, last != 0x2F, last != 0x2E else { return false }
    var previous: UInt8 = 0
    return path.hasOnly { byte in
      defer { previous = byte }
      return byte != 0x2F || (previous != 0x2F && previous != 0x2E)
    }
  }

  /// Whether the path, read as text, leads out of the folder that it starts in.
  public static func escapes(_ path: String) -> Bool {
    let normal = normalize(path)
    return isAbsolute(path) || normal == ".." || normal.utf8.starts(with: "../".utf8)
  }

  /// The components of a normal path; none for `.` and `/`.
  private static func components(_ normal: String) -> [Substring] {
    normal == "." ? [] : Substring(normal).utf8.split(separator: 0x2F).map { Substring($0) }
  }

  /// The path that leads from `folder` to `path`, both taken as seen from the same place.
  public static func relative(_ path: String, from folder: String) -> String {
    if isAbsolute(path) != isAbsolute(folder) { return path }
    let (whole, start) = (normalize(path), normalize(folder))
    // Mostly the path lies below the folder.
    if start.utf8.count > 1, whole.utf8.starts(with: start.utf8) {
      let rest = whole.utf8.dropFirst(start.utf8.count)
      if rest.first == 0x2F { return String(Substring(rest.dropFirst())) }
    }
    let target = components(whole)
    let base = components(start)
    var shared = 0
    while shared < min(target.count, base.count), target[shared] == base[shared] { shared += 1 }
    let parts = Array(repeating: "..", count: base.count - shared) + target[shared...].map(String.init)
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }
}
