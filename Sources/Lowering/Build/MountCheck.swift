import AST
import Lexer
import Source

extension BuildWalk {
  /// `RUN --mount`, with its variables expanded.
  mutating func mount(_ value: Word, _ index: Int, _ stage: Int) {
    guard let fields = MountField.split(value.text) else { return }
    var mount = Mount()
    var isOpen = false
    for field in fields {
      guard let text = field.value else {
        if let problem = mount.set(field.key, nil) { return fail(problem, value, index) }
        continue
      }
      guard let expansion = expand(flag: Word(text: text, range: value.range), index, stage) else { return }
      if self.isOpen(expansion, stage) { isOpen = true }
      if let problem = mount.set(field.key, expansion.result) {
        if !isOpen { fail(problem, value, index) }
        return
      }
    }
    if isOpen { return }
    if let problem = mount.problem { return fail(problem, value, index) }
    if mount.type == "secret" || mount.type == "ssh" { return }
    if !mount.from.isEmpty, mount.type != "tmpfs",
      source(named: mount.from, value.range, index, stage, takesNumbers: false) == nil
    {
      return
    }
    let target = FilePath.normalize(FilePath.join(model.stages[stage].workdir, mount.target))
    if target == "/" {
      report(
        BuildRules.runMount, index, at: value.range, "a mount can't have the target '/'",
        help: mount.target.isEmpty ? "add 'target=…'" : "name a folder below it")
    }
  }

  private mutating func fail(_ problem: String, _ value: Word, _ index: Int) {
    report(BuildRules.runMount, index, at: value.range, problem)
  }
}

/// One `key=value` of a mount.
private struct MountField {
  var key: String
  var value: String?

  static func split(_ text: String) -> [MountField]? {
    // The parser refused records that are no CSV; what is left needs only commas and doubled quotes.
    var fields: [MountField] = []
    var field = ""
    var isQuoted = false
    for scalar in text.unicodeScalars {
      if scalar == "\"" {
        isQuoted.toggle()
      } else if scalar == ",", !isQuoted {
        fields.append(MountField(field))
        field = ""
      } else {
        field.unicodeScalars.append(scalar)
      }
    }
    return fields + [MountField(field)]
  }

  init(_ text: String) {
    let equals = text.utf8.firstIndex(of: 0x3D)
    key = (equals.map { String(text[..<$0]) } ?? text).lowercased()
    value = equals.map { String(text[text.utf8.index(after: $0)...]) }
  }
}

/// A mount as its fields describe it. Source: BuildKit's `--mount`.
private struct Mount {
  var type = "bind"
  var from = ""
  var source = ""
  var target = ""
  var id = ""
  var sharing = ""
  var hasOwner = false

  /// Takes a field; a text says why it can't be.
  mutating func set(_ key: String, _ value: String?) -> String? {
    guard let value else {
      switch key {
      case "readonly", "ro", "readwrite", "rw": return nil
      case "required":
        return type == "secret" || type == "ssh" ? nil : "'required' goes with secret and ssh mounts, not '\(type)'"
      default: return "'\(key)' has no value"
      }
    }
    switch key {
    case "type":
      type = value.lowercased()
      return ["bind", "cache", "tmpfs", "secret", "ssh"].contains(type)
        ? nil : "'\(value)' is no mount type: it is bind, cache, tmpfs, secret or ssh"
    case "from": from = value
    case "source", "src": source = value
    case "target", "dst", "destination": target = value
    case "readonly", "ro", "readwrite", "rw":
      return Self.isBool(value) ? nil : "'\(key)' is true or false, not '\(value)'"
    case "required":
      if type != "secret", type != "ssh" { return "'required' goes with secret and ssh mounts, not '\(type)'" }
      return Self.isBool(value) ? nil : "'required' is true or false, not '\(value)'"
    case "size":
      if type != "tmpfs" { return "'size' goes with tmpfs mounts, not '\(type)'" }
      return Self.isSize(value) ? nil : "'\(value)' is no size"
    case "id": id = value
    case "env": break
    case "sharing":
      sharing = value.lowercased()
      return ["shared", "private", "locked"].contains(sharing)
        ? nil : "'\(value)' is no sharing mode: it is shared, private or locked"
    case "mode":
      hasOwner = true
      return UInt32(value, radix: 8) == nil ? "'\(value)' is no octal mode" : nil
    case "uid", "gid":
      hasOwner = true
      return UInt32(value) == nil ? "'\(value)' is no \(key)" : nil
    default:
      let near = Suggestion.nearest(to: key, in: ["type", "from", "source", "target", "readonly", "id", "sharing"])
      return "'\(key)' is no field of a mount" + (near.map { "; did you mean '\($0)'?" } ?? "")
    }
    return nil
  }

  /// What is wrong with the fields together.
  var problem: String? {
    if hasOwner, type == "bind" || type == "tmpfs" { return "mode, uid and gid don't go with '\(type)' mounts" }
    if type == "secret" {
      if !from.isEmpty { return "a secret mount has no 'from'" }
      if !sharing.isEmpty { return "a secret mount has no 'sharing'" }
      if source.isEmpty, target.isEmpty, id.isEmpty { return "a secret mount needs an id, source or target" }
      if !source.isEmpty, !id.isEmpty { return "a secret mount has either 'source' or 'id'" }
    }
    if !sharing.isEmpty, type != "cache" { return "'sharing' goes with cache mounts, not '\(type)'" }
    return nil
  }

  private static func isBool(_ text: String) -> Bool {
    ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"].contains(text)
  }

  /// A number and perhaps a unit: `64m`, `1.5GiB`.
  private static func isSize(_ text: String) -> Bool {
    let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
    guard let value = Double(number), value >= 0 else { return false }
    let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
    return ["", "b"].contains(unit)
      || "kmgtp".contains { letter in ["\(letter)", "\(letter)b", "\(letter)ib"].contains(unit) }
  }
}
