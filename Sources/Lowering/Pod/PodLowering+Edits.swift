import IR
import Lexer
import Source

extension PodLowering {
  /// Plans the edits of the author's file: claws written anew, plain services joined to what they serve, networks and
  /// volumes added, x-claw taken out everywhere.
  mutating func edits(_ claws: [ResolvedClaw]) {
    guard let root = document?.root else { return }
    let head = main.lines.line(at: root.range.lower) - 1
    guard let top = BlockLines(root, in: main, after: max(0, head)) else { return rewrite(root, claws) }
    if let chunk = top.chunk("x-claw") { compose.edits.append(.init(top.removed(chunk), [])) }
    if top.chunk("name") == nil, let first = top.chunks.first {
      compose.edits.append(
        .init(SourceRange(at: main.lines.starts[first.keyLine - 1]), [.entry(indent: top.indent, name(plan.name))]))
    }
    let added = [("networks", networks()), ("volumes", volumes(claws))]
    if let chunk = top.chunk("services") {
      services(chunk, top, claws)
    } else {
      partialServices(indent: top.indent, after: top.chunks[top.chunks.count - 1].lastLine, head: true)
    }
    // What goes into a mapping of the file comes before what goes behind it.
    for (key, entries) in added {
      if let chunk = top.chunk(key) { resources(chunk, top, key, entries) }
    }
    for (key, entries) in added where top.chunk(key) == nil && !entries.isEmpty {
      append(
        .entry(indent: top.indent, .init(key, .mapping(entries))), after: top.chunks[top.chunks.count - 1].lastLine)
    }
    writeOutAliases(root)
    compose.edits = compose.edits.enumerated().sorted { left, right in
      left.element.range == right.element.range ? left.offset < right.offset : left.element.range < right.element.range
    }.map(\.element)
  }

  private func name(_ name: String) -> ComposePlan.Entry { .init("name", .text(name), origin: podBlock.pod?.location) }

  /// A file whose top level is in braces, as JSON is: every part is written anew.
  private mutating func rewrite(_ root: YAMLNode, _ claws: [ResolvedClaw]) {
    var pieces: [ComposePlan.Piece] = []
    if root["name"] == nil { pieces.append(.entry(indent: 0, name(plan.name))) }
    let added = ["networks": networks(), "volumes": volumes(claws)]
    var seen: Set<String> = []
    for entry in root.mergedEntries ?? [] {
      guard let key = entry.key.text, key != "x-claw" else { continue }
      seen.insert(key)
      switch key {
      case "services":
        pieces.append(.entry(indent: 0, .init(key, .raw(""))))
        for service in entry.value.mergedEntries ?? [] { pieces += flowService(service, claws, indent: 2) }
        pieces += partials(indent: 2)
      case "networks", "volumes":
        let own = (entry.value.mergedEntries ?? []).map { flowResource($0, isNetwork: key == "networks") }
        pieces.append(.entry(indent: 0, .init(key, .mapping(own + (added[key] ?? [])))))
      default:
        pieces.append(.entry(indent: 0, rewritten(entry)))
      }
    }
    for key in ["networks", "volumes"] where !seen.contains(key) && added[key]?.isEmpty == false {
      pieces.append(.entry(indent: 0, .init(key, .mapping(added[key] ?? []))))
    }
    var lower = root.range.lower
    for property in [root.anchor, root.tag] { lower = min(lower, property?.range.lower ?? lower) }
    // A document's mark may stand in front, on the same line.
    let line = main.lines.range(ofLine: main.lines.line(at: lower))
    if !main.slice(SourceRange(line.lower, lower)).contains(UInt8(ascii: "-")) { lower = line.lower }
    let last = main.lines.line(at: max(root.range.lower, root.range.upper - 1))
    compose.edits = [.init(SourceRange(lower, main.lines.range(ofLine: last).upper), pieces)]
  }

  func place(_ entry: YAMLEntry) -> Location { Location(main, entry.key.range) }

  /// An entry of the author's on one line, where its own lines can't be kept; perhaps under another name.
  func rewritten(_ entry: YAMLEntry, as name: String? = nil) -> ComposePlan.Entry {
    .init(name ?? entry.key.text ?? "", .raw(FlowText.of(entry.value, in: main)), origin: place(entry))
  }

  mutating func append(_ piece: ComposePlan.Piece, after line: Int) {
    compose.edits.append(.init(SourceRange(at: main.lines.range(ofLine: line).upper), [piece]))
  }

  // MARK: Aliases

  /// Writes out every alias of something that is changed: who uses it wants what its author wrote.
  private mutating func writeOutAliases(_ root: YAMLNode) {
    if !hasAliases { return }
    var changed = touched
    for edit in compose.edits where !edit.range.isEmpty || edit.pieces.isEmpty { changed.append(edit.range) }
    for edit in compose.edits where edit.range.isEmpty { changed.append(edit.range) }
    let replaced = compose.edits.map(\.range).filter { !$0.isEmpty }
    var found: [(SourceRange, YAMLNode)] = []
    root.visitAliases { node, target in
      if replaced.contains(where: { $0.contains(node.range.lower) }) { return }
      let isChanged = changed.contains { range in
        range.contains(target.range.lower) || (target.range.lower < range.lower && range.lower < target.range.upper)
      }
      if isChanged { found.append((node.range, target)) }
    }
    for (range, target) in found { compose.edits.append(.init(range, [.inline(FlowText.of(target, in: main))])) }
  }
}

extension YAMLNode {
  /// Visits every alias below a node, as it was written.
  func visitAliases(_ visit: (_ alias: YAMLNode, _ target: YAMLNode) -> Void) {
    switch content {
    case .scalar: break
    case .sequence(let elements, _): for element in elements { element.visitAliases(visit) }
    case .mapping(let entries, _):
      for entry in entries {
        entry.key.visitAliases(visit)
        entry.value.visitAliases(visit)
      }
    case .alias(_, let target): visit(self, target)
    }
  }
}
