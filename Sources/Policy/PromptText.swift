import Automata
import Canonical
import Guards
import JSON

/// A text as detectors of prompts look at it (reference section 1.6): normalized, in small letters, without characters that
/// show nothing, white space as single spaces.
struct PromptText {
  /// The text.
  private(set) var text: [UInt8] = []
  private(set) var scannedCount: Int
  private(set) var isTruncated: Bool
  private(set) var isNormalized = false
  private(set) var isLowered = false
  private(set) var strippedCount = 0
  private(set) var isCollapsed = false
  /// Whether the text is ASCII alone.
  private(set) var isASCII = true

  /// The scalars of the text.
  var scalars: [Unicode.Scalar] {
    isASCII ? text.map { Unicode.Scalar($0) } : Array(String(decoding: text, as: UTF8.self).unicodeScalars)
  }

  /// - Parameter limit: how many bytes of the text are looked at; cut between characters.
  init(_ original: String, limit: Int) {
    isTruncated = original.utf8.count > limit
    scannedCount = original.utf8.count
    var plain = original
    if isTruncated {
      var end = original.utf8.index(original.utf8.startIndex, offsetBy: limit)
      while end > original.startIndex, end.samePosition(in: original.unicodeScalars) == nil {
        end = original.utf8.index(before: end)
      }
      plain = String(original.unicodeScalars[..<end])
      scannedCount = original.utf8.distance(from: original.utf8.startIndex, to: end)
      isTruncated = end < original.endIndex
    }
    let isPlain = plain.withUTF8 { readASCII($0) }
    if !isPlain {
      text.reserveCapacity(scannedCount)
      read(plain.unicodeScalars[...])
    }
  }

  /// Reads text that is ASCII alone, which most is; false and nothing read if it is not.
  private mutating func readASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard UTF8Check.isASCII(UnsafeRawBufferPointer(bytes)) else { return false }
    var hasSpace = false
    var (isCollapsed, isLowered) = (false, false)
    text = [UInt8](unsafeUninitializedCapacity: bytes.count) { text, count in
      for byte in bytes {
        if byte == 0x20 || 0x09...0x0D ~= byte {
          // A single space between words stays what it is.
          if byte != 0x20 || hasSpace || count == 0 { isCollapsed = true }
          hasSpace = true
          continue
        }
        if hasSpace, count > 0 {
          text[count] = 0x20
          count += 1
        }
        hasSpace = false
        let isCapital = 0x41...0x5A ~= byte
        if isCapital { isLowered = true }
        text[count] = isCapital ? byte | 0x20 : byte
        count += 1
      }
    }
    self.isCollapsed = isCollapsed || hasSpace
    self.isLowered = isLowered
    return true
  }

  private mutating func read(_ source: Substring.UnicodeScalarView) {
    let normal = Normalization.nfkc(source)
    isNormalized = !normal.elementsEqual(source)
    var lowered: [Unicode.Scalar] = []
    lowered.reserveCapacity(normal.count)
    for scalar in normal {
      if scalar.value < 0x80 {
        lowered.append("A"..."Z" ~= scalar ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
      } else {
        lowered += scalar.properties.lowercaseMapping.unicodeScalars
      }
    }
    isLowered = lowered != normal
    let stripped = lowered.filter { !Self.formatting.contains($0.value) }
    strippedCount = lowered.count - stripped.count
    var collapsed: [Unicode.Scalar] = []
    collapsed.reserveCapacity(stripped.count)
    var hasSpace = false
    for scalar in stripped {
      if scalar.isSpace {
        hasSpace = true
      } else {
        if hasSpace, !collapsed.isEmpty { collapsed.append(" ") }
        hasSpace = false
        collapsed.append(scalar)
      }
    }
    isCollapsed = collapsed != stripped
    for scalar in collapsed {
      if scalar.value < 0x80 {
        text.append(UInt8(scalar.value))
      } else {
        isASCII = false
        text += String(Character(scalar)).utf8
      }
    }
  }

  private static let formatting: Set<UInt32> = [
    0xAD, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066,
    0x2067,
    0x2068, 0x2069, 0xFEFF,
  ]

  /// What was done to the text, as reports say it.
  var canonicalization: JSONValue {
    [
      "canonical_bytes": JSONValue(text.count), "casefold_changed": .bool(isLowered),
      "nfkc_changed": .bool(isNormalized),
      "scanned_bytes": JSONValue(scannedCount), "truncated": .bool(isTruncated),
      "whitespace_collapsed": .bool(isCollapsed), "zero_width_stripped": JSONValue(strippedCount),
    ]
  }
}

extension Unicode.Scalar {
  /// Whether it is white space.
  var isSpace: Bool { value < 0x80 ? value == 0x20 || 0x09...0x0D ~= value : properties.isWhitespace }
}

/// Finds signs in texts.
final class SignalFinder {
  private let signals: [PromptSignal]
  private lazy var scanner: PatternScanner? = try? PatternScanner(signals.map(Self.expression))

  init(_ signals: [PromptSignal]) { self.signals = signals }

  /// Which signs are there; all of them if they can't be looked for.
  func find(_ text: [UInt8]) -> PatternHits {
    guard let scanner else { return .all(signals.count) }
    return text.withUnsafeBufferPointer { scanner.matching($0) }
  }

  private static func expression(_ signal: PromptSignal) -> RegexNode {
    .choice(
      signal.forms.map { form in
        let words = form.words.map { list -> RegexNode in
          .sequence([
            .assertion(.wordBoundary(unicode: true)), .choice(list.map(RegexNode.literal)),
            .assertion(.wordBoundary(unicode: true)),
          ])
        }
        let gap = RegexNode.repetition(.set(.all), min: 0, max: form.distance, isGreedy: true)
        return .sequence(words.enumerated().flatMap { $0.offset == 0 ? [$0.element] : [gap, $0.element] })
      })
  }
}

/// What hosts give detectors of prompts: a text, or an object with one.
enum PromptPayload {
  /// The text; nil if there is none.
  static func text(_ data: LazyJSON) -> String? { data.string("text") ?? data.value.string }
}
