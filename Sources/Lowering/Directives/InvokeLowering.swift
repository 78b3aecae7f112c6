import AST
import Directives
import IR
import Source

/// INVOKE: a schedule and a message.
enum InvokeLowering: DirectiveLowering {
  static let directive = Directive.invoke

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let message = use.text else { return }
    let words = use.words.map { (text: $0.value, range: $0.range) }
    switch ScheduleParser.parse(words.map(\.text)) {
    case .failure(let failure):
      let place = failure.word.map { words[min($0, words.count - 1)].range } ?? range
      stage.report(DirectiveRules.schedule, place, failure.message, help: failure.help)
    case .success(let fields):
      if !ScheduleParser.canFire(fields) {
        stage.report(
          DirectiveRules.neverFires, words.first.map { $0.range.union(words[words.count - 1].range) } ?? range,
          "no month of this schedule has such a day", help: "name a day that exists")
      }
      if message.value.utf8.count > 64 << 10 {
        stage.report(DirectiveRules.message, message.range, "the message has \(message.value.utf8.count) bytes")
      }
      let schedule = words.map(\.text).joined(separator: " ")
      stage.own.invoke.append(
        .init(
          Invocation(schedule: schedule, fields: fields, message: message.value), origin: stage.location(range)))
    }
  }
}
