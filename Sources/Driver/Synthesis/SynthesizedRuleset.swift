import Source

/// A ruleset that is being made of events: sections with lists and settings, each with the events that ask for it.
struct SynthesizedRuleset {
  /// The names of events, in their order.
  typealias Reasons = [String]

  var name: String
  var extends: String?
  /// The entries of lists, by guard and list.
  private var lists: [String: [String: [String: Reasons]]] = [:]
  /// Other fields, by guard, as YAML.
  private var settings: [String: [String: (value: String, reasons: Reasons)]] = [:]

  init(name: String, extends: String?) {
    self.name = name
    self.extends = extends
  }

  /// Makes sure that a list is there, if only an empty one.
  mutating func need(_ guardName: String, _ list: String) {
    lists[guardName, default: [:]][list, default: [:]] = lists[guardName]?[list] ?? [:]
  }

  mutating func add(_ guardName: String, _ list: String, _ entry: String, _ event: String) {
    if isDisabled(guardName) { return }
    var reasons = lists[guardName]?[list]?[entry] ?? []
    if reasons.last != event { reasons.append(event) }
    lists[guardName, default: [:]][list, default: [:]][entry] = reasons
  }

  mutating func remove(_ guardName: String, _ list: String, _ entry: String) { lists[guardName]?[list]?[entry] = nil }

  /// Gives a field a value, as YAML spells it.
  mutating func set(_ guardName: String, _ key: String, _ value: String, _ event: String? = nil) {
    let known = settings[guardName]?[key]?.reasons ?? []
    settings[guardName, default: [:]][key] = (value, event.map { known.contains($0) ? known : known + [$0] } ?? known)
  }

  /// Switches a guard off that refuses an event in every setting; what else was set of it means nothing then.
  mutating func disable(_ guardName: String, _ event: String) {
    let known = settings[guardName]?["enabled"]?.reasons ?? []
    lists[guardName] = nil
    settings[guardName] = ["enabled": ("false", known.contains(event) ? known : known + [event])]
  }

  /// Whether a guard was switched off.
  func isDisabled(_ guardName: String) -> Bool { settings[guardName]?["enabled"]?.value == "false" }

  /// Leaves out entries that others of the list cover, whose events go over to them.
  mutating func mergeFolders(_ guardName: String, _ list: String) {
    guard let entries = lists[guardName]?[list] else { return }
    let folders = entries.keys.filter { $0.hasSuffix("/**") }.sorted { $0.utf8.count < $1.utf8.count }
    for entry in entries.keys {
      guard let wider = folders.first(where: { $0 != entry && entry.utf8.starts(with: $0.dropLast(2).utf8) }) else {
        continue
      }
      for event in entries[entry] ?? [] { add(guardName, list, wider, event) }
      remove(guardName, list, entry)
    }
  }

  // MARK: Text

  /// The ruleset, the same bytes for the same events.
  func text(guards order: [String], events: [String]) -> String {
    let numbers = Dictionary(events.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    func comment(_ reasons: Reasons) -> String {
      guard !reasons.isEmpty else { return "" }
      let sorted = reasons.sorted { numbers[$0] ?? 0 < numbers[$1] ?? 0 }
      let more = sorted.count > 3 ? " and \(sorted.count - 3) more" : ""
      return "  # \(sorted.prefix(3).map(Self.plain).joined(separator: ", "))\(more)"
    }
    var text = "# Made by 'claw policy synth' of \(events.count) events: what they needed and no more.\n"
    text += "# Behind each entry stand the events that ask for it.\n"
    text += "version: \"1.2.0\"\nname: \(Self.quoted(name))\ndescription: \"Least privilege, from what was observed\"\n"
    if let extends { text += "extends: \(Self.quoted(extends))\n" }
    text += "guards:\n"
    for guardName in order {
      let (fields, lists) = (settings[guardName] ?? [:], lists[guardName] ?? [:])
      if fields.isEmpty, lists.isEmpty { continue }
      text += "  \(guardName):\n"
      for (key, value) in fields.sorted(by: { Self.precedes($0.key, $1.key) }) {
        text += "    \(key): \(value.value)\(comment(value.reasons))\n"
      }
      for (list, entries) in lists.sorted(by: { Self.precedes($0.key, $1.key) }) {
        text += "    \(list):\(entries.isEmpty ? " []" : "")\n"
        for (entry, reasons) in entries.sorted(by: { Self.precedes($0.key, $1.key) }) {
          text += "      - \(Self.quoted(entry))\(comment(reasons))\n"
        }
      }
    }
    return text
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// A text in double quotes, as YAML reads it back.
  static func quoted(_ text: String) -> String { "\"" + escaped(text, also: ["\"", "\\"]) + "\"" }

  /// An event's name in a comment: nothing in it may end the line, and its end is seen.
  private static func plain(_ name: String) -> String {
    let text = escaped(name, also: ["\\"])
    return text.unicodeScalars.count > 60 ? String(text.prefix(60)) + "…" : text
  }

  private static func escaped(_ text: String, also others: Set<Unicode.Scalar>) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if others.contains(scalar) {
        result += "\\" + String(scalar)
      } else if 0x20...0x7E ~= scalar.value {
        result.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let (mark, width) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
        result += "\\\(mark)" + String(repeating: "0", count: width - digits.utf8.count) + digits
      }
    }
    return result
  }
}
