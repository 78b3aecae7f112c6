import AST
import Diagnostics
import Lexer
import Parser
import Source

extension BuildWalk {
  /// Whether what an expansion gave could be another with other build arguments.
  func isOpen(_ expansion: Expansion, _ stage: Int) -> Bool {
    if expansion.matched.isEmpty, expansion.unmatched.isEmpty { return false }
    return model.stages[stage].scope.dependsOnArguments(expansion)
  }

  /// Expands a word of the arguments of a stage's instruction and notes the variables that nothing sets.
  mutating func expand(_ word: Word, _ index: Int, _ stage: Int) -> Expansion? {
    // What the lexer saw of the arguments holds for each word of them.
    if !file.traits(of: index).contains(anyOf: .active) { return Expansion(result: word.text) }
    return expand(flag: word, index, stage)
  }

  /// The same for a flag's value: flags stand in front of the arguments.
  mutating func expand(flag word: Word, _ index: Int, _ stage: Int) -> Expansion? {
    if ShellLexer.isPlain(word.text) { return Expansion(result: word.text) }
    let scope = model.stages[stage].scope
    guard let expansion = expand(word, index, in: scope) else { return nil }
    note(expansion.unmatched, word.range, index, scope)
    return expansion
  }

  mutating func note(_ unmatched: [String], _ range: Range<Int>, _ index: Int, _ scope: StageScope) {
    for name in unmatched where !scope.isArgument(name) && !name.utf8.starts(with: "BUILDKIT_SBOM_SCAN_".utf8) {
      let line = file.instructions[index].line
      model.undefined.append(
        BuildModel.UndefinedVariable(
          instruction: index, name: name, suggestion: Suggestion.nearest(to: name, in: scope.names),
          range: line.text.find(variable: name, in: range)))
    }
  }

  /// A path that expands to nothing, unless a build argument or an image's environment could fill it.
  mutating func volume(_ word: Word, _ index: Int, _ stage: Int) {
    guard !word.text.isEmpty, let expansion = expand(word, index, stage), expansion.result.isEmpty,
      !isOpen(expansion, stage),
      let root = model.lineage(of: stage).last, model.stages[root].base == "scratch"
    else { return }
    report(
      SyntaxRules.emptyPath, index, at: word.range, "'\(word.text)' is empty", help: "set the variable, or remove it")
  }

  mutating func expand(_ word: Word, _ index: Int, in scope: StageScope) -> Expansion? {
    do throws(ExpansionFailure) {
      return try lexer.expand(word.text, in: scope)
    } catch {
      fail(error, word, index, scope)
      return nil
    }
  }

  /// Reports why a word can't be expanded, unless a build argument could mend it.
  mutating func fail(_ failure: ExpansionFailure, _ word: Word, _ index: Int, _ scope: StageScope) {
    if let variable = failure.variable, scope.isOverridable(variable) || scope.isArgument(variable) {
      return
    }
    report(
      BuildRules.expansion, index, at: word.range, "'\(word.text)' can't be expanded: \(failure.message)",
      help: failure.variable == nil ? "check the quotes and the '${…}'" : "set the variable with ARG or ENV first")
  }

  /// Reports at a place of an instruction's text.
  mutating func report(
    _ rule: Rule, _ index: Int, at range: Range<Int>? = nil, _ message: String, help: String? = nil
  ) {
    let line = file.instructions[index].line
    bag.report(
      rule, at: file.location(range.map(line.text.source) ?? line.keywordRange), message, help: help)
  }
}

extension LogicalText {
  /// Where `$name` or `${name` stands in a part of the text.
  func find(variable name: String, in range: Range<Int>) -> SourceRange? {
    let name = Array(name.utf8)
    for index in range where bytes[index] == 0x24 {
      let rest = bytes[(index + 1)..<range.upperBound]
      let isBraced = rest.first == 0x7B
      if rest.dropFirst(isBraced ? 1 : 0).starts(with: name) {
        return source(index..<index + 1 + (isBraced ? 1 : 0) + name.count)
      }
    }
    return nil
  }
}
