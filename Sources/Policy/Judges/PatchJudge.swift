import Automata
import IR
import JSON

/// `patch_integrity`
final class PatchJudge: Judge {
  private static let name = "patch_integrity"
  private let program: PatchProgram
  private lazy var scanner: PatternScanner? = try? PatternScanner(program.patterns.map(\.node))

  init(_ program: PatchProgram) { self.program = program }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .patch(_, let content) = event.action else { return nil }
    if context.profile == .compat { return compat(content, context) }
    guard let diff = context.diff else { return nil }
    let plain = compat(content, context)
    if !plain.isAllowed { return plain }
    var lines = diff.additions
    // A line that goes on in the next one is judged with it.
    for (index, line) in diff.additions.enumerated() where line.last == 0x5C && index + 1 < diff.additions.count {
      lines.append(line.dropLast() + diff.additions[index + 1])
    }
    let found = Self.pairs(lines.map { $0[...] }, scanner)
    return result(found, additions: diff.additions.count, deletions: diff.deletionCount, hardening: .patchParsed)
  }

  /// As the reference reads a patch: what begins with `+` but not `+++` is added, lines end at LF alone.
  private func compat(_ content: [UInt8], _ context: EventContext) -> GuardResult {
    content.withUnsafeBufferPointer { bytes in
      let matches = scanner?.matchingLines(bytes, isShort: !context.wantsWords) { PatchLines.isAddition(bytes, $0) }
      if !context.wantsWords, matches?.isEmpty == false { return .silent(Self.name, .critical) }
      let (additions, deletions) = SignedLines.count(bytes)
      let found = matches?.map { $0.pattern } ?? []
      return result(found, additions: additions, deletions: deletions, hardening: nil)
    }
  }

  private static func pairs(_ lines: [ArraySlice<UInt8>], _ scanner: PatternScanner?) -> [Int] {
    guard let scanner else { return [] }
    var result: [Int] = []
    for line in lines {
      line.withUnsafeBufferPointer { scanner.matching($0) }.forEach { result.append($0) }
    }
    return result
  }

  private func result(_ found: [Int], additions: Int, deletions: Int, hardening: HardeningRule?) -> GuardResult {
    var issues = found.map { "Forbidden pattern matched: " + program.patterns[$0].text }
    if scanner == nil, !program.patterns.isEmpty { issues.append("The patterns can't be searched") }
    if additions > program.additionsLimit {
      issues.append("Too many additions: \(additions) (max: \(program.additionsLimit))")
    }
    if deletions > program.deletionsLimit {
      issues.append("Too many deletions: \(deletions) (max: \(program.deletionsLimit))")
    }
    if let limit = program.ratioLimit {
      let ratio = deletions > 0 ? Double(additions) / Double(deletions) : additions > 0 ? .infinity : 1
      if ratio > limit { issues.append("Too many additions for each deletion: \(ratio) (max: \(limit))") }
    }
    guard !issues.isEmpty else { return .allow(Self.name) }
    return .deny(
      Self.name, found.isEmpty ? .error : .critical, issues.count == 1 ? issues[0] : issues.joined(separator: "; "),
      ["additions": JSONValue(additions), "deletions": JSONValue(deletions)], hardening: hardening)
  }
}
