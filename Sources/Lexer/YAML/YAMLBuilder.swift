import CLibYAML
import Diagnostics
import Source

/// Builds trees from libyaml's events with a stack of its own.
struct YAMLBuilder {
  let file: SourceFile
  let bytes: UnsafeBufferPointer<UInt8>
  let offsets: YAMLOffsets
  var bag = DiagnosticBag()
  var documents: [YAMLDocument] = []

  private var open: [Frame] = []
  private var anchors: [ByteKey: Anchored] = [:]
  /// Nodes that aliases add to the document at hand.
  private var expansion = 0
  private var suggestions = 0
  private var events = 0

  /// A collection that has started and not yet ended.
  private struct Frame {
    let isMapping: Bool
    let isFlow: Bool
    let start: Int
    let properties: YAMLProperties
    var end: Int
    var elements: [YAMLNode] = []
    var entries: [YAMLEntry] = []
    var key: YAMLNode?
    /// Nodes in it with aliases expanded.
    var weight = 1
    /// Levels of collections below it with aliases expanded.
    var height = 0
  }

  /// What a name stands for; nil while the node is still open.
  private struct Anchored {
    let node: YAMLNode?
    let weight: Int
    let height: Int
  }

  init(file: SourceFile, bytes: UnsafeBufferPointer<UInt8>, offsets: YAMLOffsets) {
    self.file = file
    self.bytes = bytes
    self.offsets = offsets
  }

  /// Takes one event; false if reading has to stop.
  mutating func take(_ event: yaml_event_t) -> Bool {
    events += 1
    if events > YAMLReader.eventLimit {
      bag.report(
        YAMLRules.tooLarge, at: Location(file, SourceRange(at: range(event).lower)),
        "the file has more than \(YAMLReader.eventLimit) keys, values, starts and ends",
        help: "split it, or generate less")
      return false
    }
    switch event.type {
    case YAML_SCALAR_EVENT:
      scalar(event)
    case YAML_ALIAS_EVENT:
      return alias(event)
    case YAML_MAPPING_START_EVENT:
      let mapping = event.data.mapping_start
      return push(
        event, isMapping: true, isFlow: mapping.style == YAML_FLOW_MAPPING_STYLE, anchor: mapping.anchor,
        tag: mapping.tag)
    case YAML_SEQUENCE_START_EVENT:
      let sequence = event.data.sequence_start
      return push(
        event, isMapping: false, isFlow: sequence.style == YAML_FLOW_SEQUENCE_STYLE, anchor: sequence.anchor,
        tag: sequence.tag)
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
      pop(event)
    case YAML_DOCUMENT_START_EVENT:
      anchors.removeAll(keepingCapacity: true)
      expansion = 0
    default: break
    }
    return true
  }

  /// Reports that libyaml gave up.
  mutating func fail(_ error: YAMLSyntaxError) {
    bag.add(error.diagnostic(in: file))
  }

  private func range(_ event: yaml_event_t) -> SourceRange {
    SourceRange(offsets.offset(Int(event.start_mark.index)), offsets.offset(Int(event.end_mark.index)))
  }

  private mutating func scalar(_ event: yaml_event_t) {
    let scalar = event.data.scalar
    var range = range(event)
    var properties = YAMLProperties()
    if scalar.anchor != nil || scalar.tag != nil {
      properties = YAMLProperties(bytes, from: range.lower, to: range.upper, anchor: scalar.anchor, tag: scalar.tag)
      range = SourceRange(min(properties.end, range.upper), range.upper)
    }
    let style: YAMLStyle
    switch scalar.style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: style = .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: style = .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: style = .literal
    case YAML_FOLDED_SCALAR_STYLE: style = .folded
    default: style = .plain
    }
    if style == .literal || style == .folded { range = trimmed(range) }
    let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    let node = YAMLNode(
      .scalar(text: text, style: style), range: range, anchor: properties.anchor, tag: properties.tag)
    add(node, weight: 1, height: 0)
  }

  /// A block scalar without the blank lines behind it.
  private func trimmed(_ range: SourceRange) -> SourceRange {
    var end = min(range.upper, bytes.count)
    while end > range.lower, [0x0A, 0x0D, 0x20, 0x09].contains(bytes[end - 1]) { end -= 1 }
    return SourceRange(range.lower, end)
  }

  private mutating func alias(_ event: yaml_event_t) -> Bool {
    let range = range(event)
    let name = String(cString: event.data.alias.anchor)
    guard let anchored = anchors[ByteKey(name)] else {
      // Asking for the nearest name is bounded, so that thousands of wrong aliases don't cost their square.
      suggestions += anchors.count
      let near = suggestions > 100_000 ? nil : Suggestion.nearest(to: name, in: anchors.keys.map(\.text).sorted())
      bag.report(
        YAMLRules.unknownAlias, at: Location(file, range), "no anchor '&\(name)' stands above this alias",
        help: near.map { "did you mean '*\($0)'?" } ?? "quote the value if '*' belongs to its text",
        fixes: near.map { [FixIt("replace it with '*\($0)'", replace: Location(file, range), with: "*\($0)")] } ?? [])
      add(YAMLNode(.scalar(text: "", style: .plain), range: range), weight: 1, height: 0)
      return true
    }
    guard let target = anchored.node else {
      let anchor = open.last { $0.properties.anchor?.text.isSame(as: name) == true }?.properties.anchor
      bag.report(
        YAMLRules.recursiveAlias, at: Location(file, range), "the alias '*\(name)' stands inside what it stands for",
        help: "put the anchor on the part that is to be repeated",
        labels: anchor.map { [.init(Location(file, $0.range), "the anchor is here")] } ?? [])
      add(YAMLNode(.scalar(text: "", style: .plain), range: range), weight: 1, height: 0)
      return true
    }
    expansion += anchored.weight
    if expansion > YAMLReader.expansionLimit {
      bag.report(
        YAMLRules.aliasExpansion, at: Location(file, range),
        "with its aliases expanded the document has more than \(YAMLReader.expansionLimit) further nodes",
        help: "reduce the aliases that stand within what other aliases stand for",
        labels: target.anchor.map { [.init(Location(file, $0.range), "this alone brings \(anchored.weight) nodes")] }
          ?? [])
      return false
    }
    if open.count + anchored.height > YAMLReader.depthLimit { return tooDeep(range) }
    add(
      YAMLNode(.alias(name: name, target: target), range: range), weight: anchored.weight,
      height: anchored.height)
    return true
  }

  private mutating func tooDeep(_ range: SourceRange) -> Bool {
    bag.report(
      YAMLRules.tooDeep, at: Location(file, SourceRange(range.lower, min(range.upper, range.lower + 1))),
      "lists and mappings are nested more than \(YAMLReader.depthLimit) levels deep")
    return false
  }

  private mutating func push(
    _ event: yaml_event_t, isMapping: Bool, isFlow: Bool, anchor: UnsafeMutablePointer<yaml_char_t>?,
    tag: UnsafeMutablePointer<yaml_char_t>?
  ) -> Bool {
    var start = offsets.offset(Int(event.start_mark.index))
    if open.count >= YAMLReader.depthLimit { return tooDeep(SourceRange(start, start + 1)) }
    var properties = YAMLProperties()
    if anchor != nil || tag != nil {
      properties = YAMLProperties(bytes, from: start, to: bytes.count, anchor: anchor, tag: tag)
      start = properties.end
      if let anchor = properties.anchor { anchors[ByteKey(anchor.text)] = Anchored(node: nil, weight: 0, height: 0) }
    }
    open.append(Frame(isMapping: isMapping, isFlow: isFlow, start: start, properties: properties, end: start))
    return true
  }

  private mutating func pop(_ event: yaml_event_t) {
    guard let frame = open.popLast() else { return }
    let end = frame.isFlow ? offsets.offset(Int(event.end_mark.index)) : frame.end
    if frame.isMapping { check(frame.entries) }
    let node = YAMLNode(
      frame.isMapping
        ? .mapping(frame.entries, flow: frame.isFlow) : .sequence(frame.elements, flow: frame.isFlow),
      range: SourceRange(frame.start, end), anchor: frame.properties.anchor, tag: frame.properties.tag)
    add(node, weight: frame.weight, height: frame.height + 1)
  }

  /// Puts a finished node into the open collection, or makes it a document.
  private mutating func add(_ node: YAMLNode, weight: Int, height: Int) {
    if let anchor = node.anchor { anchors[ByteKey(anchor.text)] = Anchored(node: node, weight: weight, height: height) }
    guard !open.isEmpty else {
      documents.append(YAMLDocument(file: file, root: node))
      return
    }
    let top = open.count - 1
    open[top].weight = min(open[top].weight + weight, YAMLReader.expansionLimit + 1)
    open[top].height = max(open[top].height, height)
    open[top].end = max(open[top].end, node.range.upper)
    guard open[top].isMapping else {
      open[top].elements.append(node)
      return
    }
    if let key = open[top].key {
      open[top].key = nil
      open[top].entries.append(YAMLEntry(key: key, value: node))
    } else {
      open[top].key = node
    }
  }

  /// Reports keys that stand twice and merge keys without a mapping.
  private mutating func check(_ entries: [YAMLEntry]) {
    for entry in entries where entry.isMerge && !entry.value.canBeMerged {
      bag.report(
        YAMLRules.invalidMerge, at: Location(file, entry.value.range),
        "only a mapping or a list of mappings can be merged",
        help: "name an anchor that stands before a mapping, or quote the key '<<'")
    }
    YAMLDuplicates.find(entries) { first, second in
      let key = second.key.text ?? ""
      bag.report(
        YAMLRules.duplicateKey, at: Location(file, second.key.range), "the key '\(key)' stands twice in this mapping",
        help: "delete one of the two, or merge their values",
        labels: [.init(Location(file, first.key.range), "first given here")])
    }
  }
}
