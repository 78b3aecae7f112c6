import Automata

/// One of the names under which a file is judged in the hardened profile.
struct PathForm {
  /// The path, normalized.
  var path: [UInt8]
  /// Why it is judged under this name, where it is not the one that was said.
  var rule: HardeningRule?
  /// Whether the name is one in small letters, to be compared with patterns in small letters.
  var isFolded = false
  /// Whether an allowlist must have this name too.
  var isReal = true

  /// What stands for any content of a folder: a name that no pattern has.
  static let anyChild = "/\u{10FFFF}"

  /// Whether a path has a NUL or another control character.
  static func hasControls(_ text: String) -> Bool { text.utf8.contains { $0 < 0x20 || $0 == 0x7F } }

  /// Whether a text has a NUL, at which many programs would end it.
  static func hasNUL(_ text: String) -> Bool { text.utf8.contains(0) }

  /// All names of a file.
  static func forms(of target: PolicyAction.FileTarget, rule: HardeningRule? = nil) -> [PathForm] {
    if let plain = plainForms(of: target, rule) { return plain }
    var said = withoutScheme(Array(target.path.utf8))
    let isAlias = said.count != target.path.utf8.count
    if let folder = target.folder, said.first != 0x2F, said.first != 0x5C { said = Array(folder.utf8) + [0x2F] + said }
    var forms: [PathForm] = []
    func add(_ path: [UInt8], _ why: HardeningRule?, isReal: Bool) {
      let normal = PathNormalization.normalize(path)
      guard !forms.contains(where: { $0.path == normal && !$0.isFolded }) else { return }
      forms.append(PathForm(path: normal, rule: why, isReal: isReal))
    }
    add(said, rule ?? (isAlias ? .pathAlias : target.folder == nil ? nil : .pathRelative), isReal: true)
    if target.folder == nil, said.first != 0x2F, said.first != 0x5C { add(fromRoot(forms[0].path), .pathRelative, isReal: false) }
    if let resolved = target.resolved { add(Array(resolved.utf8), .pathResolved, isReal: true) }
    for form in forms {
      let decoded = percentDecoded(form.path)
      if decoded != form.path { add(decoded, .pathAlias, isReal: false) }
    }
    for form in forms {
      let direct = withoutProc(form.path)
      if direct != form.path { add(direct, .pathAlias, isReal: false) }
      let plain = withoutStream(form.path)
      if plain != form.path { add(plain, .pathAlias, isReal: false) }
    }
    for form in forms {
      if let original = withoutBackup(form.path) { add(original, .pathBackup, isReal: false) }
    }
    for form in forms {
      let folded = TextFolding.path(form.path)
      let rule = folded == form.path ? form.rule : .pathCase
      forms.append(PathForm(path: folded, rule: rule, isFolded: true, isReal: false))
    }
    return forms
  }

  /// The names of a file whose path has nothing to decode, fold or strip, as most have: the path, and the path from the root
  /// if it is relative; nil if it might have more.
  private static func plainForms(of target: PolicyAction.FileTarget, _ rule: HardeningRule?) -> [PathForm]? {
    guard target.resolved == nil, target.folder == nil, let last = target.path.utf8.last, last != 0x2D,
      target.path.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x2D...0x39 ~= $0 || $0 == 0x5F }),
      !target.path.utf8.starts(with: "/proc".utf8)
    else { return nil }
    let path = PathNormalization.normalize(target.path.utf8)
    if withoutBackup(path) != nil { return nil }
    var forms = [PathForm(path: path, rule: rule), PathForm(path: path, rule: rule, isFolded: true, isReal: false)]
    if path.first != 0x2F {
      let absolute = fromRoot(path)
      forms.append(PathForm(path: absolute, rule: .pathRelative, isReal: false))
      forms.append(PathForm(path: absolute, rule: .pathRelative, isFolded: true, isReal: false))
    }
    return forms
  }

  /// `file:///etc/shadow` → `/etc/shadow`
  private static func withoutScheme(_ path: [UInt8]) -> [UInt8] {
    let scheme = Array("file:".utf8)
    guard path.count > scheme.count, path.prefix(scheme.count).map({ $0 | 0x20 }).elementsEqual(scheme.map { $0 | 0x20 }) else { return path }
    var rest = Array(path.dropFirst(scheme.count))
    if rest.starts(with: [0x2F, 0x2F]) {
      // The host comes first, and is this machine.
      rest = Array(rest.dropFirst(2).drop { $0 != 0x2F })
    }
    return rest.isEmpty ? path : percentDecoded(rest)
  }

  /// A relative path as seen from the root, with what leads upwards left out.
  private static func fromRoot(_ path: [UInt8]) -> [UInt8] {
    var rest = path[...]
    while rest.starts(with: [0x2E, 0x2E, 0x2F]) { rest = rest.dropFirst(3) }
    return [0x2F] + rest
  }

  private static func percentDecoded(_ path: [UInt8]) -> [UInt8] {
    guard path.contains(0x25) else { return path }
    var result: [UInt8] = []
    var index = 0
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46: byte - 0x41 + 10
      case 0x61...0x66: byte - 0x61 + 10
      default: nil
      }
    }
    while index < path.count {
      if path[index] == 0x25, index + 2 < path.count, let high = digit(path[index + 1]), let low = digit(path[index + 2]) {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(path[index])
        index += 1
      }
    }
    return result
  }

  /// `/proc/self/root/etc/shadow` → `/etc/shadow`, and the like with a process's number or `cwd`.
  private static func withoutProc(_ path: [UInt8]) -> [UInt8] {
    var rest = path
    while true {
      let parts = rest.split(separator: 0x2F, maxSplits: 3, omittingEmptySubsequences: true).map(Array.init)
      guard rest.first == 0x2F, parts.count >= 3, parts[0] == Array("proc".utf8),
        parts[2] == Array("root".utf8) || parts[2] == Array("cwd".utf8)
      else { return rest }
      rest = [0x2F] + (parts.count > 3 ? parts[3] : [])
    }
  }

  /// `.env::$DATA` → `.env`
  private static func withoutStream(_ path: [UInt8]) -> [UInt8] {
    guard let name = path.lastIndex(of: 0x2F).map({ path.index(after: $0) }) ?? path.indices.first,
      let colon = path[name...].firstIndex(of: 0x3A), colon > name + 1
    else { return path }
    return Array(path[..<colon])
  }

  /// The file that a path is a backup of: `shadow-`, `.env.bak`, `id_rsa~`.
  private static func withoutBackup(_ path: [UInt8]) -> [UInt8]? {
    for suffix in ["-", "~", ".bak", ".old", ".orig", ".save", ".backup", ".swp"] where path.count > suffix.utf8.count + 1 {
      if path.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) { return Array(path.dropLast(suffix.utf8.count)) }
    }
    return nil
  }
}
