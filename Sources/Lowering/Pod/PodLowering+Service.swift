import IR
import Lexer
import Source

extension PodLowering {
  /// A claw as pieces: its instances one behind the other, and their sidecars.
  func pieces(
    of claw: ResolvedClaw, _ chunk: BlockLines.Chunk, _ services: BlockLines, indent: Int
  ) -> [ComposePlan.Piece] {
    let lines = BlockLines(chunk.entry.value, in: main, after: chunk.keyLine)
    let comment = services.trailingComment(chunk)
    return claw.instances.enumerated().flatMap { index, instance -> [ComposePlan.Piece] in
      [
        .entry(
          indent: indent,
          .init(instance.name, .raw(index == 0 ? comment : ""), origin: place(chunk.entry)))
      ]
        + generated(claw, instance, chunk.entry.value, lines, indent: lines?.indent ?? indent + 2)
        + sidecar(claw, instance, chunk.entry.value, indent: indent)
    }
  }

  /// The keys of an instance: the author's lines where they stay, then claw's.
  func generated(
    _ claw: ResolvedClaw, _ instance: PodPlan.Instance, _ node: YAMLNode, _ lines: BlockLines?, indent: Int
  ) -> [ComposePlan.Piece] {
    var pieces: [ComposePlan.Piece] = []
    var (replaced, added) = entries(claw, instance, node)
    let owned = Set(replaced.map(\.key))
    // The author's own lines, in their order.
    let kept: [(entry: YAMLEntry, chunk: BlockLines.Chunk?)] =
      lines?.chunks.map { ($0.entry, $0) } ?? (node.mergedEntries ?? []).map { ($0, nil) }
    var previous: BlockLines.Chunk?
    for (entry, chunk) in kept {
      guard let key = entry.key.text, key != "x-claw", !owned.contains(key) else { continue }
      if let index = added.firstIndex(where: { $0.key == key }) {
        pieces += extend(entry, chunk, lines, added.remove(at: index), indent: indent, after: previous)
      } else if let chunk, let lines, staysAsItIs(entry.value) {
        pieces.append(.lines(lines.kept(chunk, after: previous)))
      } else {
        pieces.append(.entry(indent: indent, rewritten(entry)))
        previous = nil
        continue
      }
      previous = chunk
    }
    // What a merge key brings for lists that claw writes must be in them, for they replace it.
    for entry in added {
      let merged = lines == nil ? nil : node[entry.key]
      replaced.append(merged.map { joined($0, entry) } ?? entry)
    }
    return pieces + replaced.map { .entry(indent: indent, $0) }
  }

  /// Whether a claw's value can be copied as lines: no alias of it is one of something that is written anew.
  private func staysAsItIs(_ node: YAMLNode) -> Bool {
    guard hasAliases else { return true }
    var result = true
    node.visitAliases { _, target in
      if changeable.contains(where: { $0.contains(target.range.lower) }) { result = false }
    }
    return result
  }

  /// An author's list or mapping with claw's elements behind it.
  private func extend(
    _ entry: YAMLEntry, _ chunk: BlockLines.Chunk?, _ lines: BlockLines?, _ added: ComposePlan.Entry, indent: Int,
    after previous: BlockLines.Chunk?
  ) -> [ComposePlan.Piece] {
    let whole: [ComposePlan.Piece] = [.entry(indent: indent, joined(entry.value, added))]
    guard let chunk, let lines, staysAsItIs(entry.value) else { return whole }
    let own = ComposePlan.Piece.lines(lines.kept(chunk, after: previous))
    if let inner = BlockLines(entry.value, in: main, after: chunk.keyLine), case .mapping(let fields) = added.value {
      let present = Dictionary(
        (entry.value.mergedEntries ?? []).map { ($0.key.text ?? "", $0) }, uniquingKeysWith: { first, _ in first })
      if fields.contains(where: { present[$0.key] != nil && claws(win: $0.key, in: added.key) }) { return whole }
      return [own] + fields.filter { present[$0.key] == nil }.map { .entry(indent: inner.indent, $0) }
    }
    if case .sequence(let elements, flow: false) = entry.value.content, !elements.isEmpty {
      let texts = Set(elements.compactMap { $0.text?.split(separator: "=").first.map(String.init) })
      if case .mapping(let fields) = added.value, fields.contains(where: { texts.contains($0.key) }) { return whole }
      let indent = self.indent(ofElements: entry.value)
      return [own] + listElements(added.value).map { .element(indent: indent, $0, origin: added.origin) }
    }
    return whole
  }

  /// Whether claw's value counts where both give one: for all but the identities, which only inform, and the command
  /// that hands over a message.
  func claws(win name: String, in key: String) -> Bool {
    !(key == "environment" && (name == "WAKE_CMD" || name.utf8.starts(with: "CLAW_HANDLE_".utf8)))
  }

  /// The same where the author's lines can't be kept.
  private func joined(_ node: YAMLNode, _ added: ComposePlan.Entry) -> ComposePlan.Entry {
    if let elements = node.elements {
      guard case .mapping(let fields) = added.value else {
        let own = elements.map { ComposePlan.Value.raw(FlowText.of($0, in: main)) }
        return .init(added.key, .list(own + listElements(added.value)), origin: added.origin)
      }
      func name(_ node: YAMLNode) -> String {
        String(node.text?.split(separator: "=", omittingEmptySubsequences: false).first ?? "")
      }
      let present = Set(elements.map(name))
      let mine = fields.filter { !present.contains($0.key) || claws(win: $0.key, in: added.key) }
      let winning = Set(mine.map(\.key))
      let own = elements.filter { !winning.contains(name($0)) }.map { ComposePlan.Value.raw(FlowText.of($0, in: main)) }
      return .init(added.key, .list(own + listElements(.mapping(mine))), origin: added.origin)
    }
    guard let entries = node.mergedEntries, case .mapping(let fields) = added.value else {
      // A single text, as tmpfs may be.
      if case .list(let values) = added.value, node.text != nil, !node.isNull {
        return .init(added.key, .list([.raw(FlowText.of(node, in: main))] + values), origin: added.origin)
      }
      return added
    }
    let present = Set(entries.compactMap(\.key.text))
    let mine = fields.filter { !present.contains($0.key) || claws(win: $0.key, in: added.key) }
    let winning = Set(mine.map(\.key))
    let own = entries.filter { !winning.contains($0.key.text ?? "") }.map { rewritten($0) }
    return .init(added.key, .mapping(own + mine), origin: added.origin)
  }

  /// A value as a list's elements: a mapping becomes `KEY=value` texts.
  private func listElements(_ value: ComposePlan.Value) -> [ComposePlan.Value] {
    switch value {
    case .list(let elements): elements
    case .mapping(let entries):
      entries.map { entry in
        switch entry.value {
        case .text(let text): .text("\(entry.key)=\(text)")
        default: .text(entry.key)
        }
      }
    default: [value]
    }
  }
}
