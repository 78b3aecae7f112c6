import AST
import Diagnostics
import Lexer
import Source

extension ClawfileParser {
  mutating func healthcheck(_ line: InstructionLine) -> InstructionBody {
    guard !line.arguments.isEmpty else {
      report(SyntaxRules.healthcheck, line, "HEALTHCHECK takes NONE or CMD", help: "write 'HEALTHCHECK CMD command'")
      return .invalid
    }
    let type = firstWord(line)
    var start = line.arguments.lowerBound + 0
    while start < line.arguments.upperBound, !WhiteSpace.isLatinSpace(line.text.bytes[start]) { start += 1 }
    let typeRange = line.arguments.lowerBound..<start
    while start < line.arguments.upperBound, WhiteSpace.isLatinSpace(line.text.bytes[start]) { start += 1 }
    let rest = start..<line.arguments.upperBound
    switch type {
    case "NONE":
      if !rest.isEmpty {
        report(SyntaxRules.healthcheck, line, at: rest, "HEALTHCHECK NONE takes no arguments", help: "remove them")
      }
      return .healthcheck(nil)
    case "CMD":
      guard let form = command(line, rest) else { return .invalid }
      var isEmpty = rest.isEmpty
      if case .exec(let words) = form { isEmpty = words.isEmpty }
      if isEmpty {
        report(SyntaxRules.healthcheck, line, "HEALTHCHECK CMD has no command", help: "write the command behind CMD")
      }
      checkHealthFlags(line)
      return .healthcheck(form)
    default:
      report(
        SyntaxRules.healthcheck, line, at: typeRange, "HEALTHCHECK can't be '\(type)'",
        help: "write 'HEALTHCHECK CMD …' or 'HEALTHCHECK NONE'")
      return .invalid
    }
  }

  private mutating func checkHealthFlags(_ line: InstructionLine) {
    for flag in line.flags {
      guard let equals = flag.value.utf8.firstIndex(of: 0x3D) else { continue }
      let name = flag.value[..<equals]
      let value = String(flag.value[flag.value.utf8.index(after: equals)...])
      if value.isEmpty { continue }
      if name == "--retries" {
        let digits = value.utf8.first == 0x2B ? String(value.dropFirst()) : value
        if let count = Int32(digits), count >= 0 { continue }
        report(
          SyntaxRules.flagValue, line, at: flag.range, "'--retries' can't be '\(value)'",
          help: "write a whole number, 0 or more")
      } else if ["--interval", "--timeout", "--start-period", "--start-interval"].contains(name) {
        guard let duration = GoText.duration(value) else {
          report(
            SyntaxRules.flagValue, line, at: flag.range, "'\(value)' is no duration",
            help: "write it like '30s' or '1m30s'")
          continue
        }
        if duration != 0, duration < 1e6 {
          report(
            SyntaxRules.flagValue, line, at: flag.range, "'\(name)' is shorter than 1ms",
            help: "write 0, or 1ms and more")
        }
      }
    }
  }
}
