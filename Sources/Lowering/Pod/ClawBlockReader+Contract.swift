import Diagnostics
import IR
import Lexer
import Source

extension ClawBlockReader {
  mutating func includes(_ node: YAMLNode) -> [IncludeBlock] {
    guard let elements = node.elements else {
      if !node.isNull { report(PodRules.fieldType, node, "include must be a list") }
      return []
    }
    var blocks: [IncludeBlock] = []
    for element in elements {
      var values: [String: PodText] = [:]
      for (name, value) in fields(element, "an include", known: ["id", "file", "mode", "description"]) {
        values[name] = text(value, name)
      }
      guard let id = values["id"], let file = values["file"], let mode = values["mode"] else {
        report(PodRules.fieldType, element, "an include needs id, file and mode")
        continue
      }
      guard let kind = IncludeBlock.Mode(rawValue: mode.value) else {
        bag.report(
          PodRules.fieldType, at: mode.location, "'\(mode.value)' is no mode of an include",
          help: "it is enforce, guide or reference")
        continue
      }
      if !isName(id.value) || blocks.contains(where: { $0.id.value == id.value }) {
        bag.report(
          PodRules.fieldType, at: id.location, "'\(id.value)' is there already or can't be an id",
          help: "use letters, digits, '-' and '_', each id once")
        continue
      }
      blocks.append(IncludeBlock(id: id, file: file, mode: kind, description: values["description"]))
    }
    return blocks
  }

  /// nil if nothing is written: only an empty list clears the image's schedule.
  mutating func invoke(_ node: YAMLNode) -> [(invocation: Invocation, location: Location)]? {
    if node.isNull { return nil }
    guard let elements = node.elements else {
      report(PodRules.fieldType, node, "invoke must be a list")
      return []
    }
    var entries: [(invocation: Invocation, location: Location)] = []
    for element in elements {
      var values: [String: PodText] = [:]
      for (name, value) in fields(element, "an invoke entry", known: ["schedule", "message", "name", "to"]) {
        values[name] = text(value, name)
      }
      guard let schedule = values["schedule"], let message = values["message"] else {
        report(PodRules.schedule, element, "an invoke entry needs a schedule and a message")
        continue
      }
      let words = schedule.value.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
      switch ScheduleParser.parse(words) {
      case .failure(let failure):
        bag.report(PodRules.schedule, at: schedule.location, failure.message, help: failure.help)
      case .success(let scheduleFields):
        if message.value.isEmpty || message.value.utf8.count > 64 << 10 || message.value.utf8.contains(0) {
          bag.report(PodRules.schedule, at: message.location, "a message has from 1 byte to 64 KiB, and no NUL")
          continue
        }
        if let name = values["name"], !isName(name.value) {
          bag.report(PodRules.schedule, at: name.location, "'\(name.value)' can't name an invoke entry")
        }
        entries.append(
          (
            Invocation(
              schedule: words.joined(separator: " "), fields: scheduleFields, message: message.value,
              name: values["name"]?.value, to: values["to"]?.value), location(element)
          ))
      }
    }
    return entries
  }

  private func isName(_ text: String) -> Bool {
    // A '-' alone is how the scheduler's table says that there is no name.
    !text.isEmpty && text.utf8.first != 0x2D && text.utf8.count <= 63
      && text.utf8.allSatisfy {
        $0.isASCIIAlphanumeric || $0 == 0x2D || $0 == 0x5F
      }
  }
}
