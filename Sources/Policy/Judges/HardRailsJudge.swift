import Automata
import Guards
import IR
import JSON

/// `hard_rails`
final class HardRailsJudge: Judge {
  private static let name = "hard_rails"

  private struct Detection {
    var detector: Detector
    var warnAt: Int
    var blockAt: Int
  }

  private let detections: [Detection]
  private lazy var scanners: [PatternScanner?] = detections.map { detection in
    guard case .expressions(let patterns, _) = detection.detector.method else { return nil }
    return try? PatternScanner(patterns.compactMap { try? RegexParser.parse($0) })
  }

  init(_ program: HardRailsProgram) {
    detections = program.detectors.compactMap { own in
      Detector.all.first { $0.name == own.name }.map {
        Detection(detector: $0, warnAt: own.warnAt, blockAt: own.blockAt)
      }
    }
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    let text: [UInt8]
    switch event.action {
    case .fileWrite(_, let content): text = content ?? []
    case .patch(_, let content): text = content
    case .command(let program, let arguments, _): text = Array(([program] + arguments).joined(separator: " ").utf8)
    case .tool(let call):
      var bytes: [UInt8] = []
      ToolText.append(call.arguments.value, to: &bytes)
      text = bytes
    case .custom(_, let data):
      guard let said = PromptPayload.text(data) else { return nil }
      text = Array(said.utf8)
    case .fileRead, .egress, .secret: return nil
    }
    return judge(VisibleText.withoutInvisible(text) ?? text)
  }

  private func judge(_ text: [UInt8]) -> GuardResult {
    var blocking: [JSONValue] = []
    var warning: [JSONValue] = []
    var names: [String] = []
    for (index, detection) in detections.enumerated() where detection.warnAt > 0 || detection.blockAt > 0 {
      let count = count(detection, index, text)
      guard count > 0 else { continue }
      let isBlocking = detection.blockAt > 0 && count >= detection.blockAt
      guard isBlocking || (detection.warnAt > 0 && count >= detection.warnAt) else { continue }
      let entry: JSONValue = ["count": JSONValue(count), "detector": .string(detection.detector.name)]
      if isBlocking { blocking.append(entry) } else { warning.append(entry) }
      names.append("\(detection.detector.name) (\(count))")
    }
    if names.isEmpty { return .allow(Self.name) }
    let details: JSONValue = ["detections": .array(blocking + warning)]
    let message = "Hard rails: \(names.joined(separator: ", "))"
    return blocking.isEmpty ? .warn(Self.name, message, details) : .deny(Self.name, .critical, message, details)
  }

  private func count(_ detection: Detection, _ index: Int, _ text: [UInt8]) -> Int {
    switch detection.detector.method {
    case .expressions(let patterns, let check):
      // A detector that can't look finds everything.
      guard let scanner = scanners[index] else { return .max }
      var count = 0
      for pattern in patterns.indices {
        let matches = text.withUnsafeBufferPointer { scanner.matches(of: pattern, $0) }
        count += matches.filter { DetectorCheck.passes(check, Array(text[$0.range])) }.count
      }
      return count
    case .vocabulary(let lists): return Vocabulary.count(lists, in: text)
    }
  }
}

/// What a match of a detector must pass besides.
enum DetectorCheck {
  static func passes(_ check: Detector.Check, _ match: [UInt8]) -> Bool {
    switch check {
    case .none: true
    case .luhn: Luhn.isValid(match, digits: 13...19)
    case .iban: IBAN.isValid(match)
    case .socialSecurity: SocialSecurity.isValid(match)
    case .phone: 9...15 ~= match.filter { 0x30...0x39 ~= $0 }.count
    }
  }
}

/// Bank accounts (ISO 13616), by their checksum (ISO 7064, remainder by 97).
enum IBAN {
  static func isValid(_ text: [UInt8]) -> Bool {
    let letters = text.filter { $0 != 0x20 }
    guard 15...34 ~= letters.count else { return false }
    var remainder = 0
    for byte in letters[4...] + letters[..<4] {
      switch byte {
      case 0x30...0x39: remainder = (remainder * 10 + Int(byte & 15)) % 97
      case 0x41...0x5A: remainder = (remainder * 100 + Int(byte - 0x41 + 10)) % 97
      default: return false
      }
    }
    return remainder == 1
  }
}

/// Social security numbers of the United States: no area 000, 666 or 9xx, no group 00, no serial 0000.
enum SocialSecurity {
  static func isValid(_ text: [UInt8]) -> Bool {
    let parts = text.split(separator: 0x2D).map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 3 else { return false }
    return parts[0] != "000" && parts[0] != "666" && parts[0].first != "9" && parts[1] != "00" && parts[2] != "0000"
  }
}

/// Sentences that have a word of each of several lists.
enum Vocabulary {
  static func count(_ lists: [[String]], in text: [UInt8]) -> Int {
    let sets = lists.map { Set($0.map { Array($0.utf8) }) }
    var count = 0
    var seen = [Bool](repeating: false, count: sets.count)
    var word: [UInt8] = []
    func endWord() {
      if !word.isEmpty { for index in sets.indices where !seen[index] { seen[index] = sets[index].contains(word) } }
      word.removeAll(keepingCapacity: true)
    }
    func endSentence() {
      endWord()
      if !seen.contains(false) { count += 1 }
      for index in seen.indices { seen[index] = false }
    }
    for byte in text {
      switch byte {
      case 0x61...0x7A: word.append(byte)
      case 0x41...0x5A: word.append(byte | 0x20)
      case 0x2E, 0x21, 0x3F, 0x0A: endSentence()
      default: endWord()
      }
    }
    endSentence()
    return count
  }
}
