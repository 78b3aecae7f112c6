import AST
import Diagnostics
import Directives
import Lexer
import Parser
import Source

/// What the Clawfile parser's tests share.
enum ParserFixture {
  static func parse(_ text: String) -> (tree: Clawfile, found: [Diagnostic]) {
    var bag = DiagnosticBag()
    let tree = ClawfileParser.parse(SourceFile(path: "Clawfile", text: text), into: &bag)
    return (tree, bag.sorted())
  }

  /// The rules that a line breaks behind `FROM scratch`, with the text that each is about.
  static func findings(_ line: String) -> [String] {
    let (tree, found) = parse("FROM scratch\n" + line + "\n")
    return found.map { "\($0.rule.name.dropFirst("clawfile/".count)) ‹\(tree.file.text($0.location.range))›" }
  }

  /// What a line behind `FROM scratch` says.
  static func body(_ line: String) -> InstructionBody {
    let tree = parse("FROM scratch\n" + line + "\n").tree
    return tree.instructions.count > 1 ? tree.instructions[1].body : .invalid
  }

  /// A body as text: its kind and its parts between bars.
  static func dump(_ line: String) -> String {
    let text = "FROM scratch\n" + line + "\n"
    let tree = parse(text).tree
    guard tree.instructions.count > 1 else { return "nothing" }
    let instruction = tree.instructions[1]
    func command(_ form: CommandForm) -> String {
      switch form {
      case .shell(let range): "shell|" + instruction.line.text.string(range)
      case .exec(let words): (["exec"] + words).joined(separator: "|")
      }
    }
    func pairs(_ list: [Assignment]) -> String {
      list.map { $0.key.text + ($0.value.map { "=" + $0.text } ?? "") }.joined(separator: "|")
    }
    switch instruction.body {
    case .from(let from): return "from|\(from.base.text)|\(from.name?.text ?? "-")|\(from.platform?.text ?? "-")"
    case .arg(let list): return "arg|" + pairs(list)
    case .env(let list, let isLegacy): return (isLegacy ? "old env|" : "env|") + pairs(list)
    case .label(let list, let isLegacy): return (isLegacy ? "old label|" : "label|") + pairs(list)
    case .run(let run): return "run|" + (run.mounts.map(\.text) + [command(run.command)]).joined(separator: "|")
    case .cmd(let form): return "cmd|" + command(form)
    case .entrypoint(let form): return "entrypoint|" + command(form)
    case .shell(let words): return "shell|" + words.joined(separator: "|")
    case .copy(let copy):
      let parts =
        copy.flags.map { "\($0.name)=\($0.value.text)" } + copy.sources.map(\.text) + copy.contents.map { "<<\($0)" }
      return (copy.isAdd ? "add|" : "copy|") + (parts + [copy.destination.text]).joined(separator: "|")
    case .expose(let words): return "expose|" + words.map(\.text).joined(separator: "|")
    case .volume(let words): return "volume|" + words.map(\.text).joined(separator: "|")
    case .user(let word): return "user|" + word.text
    case .workdir(let word): return "workdir|" + word.text
    case .stopSignal(let word): return "stopsignal|" + word.text
    case .maintainer(let word): return "maintainer|" + word.text
    case .healthcheck(let form): return "healthcheck|" + (form.map(command) ?? "none")
    case .onbuild(let range): return "onbuild|" + instruction.line.text.string(range)
    case .directive(let use):
      return ([use.directive.keyword] + use.words.map(\.value) + (use.text.map { ["text", $0.value] } ?? []))
        .joined(separator: "|")
    case .invalid: return "invalid"
    }
  }
}
