package import IR
import Source

/// Reads schedules: the same grammar in Clawfiles and pods.
///
/// Source: crontab(5) for fields, names, ranges and steps, and for how the two day fields combine.
package enum ScheduleParser {
  /// Why a schedule can't be read.
  package struct Failure: Error, Sendable {
    /// What is wrong.
    package var message: String
    /// What to do.
    package var help: String
    /// Which word it is about, from 0; nil for the whole.
    package var word: Int?
  }

  private struct Field {
    var name: String
    var range: ClosedRange<Int>
    var names: [String] = []
  }

  private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
  private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
  private static let fields = [
    Field(name: "minute", range: 0...59), Field(name: "hour", range: 0...23), Field(name: "day", range: 1...31),
    Field(name: "month", range: 1...12, names: months), Field(name: "weekday", range: 0...7, names: weekdays),
  ]
  private static let macros = [
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
  ]

  /// The schedule that some words are: an optional `TZ=…`, then five fields or a macro.
  package static func parse(_ words: [String]) -> Result<ScheduleFields, Failure> {
    var rest = words[...]
    var zone: String?
    if let first = rest.first, first.utf8.starts(with: "TZ=".utf8) {
      let name = String(first.dropFirst(3))
      guard isZone(name) else {
        return .failure(
          Failure(message: "'\(name)' is no time zone", help: "write it like 'TZ=Europe/Berlin'", word: 0))
      }
      zone = name
      rest = rest.dropFirst()
    }
    if let macro = rest.first, macro.utf8.first == 0x40 {
      guard rest.count == 1, let meaning = macros[macro.lowercased()] else {
        return .failure(
          Failure(
            message: rest.count == 1 ? "'\(macro)' is no schedule" : "text follows '\(macro)'",
            help: "the names are \(macros.keys.sorted().joined(separator: ", "))", word: rest.startIndex))
      }
      rest = meaning.split(separator: " ").map(String.init)[...]
    }
    guard rest.count == 5 else {
      return .failure(
        Failure(
          message: "a schedule has five fields, this one \(rest.count)", help: "minute, hour, day, month and weekday",
          word: nil))
    }
    var values: [[Int]?] = []
    for (field, (index, text)) in zip(fields, zip(rest.indices, rest)) {
      switch numbers(text, field) {
      case .failure(var failure):
        failure.word = index
        return .failure(failure)
      case .success(let numbers): values.append(numbers)
      }
    }
    let days = Array(rest)[2]
    let weekdays = Array(rest)[4]
    // A field that starts with '*' counts as unrestricted for this, '*/2' too.
    let isEither = days.utf8.first != 0x2A && weekdays.utf8.first != 0x2A
    return .success(
      ScheduleFields(
        minutes: values[0], hours: values[1], days: values[2], months: values[3],
        weekdays: values[4].map { Set($0.map { $0 % 7 }).sorted() }, matchesEitherDay: isEither, zone: zone))
  }

  /// Whether some day matches at all.
  package static func canFire(_ fields: ScheduleFields) -> Bool {
    guard let days = fields.days, !fields.matchesEitherDay || fields.weekdays == nil else { return true }
    let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (fields.months ?? Array(1...12)).contains { month in days.contains { $0 <= lengths[month - 1] } }
  }

  private static func isZone(_ name: String) -> Bool {
    name == "UTC"
      || (name.contains("/") && name.utf8.first != 0x2F && !name.contains("..") && name.utf8.count <= 64
        && name.utf8.allSatisfy {
          $0.isASCIIAlphanumeric || "/_+-".utf8.contains($0)
        })
  }

  private static func numbers(_ text: String, _ field: Field) -> Result<[Int]?, Failure> {
    if text == "*" { return .success(nil) }
    var numbers: Set<Int> = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      switch range(String(item), field) {
      case .failure(let failure): return .failure(failure)
      case .success(let range): numbers.formUnion(range)
      }
    }
    return .success(numbers.sorted())
  }

  private static func range(_ item: String, _ field: Field) -> Result<[Int], Failure> {
    let help: String
    if field.names.isEmpty {
      help = "the \(field.name) goes from \(field.range.lowerBound) to \(field.range.upperBound)"
    } else {
      help =
        "the \(field.name) goes from \(field.range.lowerBound) to \(field.range.upperBound), or \(field.names[0]) to "
        + field.names[field.names.count - 1]
    }
    func fail(_ message: String) -> Result<[Int], Failure> {
      .failure(Failure(message: message, help: help, word: nil))
    }
    let parts = item.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2 else { return fail("'\(item)' is no \(field.name)") }
    var step = 1
    if parts.count == 2 {
      guard let number = number(parts[1]), number > 0 else {
        return fail("the step '\(parts[1])' is no number above 0")
      }
      step = number
    }
    let bounds: ClosedRange<Int>
    if parts[0] == "*" {
      bounds = field.range.lowerBound...(field.name == "weekday" ? 6 : field.range.upperBound)
    } else {
      let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
      guard (1...2).contains(ends.count) else { return fail("'\(item)' is no \(field.name)") }
      var values: [Int] = []
      for end in ends {
        guard let value = value(end, field) else { return fail("'\(end)' is no \(field.name)") }
        values.append(value)
      }
      guard values[0] <= values[values.count - 1] else { return fail("the range '\(parts[0])' ends before it starts") }
      guard ends.count == 2 || parts.count == 1 else { return fail("a step needs '*' or a range in front of it") }
      bounds = values[0]...values[values.count - 1]
    }
    return .success(Array(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step)))
  }

  private static func value(_ text: String, _ field: Field) -> Int? {
    if let name = field.names.firstIndex(of: text.lowercased()) { return name + field.range.lowerBound }
    guard let number = number(text), field.range.contains(number) else { return nil }
    return number
  }

  private static func number(_ text: String) -> Int? {
    text.utf8.allSatisfy { $0.isASCIIDigit } && text.utf8.count <= 4 ? Int(text) : nil
  }
}
