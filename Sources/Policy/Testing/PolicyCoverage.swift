package import IR

/// Which entries of a program decide some of some events.
///
/// An entry decides an event if its guard says something else with this entry alone than with none in the list: so several
/// patterns that match the same path all count, and one that another guard hides counts too.
package struct PolicyCoverage: Sendable {
  /// An entry and the events that it decides, by their index.
  package struct Line: Sendable {
    package var literal: PolicyLiteral
    package var events: [Int]
  }

  /// Every entry that was asked for, in the program's order.
  package private(set) var lines: [Line] = []

  /// How many entries decide some event.
  package var covered: Int { lines.count { !$0.events.isEmpty } }

  /// The share of entries that decide some event, from 0 to 100; 100 where there is none.
  package var percent: Double { lines.isEmpty ? 100 : Double(covered) * 100 / Double(lines.count) }

  package init(_ program: PolicyProgram, _ events: [PolicyEvent], of literals: [PolicyLiteral]) throws(PolicyEngine
    .Refusal)
  {
    var without: (literal: PolicyLiteral, results: [[String]])?
    for literal in literals {
      if without?.literal.guardIndex != literal.guardIndex || without?.literal.list != literal.list {
        let empty = try PolicyEngine(Self.reduced(program.keeping(literal) { _ in false }, to: literal))
        without = (literal, events.map { Self.verdicts(empty.decide($0)) })
      }
      let alone = try PolicyEngine(Self.reduced(program.keeping(literal) { $0 == literal.index }, to: literal))
      let deciding = events.indices.filter { Self.verdicts(alone.decide(events[$0])) != without?.results[$0] }
      lines.append(Line(literal: literal, events: deciding))
    }
  }

  /// The guard alone, or with the one that asks it.
  private static func reduced(_ program: PolicyProgram, to literal: PolicyLiteral) -> PolicyProgram {
    var result = program
    result.failFast = false
    result.guards = program.guards.enumerated().filter { index, item in
      index == literal.guardIndex || (literal.guardName == "forbidden_path" && item.name == "shell_command")
    }.map(\.element)
    return result
  }

  private static func verdicts(_ decision: Decision) -> [String] {
    decision.results.map { "\($0.guardName) \($0.isAllowed) \($0.severity.word) \($0.message)" }
  }
}
