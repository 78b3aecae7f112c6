import Diagnostics
import Lexer
import Source

/// Makes compose values of a YAML document: aliases and merge keys followed, scalars typed, variables expanded, strings cast
/// where compose casts them.
struct ComposeImporter {
  let file: SourceFile
  let environment: Environment
  let report: ComposeReport
  /// Where `!reset` and `!override` stand.
  private(set) var resets: [ComposeReset] = []
  private var path: [ComposeStep] = []

  init(file: SourceFile, environment: Environment, report: ComposeReport) {
    self.file = file
    self.environment = environment
    self.report = report
  }

  /// The document as a mapping, or nil if it is none.
  mutating func document(_ document: YAMLDocument) -> ComposeValue? {
    guard document.root.entries != nil else {
      let isNull = document.root.isNull
      report.add(
        ComposeRules.notAMapping, at: Location(file, document.root.range),
        isNull ? "this document is empty" : "a pod file is a mapping with keys such as 'services'",
        help: isNull ? "delete the '---' before it" : nil)
      return nil
    }
    return value(document.root, ComposeSchema.file)
  }

  private func location(_ node: YAMLNode) -> Location { Location(file, node.range) }

  /// The value of a node; nil if it is marked `!reset`.
  private mutating func value(_ original: YAMLNode, _ shape: ComposeShape?) -> ComposeValue? {
    let node = original.resolved
    switch node.tag?.text {
    case "!reset":
      resets.append(ComposeReset(path: path))
      return nil
    case "!override": resets.append(ComposeReset(path: path))
    default: break
    }
    switch node.content {
    case .scalar(let text, let style): return scalar(node, text, style, shape?.scalar)
    case .sequence(let elements, _):
      var values: [ComposeValue] = []
      values.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() {
        path.append(.index(index))
        if let value = value(element, shape?.list?.element) { values.append(value) }
        path.removeLast()
      }
      return ComposeValue(.sequence(values), at: location(node), node: node)
    case .mapping: return mapping(node, shape?.map)
    case .alias: return nil
    }
  }

  private mutating func mapping(_ node: YAMLNode, _ shape: MapShape?) -> ComposeValue {
    let source = node.mergedEntries ?? []
    var entries: [ComposeEntry] = []
    entries.reserveCapacity(source.count)
    for entry in source {
      guard let key = key(entry.key) else { continue }
      let keyLocation = location(entry.key.resolved)
      if key.isSame(as: "x-claw"), shape?.takesExtensions ?? true {
        let value = entry.value.resolved
        entries.append(ComposeEntry(key, at: keyLocation, ComposeValue(.untouched, at: location(value), node: value)))
        continue
      }
      path.append(.key(key))
      if let value = value(entry.value, shape?.shape(of: key)) {
        entries.append(ComposeEntry(key, at: keyLocation, value))
      }
      path.removeLast()
    }
    return ComposeValue(.mapping(entries), at: location(node), node: node)
  }

  private mutating func key(_ node: YAMLNode) -> String? {
    if case .scalar(let text, let style) = node.resolved.content,
      case .string(let key)? = YAMLScalar.resolve(text, style: style, tag: node.resolved.tag?.text)
    {
      return key
    }
    let text = node.text
    report.add(
      ComposeRules.nonStringKey, at: location(node),
      text.map { "the key '\($0)' is no text" } ?? "a list or mapping can't be a key", help: "put it in quotes",
      fixes: text.map { [.init("put it in quotes", replace: location(node), with: "\"\($0)\"")] } ?? [])
    return nil
  }

  private mutating func scalar(
    _ node: YAMLNode, _ text: String, _ style: YAMLStyle, _ shape: ScalarShape?
  ) -> ComposeValue {
    func make(_ content: ComposeValue.Content) -> ComposeValue {
      ComposeValue(content, at: Location(file, node.range), node: node)
    }
    switch YAMLScalar.resolve(text, style: style, tag: node.tag?.text) {
    case .null?: return make(.null)
    case .bool(let value)?: return make(.bool(value))
    case .int(let value)?: return make(.int(value))
    case .unsigned(let value)?: return make(.unsigned(value))
    case .timestamp(let value)?: return make(.timestamp(value))
    case .float(let value)?:
      if value.isFinite { return make(.float(value)) }
      report.add(
        ComposeRules.unsupportedValue, at: location(node), "compose can't read the number '\(text.shown)'",
        help: "put it in quotes if it is meant as text")
      return make(.string(text))
    case .string(let value)?: return string(value, node, shape)
    case nil:
      report.add(
        ComposeRules.invalidTag, at: location(node),
        "'\(text.shown)' is not what the tag '\(node.tag?.text ?? "")' says")
      return make(shape?.placeholder ?? .string(text))
    }
  }

  private mutating func string(_ text: String, _ node: YAMLNode, _ shape: ScalarShape?) -> ComposeValue {
    var value = ComposeValue(.string(text), at: location(node), node: node)
    if text.utf8.contains(UInt8(ascii: "$")) {
      do throws(Interpolation.Failure) {
        let result = try Interpolation.expand(text, environment)
        value.content = .string(result.text)
        value.variables = result.uses
        // Each lookup of a place reads the scalar, so a scalar full of unset variables gets a bounded number of findings.
        for use in result.uses.lazy.filter({ !$0.isSet && !$0.hasFallback }).prefix(20) {
          report.add(
            ComposeRules.unsetVariable, at: Location(file, ScalarPlaces.range(of: use.range, in: node, of: file)),
            "the variable '\(use.name.shown)' is unset and becomes nothing",
            help: "set it, or write '${\(use.name)-}' if it may be unset")
        }
      } catch {
        report.add(error, in: node, of: file)
        // What it would have been is not known, so nothing more is said of it.
        value.content = shape?.placeholder ?? .string(text)
        return value
      }
    }
    if let shape, shape.cast != .any { cast(&value, to: shape.cast) }
    return value
  }

  private mutating func cast(_ value: inout ComposeValue, to reading: ScalarShape.Reading) {
    guard let text = value.string else { return }
    switch reading {
    case .boolean:
      value.content = .bool(ComposeNumber.boolean(text) ?? false)
      if ComposeNumber.boolean(text) == nil {
        report.add(
          ComposeRules.invalidBoolean, at: value.location, "'\(text.shown)' is neither true nor false",
          help: "write true or false")
      }
    case .integer:
      value.content = .int(ComposeNumber.integer(text) ?? 0)
      if ComposeNumber.integer(text) == nil {
        report.add(ComposeRules.invalidNumber, at: value.location, "'\(text.shown)' is no integer")
      }
    case .float:
      value.content = .float(ComposeNumber.float(text) ?? 0)
      if ComposeNumber.float(text) == nil {
        report.add(ComposeRules.invalidNumber, at: value.location, "'\(text.shown)' is no number")
      }
    default: break
    }
  }
}

extension ScalarShape {
  /// A value that meets the conditions, for where the right one can't be known.
  var placeholder: ComposeValue.Content? {
    if kinds.contains(.null) { return .null }
    switch (reading, cast) {
    case (.boolean, _): return .bool(false)
    case (.bytes, _): return .string("0")
    case (.duration, _): return .string("0s")
    case (_, .integer), (_, .float): return .int(0)
    default: return values?.first.map { .string($0) }
    }
  }
}

/// The place of a `!reset` or `!override`: what files before give there doesn't count.
struct ComposeReset: Sendable {
  /// What leads to it.
  let path: [ComposeStep]
}

/// One step from a value into what it holds.
enum ComposeStep: Sendable {
  /// To the value of a key.
  case key(String)
  /// To an element.
  case index(Int)

  /// The key.
  var key: String? {
    if case .key(let key) = self { return key }
    return nil
  }
}
