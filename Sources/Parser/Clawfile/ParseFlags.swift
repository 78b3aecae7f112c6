import AST
import Lexer
import Source

extension ClawfileParser {
  /// The flags of a line by name, checked against what its instruction knows.
  mutating func flags(of line: InstructionLine, _ instruction: DockerInstruction) -> [(name: String, value: Word)] {
    if line.flags.isEmpty { return [] }
    guard let known = InstructionFlags.of(instruction) else { return [] }
    // `HEALTHCHECK NONE` is decided before flags are looked at.
    if instruction == .healthcheck, firstWord(line) == "NONE" { return [] }
    var flags: [(name: String, value: Word)] = []
    for flag in line.flags {
      let text = flag.value.utf8.dropFirst(2)
      let equals = text.firstIndex(of: 0x3D)
      let name = String(Substring(equals.map { text[..<$0] } ?? text))
      let value = equals.map { String(Substring(text[text.index(after: $0)...])) }
      guard let kind = known.first(where: { $0.name == name })?.kind else {
        let near = Suggestion.nearest(to: name, in: known.map(\.name))
        report(
          SyntaxRules.unknownFlag, line, at: flag.range,
          "\(instruction.rawValue.uppercased()) knows no flag '--\(name)'",
          help: near.map { "did you mean '--\($0)'?" }
            ?? (known.isEmpty
              ? "\(instruction.rawValue.uppercased()) takes no flags"
              : "it knows \(known.map { "--" + $0.name }.joined(separator: ", "))"))
        continue
      }
      if kind != .list, flags.contains(where: { $0.name == name }) {
        report(
          SyntaxRules.duplicateFlag, line, at: flag.range, "'--\(name)' is there twice", help: "remove one of the two")
      }
      switch kind {
      case .bool:
        if let value, !["true", "false"].contains(value.lowercased()) {
          report(
            SyntaxRules.flagValue, line, at: flag.range, "'--\(name)' takes true or false, not '\(value)'",
            help: "write '--\(name)' or '--\(name)=false'")
        }
      case .string, .list:
        if value == nil {
          report(
            SyntaxRules.flagValue, line, at: flag.range, "'--\(name)' has no value", help: "write '--\(name)=…'")
          continue
        }
      }
      flags.append((name, Word(text: value ?? "true", range: flag.range)))
    }
    checkChoices(flags, line)
    return flags
  }

  /// Values that BuildKit checks when it reads the instruction, before it expands variables.
  private mutating func checkChoices(_ flags: [(name: String, value: Word)], _ line: InstructionLine) {
    for (name, value) in flags where line.instruction == .run {
      let choices: [String] =
        switch name {
        case "network": ["default", "none", "host"]
        case "security": ["insecure", "sandbox"]
        default: []
        }
      if !choices.isEmpty, !choices.contains(value.text) {
        report(
          SyntaxRules.flagValue, line, at: value.range, "'--\(name)' can't be '\(value.text)'",
          help: "it is one of \(choices.joined(separator: ", "))")
      }
      if name == "mount" { checkMount(value, line) }
    }
  }

  /// The part of `--mount` that is checked while it still holds variables.
  private mutating func checkMount(_ value: Word, _ line: InstructionLine) {
    guard let fields = GoText.csv(value.text) else {
      return report(
        SyntaxRules.mount, line, at: value.range, "'--mount' is no record of comma-separated fields",
        help: "quote a whole field that holds a comma or a quote")
    }
    for field in fields {
      guard let equals = field.utf8.firstIndex(of: 0x3D), field[..<equals].lowercased() == "from" else { continue }
      let source = field[field.utf8.index(after: equals)...]
      guard let dollar = source.utf8.firstIndex(of: 0x24), source.utf8.index(after: dollar) < source.utf8.endIndex
      else { continue }
      report(
        SyntaxRules.mount, line, at: value.range, "'from' in a --mount takes no variables",
        help: "define a stage with 'FROM \(source) AS name' and mount from that name")
    }
  }

  /// The first word of the arguments, upper-case.
  func firstWord(_ line: InstructionLine) -> String {
    var end = line.arguments.lowerBound
    while end < line.arguments.upperBound, !WhiteSpace.isLatinSpace(line.text.bytes[end]) { end += 1 }
    return line.text.string(line.arguments.lowerBound..<end).uppercased()
  }
}
