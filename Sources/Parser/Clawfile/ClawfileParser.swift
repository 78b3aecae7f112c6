package import AST
package import Diagnostics
import Directives
import Lexer
package import Source

/// Reads a Clawfile into its typed tree and reports everything that BuildKit's line and instruction layers refuse.
package struct ClawfileParser {
  let file: SourceFile
  var escape: UInt8
  var bag = DiagnosticBag()
  var reportedBeforeFrom = false

  /// Parses a file. The tree is whole even if there are errors: what can't be read is an `.invalid` instruction.
  package static func parse(_ file: SourceFile, into bag: inout DiagnosticBag) -> Clawfile {
    var parser = ClawfileParser(file: file, escape: 0x5C)
    var tree = Clawfile(file)
    let lexed = ClawfileLexer.lex(file, heredocDirectives: Directive.heredocKeywords, into: &bag) { line, escape in
      parser.escape = escape
      let instruction = Instruction(line: line, body: parser.body(of: line))
      tree.append(instruction)
      parser.place(instruction, in: &tree)
    }
    tree.finish(lexed)
    if tree.stages.isEmpty { parser.reportNoStage(tree) }
    bag.add(contentsOf: parser.bag)
    return tree
  }

  /// Puts the last instruction into its stage.
  private mutating func place(_ instruction: Instruction, in tree: inout Clawfile) {
    let index = tree.instructions.count - 1
    if instruction.line.instruction == .from {
      if case .from(let from) = instruction.body {
        tree.stages.append(Stage(from: index, from))
      } else {
        tree.stages.append(Stage(from: index, nil))
      }
    } else if let last = tree.stages.indices.last {
      tree.stages[last].body = tree.stages[last].body.lowerBound..<index + 1
    } else {
      switch instruction.body {
      case .arg, .invalid: break
      default:
        // One is enough: what follows stands there for the same reason.
        if reportedBeforeFrom { return }
        reportedBeforeFrom = true
        report(
          SyntaxRules.beforeFrom, instruction.line,
          "'\(instruction.line.text.string(instruction.line.keyword))' stands before the first FROM",
          help: "move it behind FROM")
      }
    }
  }

  private mutating func reportNoStage(_ tree: Clawfile) {
    let last = tree.instructions.last?.line.keywordRange ?? SourceRange(at: 0)
    bag.report(
      SyntaxRules.noStage, at: Location(file, last),
      tree.instructions.isEmpty ? "the file has no instructions" : "the file has no FROM",
      help: "start it with 'FROM image', or 'FROM scratch' for an empty one")
  }

  /// What a line says.
  private mutating func body(of line: InstructionLine) -> InstructionBody {
    guard let instruction = line.instruction else { return directive(line) }
    let flags = self.flags(of: line, instruction)
    switch instruction {
    case .from: return from(line, flags)
    case .arg: return arg(line)
    case .env:
      guard let (pairs, legacy) = assignments(line, "ENV") else { return .invalid }
      return .env(pairs, isLegacy: legacy)
    case .label:
      guard let (pairs, legacy) = assignments(line, "LABEL") else { return .invalid }
      return .label(pairs, isLegacy: legacy)
    case .run: return run(line, flags)
    case .cmd: return command(line, line.arguments).map(InstructionBody.cmd) ?? .invalid
    case .entrypoint: return command(line, line.arguments).map(InstructionBody.entrypoint) ?? .invalid
    case .shell: return shell(line)
    case .copy, .add: return copy(line, flags, isAdd: instruction == .add)
    case .expose:
      return atLeastOne(line, "EXPOSE").map(InstructionBody.expose) ?? .invalid
    case .volume: return volume(line)
    case .user: return exactlyOne(line, "USER").map(InstructionBody.user) ?? .invalid
    case .workdir: return exactlyOne(line, "WORKDIR").map(InstructionBody.workdir) ?? .invalid
    case .stopsignal: return exactlyOne(line, "STOPSIGNAL").map(InstructionBody.stopSignal) ?? .invalid
    case .maintainer: return exactlyOne(line, "MAINTAINER").map(InstructionBody.maintainer) ?? .invalid
    case .healthcheck: return healthcheck(line)
    case .onbuild: return onbuild(line)
    }
  }

  /// Reports at a line's keyword, or at a place in its text.
  mutating func report(
    _ rule: Rule, _ line: InstructionLine, at range: Range<Int>? = nil, _ message: String, help: String? = nil,
    fixes: [FixIt] = []
  ) {
    bag.report(
      rule, at: Location(file, range.map(line.text.source) ?? line.keywordRange), message, help: help, fixes: fixes)
  }
}
