package import AST
import Directives
package import JSON
import Lexer
import Source

/// A tree as JSON, for people who debug their files and for tests.
package enum TreeDump {
  /// A Clawfile's tree.
  package static func value(_ tree: Clawfile) -> JSONValue {
    [
      "schema": 1, "language": "clawfile", "file": .string(tree.file.path),
      "escape": .string(String(decoding: [tree.escape], as: UTF8.self)),
      "directives": .array(
        tree.parserDirectives.map { ["name": .string($0.name), "value": .string($0.value)] }),
      "instructions": .array(tree.instructions.map { instruction($0, tree) }),
    ]
  }

  private static func instruction(_ instruction: Instruction, _ tree: Clawfile) -> JSONValue {
    let line = instruction.line
    var members: [JSONValue.Member] = [
      .init("keyword", .string(line.text.string(line.keyword))),
      .init("lines", [JSONValue(line.firstLine), JSONValue(line.lastLine)]),
      .init("range", [JSONValue(line.range.lower), JSONValue(line.range.upper)]),
    ]
    if !line.flags.isEmpty { members.append(.init("flags", .array(line.flags.map { .string($0.value) }))) }
    members += body(instruction)
    if !line.heredocs.isEmpty {
      members.append(
        .init(
          "heredocs",
          .array(
            line.heredocs.map {
              [
                "name": .string($0.name), "expands": .bool($0.expands), "chomps": .bool($0.chomps),
                "body": .string(tree.file.text($0.body)),
              ]
            })))
    }
    return .object(members)
  }

  private static func body(_ instruction: Instruction) -> [JSONValue.Member] {
    let line = instruction.line
    func words(_ words: [Word]) -> JSONValue { .array(words.map { .string($0.text) }) }
    func pairs(_ pairs: [Assignment]) -> JSONValue {
      .array(pairs.map { ["name": .string($0.key.text), "value": $0.value.map { .string($0.text) } ?? .null] })
    }
    func command(_ form: CommandForm) -> JSONValue {
      switch form {
      case .shell(let range): ["form": "shell", "text": .string(line.text.string(range))]
      case .exec(let words): ["form": "exec", "words": .array(words.map(JSONValue.string))]
      }
    }
    switch instruction.body {
    case .from(let from):
      return [
        .init("base", .string(from.base.text)), .init("name", from.name.map { .string($0.text.lowercased()) } ?? .null),
        .init("platform", from.platform.map { .string($0.text) } ?? .null),
      ]
    case .arg(let assignments), .env(let assignments, _), .label(let assignments, _):
      return [.init("assignments", pairs(assignments))]
    case .run(let run): return [.init("command", command(run.command)), .init("mounts", words(run.mounts))]
    case .cmd(let form), .entrypoint(let form): return [.init("command", command(form))]
    case .shell(let list): return [.init("words", .array(list.map(JSONValue.string)))]
    case .copy(let copy):
      return [.init("sources", words(copy.sources)), .init("destination", .string(copy.destination.text))]
    case .expose(let list), .volume(let list): return [.init("words", words(list))]
    case .user(let word), .workdir(let word), .stopSignal(let word), .maintainer(let word):
      return [.init("value", .string(word.text))]
    case .healthcheck(let form): return [.init("command", form.map(command) ?? .null)]
    case .onbuild(let range): return [.init("trigger", .string(line.text.string(range)))]
    case .directive(let use):
      return [
        .init("directive", .string(use.directive.keyword)),
        .init("words", .array(use.words.map { .string($0.value) })),
        .init("text", use.text.map { .string($0.value) } ?? .null),
      ]
    case .invalid: return [.init("invalid", true)]
    }
  }
}
