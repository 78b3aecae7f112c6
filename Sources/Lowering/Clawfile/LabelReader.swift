package import IR
import JSON

/// Reads a configuration back from the labels of an image, of this claw or of the one that it follows.
package enum LabelReader {
  /// The configuration that some labels carry. Labels that can't be read are left out: they are other people's, and
  /// what no directive could have said must not get into what is generated.
  package static func config(of labels: [String: String]) -> ImageConfig {
    var config = ImageConfig()
    let scripts = labels.filter { isText($0.value, lines: true) }
    let labels = labels.filter { isText($0.key) && isText($0.value) }
    config.type = labels["claw.type"].map { .init($0, origin: nil) }
    config.agent = labels["claw.agent.file"].map { .init([.literal($0)], origin: nil) }
    config.persona = labels["claw.persona.default"].map { .init([.literal($0)], origin: nil) }
    config.cllama = list("claw.cllama.", labels).map { .init([.literal($0)], origin: nil) }
    if config.cllama.isEmpty, let text = labels["claw.cllama.default"] {
      config.cllama = [.init([.literal(text)], origin: nil)]
    }
    for (key, value) in pairs("claw.model.", labels) {
      let slot = key.split(separator: ".").first.map(String.init) ?? key
      if LabelKey.isPart(slot) { config.models.append((slot, .init([.literal(value)], origin: nil))) }
    }
    config.configure = list("claw.configure.", scripts).compactMap(script).map { .init($0, origin: nil) }
    config.act = list("claw.act.", scripts).compactMap(script).map { .init($0, origin: nil) }
    for name in list("claw.track.", labels) where TrackLowering.commands.contains(where: { $0.manager == name }) {
      config.track.append(.init(name, origin: nil))
    }
    config.skills = list("claw.skill.", labels).map { .init([.literal($0)], origin: nil) }
    config.invoke = list("claw.invoke.", labels).compactMap(invocation).map { .init($0, origin: nil) }
    for text in list("claw.surface.", labels) {
      let words = text.split(separator: " ", maxSplits: 1).map(String.init)
      if case .success(let surface) = SurfaceParser.parse(words.first ?? "", mode: words.count > 1 ? words[1] : nil) {
        config.surfaces.append(.init(surface, origin: nil))
      }
    }
    for (key, value) in pairs("claw.privilege.", labels) {
      let mode = key.split(separator: ".").first.map(String.init) ?? key
      if case .success(let privilege) = PrivilegeParser.parse(mode, value) {
        config.privileges.append((privilege.mode, .init(privilege.value, origin: nil)))
      }
    }
    for (platform, value) in pairs("claw.handle.", labels)
    where (value == "true" || value == "1") && LabelKey.isPart(platform) {
      config.handles.append(.init(platform, origin: nil))
    }
    return config
  }

  /// Values of numbered labels, by number.
  private static func list(_ prefix: String, _ labels: [String: String]) -> [String] {
    pairs(prefix, labels).compactMap { key, value in Int(key).map { ($0, value) } }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Labels below a prefix, by the rest of the key.
  private static func pairs(_ prefix: String, _ labels: [String: String]) -> [(String, String)] {
    labels.filter { $0.key.utf8.starts(with: prefix.utf8) }
      .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
  }

  private static func script(_ text: String) -> String? {
    guard let value = try? JSONParser.parse(text.utf8), let script = value["script"]?.string else { return text }
    return isText(script, lines: true) ? script : nil
  }

  /// Whether a text has no control character but tabs, and line feeds where lines may be.
  private static func isText(_ text: String, lines: Bool = false) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A && lines }
  }

  /// An invocation as JSON, or as the older form: a schedule and a message with a tab, or the two characters `\t`,
  /// between them, or five words and the rest.
  private static func invocation(_ text: String) -> Invocation? {
    var schedule: String
    var message: String
    if let value = try? JSONParser.parse(text.utf8), let first = value["schedule"]?.string,
      let second = value["message"]?.string
    {
      (schedule, message) = (first, second)
    } else if let tab = text.split(separator: "\t", maxSplits: 1).map(String.init) as [String]?, tab.count == 2 {
      (schedule, message) = (tab[0], tab[1])
    } else {
      let words = text.replacing("\\t", with: " ").split(separator: " ", maxSplits: 5).map(String.init)
      guard words.count == 6 else { return nil }
      schedule = words[..<5].joined(separator: " ")
      message = words[5]
    }
    let words = schedule.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    guard case .success(let fields) = ScheduleParser.parse(words) else { return nil }
    schedule = words.joined(separator: " ")
    message = message.trimmingBlanks
    guard isText(message) else { return nil }
    return Invocation(schedule: schedule, fields: fields, message: message)
  }
}

extension String {
  /// The text without blanks at its ends.
  fileprivate var trimmingBlanks: String {
    var rest = Substring(self)
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
