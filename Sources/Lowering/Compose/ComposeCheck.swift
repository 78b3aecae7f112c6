import Diagnostics
import Lexer
import Source

/// Checks a merged file against the schema.
struct ComposeCheck {
  let report: ComposeReport
  /// Whether values are read, too (sizes, durations …); not before all documents are merged.
  let reads: Bool
  private var path: [ComposeStep] = []

  init(report: ComposeReport, reads: Bool) {
    self.report = report
    self.reads = reads
  }

  /// Checks a whole file.
  mutating func root(_ value: ComposeValue) {
    check(value, ComposeSchema.file)
  }

  /// Checks one value.
  mutating func check(_ value: ComposeValue, _ shape: ComposeShape) {
    switch value.content {
    case .sequence(let elements):
      guard let list = shape.list else { return wrongType(value, shape) }
      for index in elements.indices {
        path.append(.index(index))
        check(elements[index], list.element)
        path.removeLast()
      }
      if list.isUnique { checkUnique(elements) }
    case .mapping(let entries):
      guard let map = shape.map else { return wrongType(value, shape) }
      check(entries, of: value, map)
    case .untouched: break
    default:
      guard let scalar = shape.scalar else { return wrongType(value, shape) }
      check(value, scalar, in: shape)
    }
  }

  private mutating func check(_ entries: [ComposeEntry], of value: ComposeValue, _ map: MapShape) {
    for index in entries.indices {
      let key = entries[index].key
      let shape: ComposeShape?
      if let field = map.fields[key] {
        shape = field.shape
      } else if let others = map.others, others.accepts(key) {
        shape = others.shape
      } else {
        if !map.isExtension(key), map.others?.isOpen != true { unknown(entries[index], map) }
        continue
      }
      guard let shape else { continue }
      path.append(.key(key))
      check(entries[index].value, shape)
      path.removeLast()
    }
    for key in map.required where value.entry(key) == nil {
      report.add(
        ComposeRules.missingKey, at: value.location, "\(map.noun) needs the key '\(key)'\(place)", help: "add '\(key)'")
    }
    checkAny(value, map)
  }

  private func checkAny(_ value: ComposeValue, _ map: MapShape) {
    guard !map.requiredAny.isEmpty, !map.requiredAny.contains(where: { value.entry($0) != nil }) else { return }
    let keys = map.requiredAny.map { "'\($0)'" }.joined(separator: " or ")
    report.add(
      ComposeRules.missingKey, at: value.location, "\(map.noun) needs \(keys)\(place)", help: "add one of them")
  }

  private mutating func unknown(_ entry: ComposeEntry, _ map: MapShape) {
    if let others = map.others, map.fields.isEmpty {
      report.add(
        ComposeRules.invalidName, at: entry.keyLocation, "'\(entry.key.shown)' can't be the name of a \(others.noun)",
        help: "use ASCII letters, digits, '.', '_' and '-' only")
      return
    }
    let near = report.suggestion(to: entry.key, in: map.fields.keys.sorted())
    report.add(
      ComposeRules.unknownKey, at: entry.keyLocation, "\(map.noun) has no key '\(entry.key.shown)'\(place)",
      help: near.map { "did you mean '\($0)'?" } ?? hint(entry.key, map),
      fixes: near.map { [FixIt("replace it with '\($0)'", replace: entry.keyLocation, with: $0, isSafe: false)] } ?? [])
  }

  private func hint(_ key: String, _ map: MapShape) -> String? {
    if path.isEmpty { return "a service stands under 'services'" }
    if ComposeSchema.service.fields[key] != nil, path.first?.key == "services" {
      return "'\(key)' is a key of a service: check the indentation"
    }
    return map.takesExtensions ? "a key for other programs starts with 'x-'" : nil
  }

  /// " in services.web" for messages.
  private var place: String {
    path.isEmpty ? "" : " in '\(ComposePath.text(path).shown)'"
  }

  private mutating func wrongType(_ value: ComposeValue, _ shape: ComposeShape) {
    let subject = path.isEmpty ? "the file" : "'\(ComposePath.text(path).shown)'"
    report.add(
      ComposeRules.wrongType, at: value.location, "\(subject) must be \(shape.kindName), but it is \(value.kindName)",
      help: help(value, shape))
  }

  private func help(_ value: ComposeValue, _ shape: ComposeShape) -> String? {
    switch value.content {
    case .null: "give it a value, or delete the key"
    case .string, .int, .float:
      shape.scalar != nil
        ? "put the value in quotes if it is meant as text"
        : shape.list != nil ? "write it as an element: '- value'" : "write it as 'key: value' lines, indented"
    case .bool, .timestamp, .unsigned: "put the value in quotes if it is meant as text"
    default: nil
    }
  }

  private mutating func checkUnique(_ elements: [ComposeValue]) {
    guard elements.count > 1 else { return }
    var texts: [ByteKey: ComposeValue] = [:]
    for (index, element) in elements.enumerated() {
      let first: ComposeValue?
      if let text = element.string {
        first = texts[ByteKey(text)]
        if first == nil { texts[ByteKey(text)] = element }
      } else {
        first = elements[..<index].prefix(1000).first { $0.hasSameContent(as: element) }
      }
      guard let first else { continue }
      report.add(
        ComposeRules.duplicateItem, at: element.location,
        "'\(ComposePath.text(path).shown)' has the element '\((element.scalarText ?? "…").shown)' twice",
        help: "delete one of the two",
        labels: [.init(first.location, "first given here")])
    }
  }
}

extension ComposeCheck {
  private mutating func check(_ value: ComposeValue, _ scalar: ScalarShape, in shape: ComposeShape) {
    guard scalar.takes(value) else { return wrongType(value, shape) }
    if let values = scalar.values, let text = value.scalarText, !values.contains(where: { $0.isSame(as: text) }) {
      let near = report.suggestion(to: text, in: values)
      report.add(
        ComposeRules.invalidValue, at: value.location,
        "'\(ComposePath.text(path).shown)' can't be '\(text.shown)'; it takes \(values.map { "'\($0)'" }.joined(separator: ", "))",
        help: near.map { "did you mean '\($0)'?" })
      return
    }
    if let pattern = scalar.pattern, let text = value.string, !pattern.matches(text) {
      report.add(
        ComposeRules.invalidValue, at: value.location,
        "'\(ComposePath.text(path).shown)' can't be '\(text.shown)'; it must be \(pattern.description)")
      return
    }
    if !isWithinBounds(value, scalar) {
      report.add(
        ComposeRules.invalidValue, at: value.location,
        "'\(ComposePath.text(path).shown)' can't be \(value.scalarText ?? ""); it must be "
          + (scalar.maximum.map { "from \(scalar.minimum ?? 0) to \($0)" } ?? "at least \(scalar.minimum ?? 0)"))
      return
    }
    if reads { read(value, scalar.reading, in: shape) }
  }

  private func isWithinBounds(_ value: ComposeValue, _ scalar: ScalarShape) -> Bool {
    if case .string = value.content { return true }
    guard let number = value.number else { return true }
    return number >= (scalar.minimum.map(Double.init) ?? -.infinity)
      && number <= (scalar.maximum.map(Double.init) ?? .infinity)
  }

  private mutating func read(_ value: ComposeValue, _ reading: ScalarShape.Reading, in shape: ComposeShape) {
    func report(_ rule: Rule, _ what: String, help: String? = nil) {
      self.report.add(
        rule, at: value.location,
        "'\(ComposePath.text(path).shown)' is '\((value.scalarText ?? "").shown)', which is no \(what)",
        help: help)
    }
    let text = value.string
    if case .timestamp = value.content, reading != .any, reading != .bytes { return wrongType(value, shape) }
    switch reading {
    case .any, .text: break
    case .textOrInteger:
      switch value.content {
      case .float, .bool, .unsigned: wrongType(value, shape)
      default: break
      }
    case .boolean:
      if let text, ComposeNumber.boolean(text) == nil {
        report(ComposeRules.invalidBoolean, "boolean", help: "write true or false")
      }
    case .integer, .natural:
      if let text, ComposeNumber.integer(text) == nil { return report(ComposeRules.invalidNumber, "integer") }
      if reading == .natural, (value.number ?? 0) < 0 { report(ComposeRules.invalidNumber, "number from 0 up") }
    case .strictNatural:
      if text != nil, value.node != nil { return report(ComposeRules.invalidNumber, "number") }
      if text == nil, (value.number ?? 0) < 0 { report(ComposeRules.invalidNumber, "number from 0 up") }
    case .strictInteger:
      if case .int = value.content { break }
      report(ComposeRules.invalidNumber, "integer")
    case .float:
      if let text, ComposeNumber.float(text) == nil { report(ComposeRules.invalidNumber, "number") }
    case .bytes:
      if let text, ComposeQuantity.bytes(text) == nil {
        report(ComposeRules.invalidSize, "size", help: "write a number and a unit, such as '512m' or '1.5g'")
      }
    case .duration:
      if let text, ComposeQuantity.nanoseconds(text) == nil {
        report(ComposeRules.invalidDuration, "duration", help: "write numbers with units, such as '30s' or '1m30s'")
      }
    case .count:
      if let text, text.lowercased() != "all", ComposeNumber.integer(text) == nil {
        report(ComposeRules.invalidNumber, "number of devices", help: "write a number or 'all'")
      }
    case .command:
      if let text, ShellWords.split(text) == nil {
        self.report.add(
          ComposeRules.invalidCommand, at: value.location, "the command can't be split into words",
          help: "close the quote, or write the command as a list of words")
      }
    }
  }
}

extension ScalarShape {
  /// Whether a scalar's type may stand there.
  func takes(_ value: ComposeValue) -> Bool {
    switch value.content {
    case .null: kinds.contains(.null)
    case .bool: kinds.contains(.boolean)
    case .int, .unsigned: !kinds.isDisjoint(with: [.integer, .number])
    case .float(let number): kinds.contains(.number) || kinds.contains(.integer) && number == number.rounded()
    case .string, .timestamp: kinds.contains(.string)
    case .sequence, .mapping, .untouched: false
    }
  }
}

extension ComposeShape {
  /// What may stand there, for messages: "a list or a string".
  var kindName: String {
    var names: [String] = []
    if map != nil { names.append("a mapping") }
    if list != nil { names.append("a list") }
    if let scalar { names.append(scalar.kinds.name) }
    return names.joined(separator: " or ")
  }
}

/// Paths of values, for messages.
enum ComposePath {
  /// `services.web.ports[0]`
  static func text(_ path: [ComposeStep]) -> String {
    path.reduce(into: "") { text, step in
      switch step {
      case .key(let key): text += text.isEmpty ? key : "." + key
      case .index(let index): text += "[\(index)]"
      }
    }
  }
}
