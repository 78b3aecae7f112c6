/// The character classes that expressions name.
package enum CharacterClasses {
  /// `\d`: decimal digits of any script.
  package static let digit = table(UnicodeTables.digit)
  /// `\w`: word characters of any script.
  package static let word = table(UnicodeTables.word)
  /// `\s`: Unicode's white space.
  package static let space = ScalarSet([
    .init(9, 13), .init(32, 32), .init(0x85, 0x85), .init(0xA0, 0xA0), .init(0x1680, 0x1680), .init(0x2000, 0x200A),
    .init(0x2028, 0x2029), .init(0x202F, 0x202F), .init(0x205F, 0x205F), .init(0x3000, 0x3000),
  ])
  /// `\d` without Unicode.
  package static let asciiDigit = ScalarSet("0"..."9")
  /// `\w` without Unicode.
  package static let asciiWord = ScalarSet([.init(0x30, 0x39), .init(0x41, 0x5A), .init(0x5F, 0x5F), .init(0x61, 0x7A)])
  /// `\s` without Unicode.
  package static let asciiSpace = ScalarSet([.init(9, 13), .init(32, 32)])

  /// A class of POSIX by its name: `alpha` in `[[:alpha:]]`; nil if there is none of that name.
  package static func posix(_ name: String) -> ScalarSet? {
    switch name {
    case "alnum": ScalarSet([.init(0x30, 0x39), .init(0x41, 0x5A), .init(0x61, 0x7A)])
    case "alpha": ScalarSet([.init(0x41, 0x5A), .init(0x61, 0x7A)])
    case "ascii": ScalarSet([.init(0, 0x7F)])
    case "blank": ScalarSet([.init(9, 9), .init(32, 32)])
    case "cntrl": ScalarSet([.init(0, 31), .init(127, 127)])
    case "digit": asciiDigit
    case "graph": ScalarSet([.init(33, 126)])
    case "lower": ScalarSet([.init(0x61, 0x7A)])
    case "print": ScalarSet([.init(32, 126)])
    case "punct": ScalarSet([.init(33, 47), .init(58, 64), .init(91, 96), .init(123, 126)])
    case "space": asciiSpace
    case "upper": ScalarSet([.init(0x41, 0x5A)])
    case "word": asciiWord
    case "xdigit": ScalarSet([.init(0x30, 0x39), .init(0x41, 0x46), .init(0x61, 0x66)])
    default: nil
    }
  }

  /// A class of Unicode by its name: a general category (`L`, `Lu`, `Letter`) or a property (`Alphabetic`); nil if there is
  /// none of that name here. Scripts are not here: the standard library does not know them.
  package static func unicode(_ name: String) -> ScalarSet? {
    let name = String(
      decoding: name.utf8.filter { $0 != 0x5F && $0 != 0x20 && $0 != 0x2D }.map(lowercased), as: UTF8.self)
    switch name {
    case "any": return .all
    case "ascii": return ScalarSet([.init(0, 0x7F)])
    case "nd", "decimalnumber": return digit
    case "whitespace": return space
    case "alphabetic", "alpha": return alphabetic
    case "lowercase", "lower": return lowercase
    case "uppercase", "upper": return uppercase
    default:
      guard let categories = UnicodeCategory.categories[name] else { return nil }
      return ScalarSet(categories.flatMap { byCategory[$0] ?? [] })
    }
  }

  // Each goes through all scalars, which takes milliseconds: once is enough.
  private static let alphabetic = collect { $0.properties.isAlphabetic }
  private static let lowercase = collect { $0.properties.isLowercase }
  private static let uppercase = collect { $0.properties.isUppercase }
  private static let byCategory: [Unicode.GeneralCategory: [ScalarSet.Range]] = {
    var result: [Unicode.GeneralCategory: [ScalarSet.Range]] = [:]
    var start: ScalarOrdinal = 0
    var current = ScalarSet.scalar(0).properties.generalCategory
    for ordinal in 1...ScalarSet.lastOrdinal {
      let category = ScalarSet.scalar(ordinal).properties.generalCategory
      if category == current { continue }
      result[current, default: []].append(.init(start, ordinal - 1))
      (start, current) = (ordinal, category)
    }
    result[current, default: []].append(.init(start, ScalarSet.lastOrdinal))
    return result
  }()

  private static func lowercased(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }

  private static func collect(_ isIncluded: (Unicode.Scalar) -> Bool) -> ScalarSet {
    var ranges: [ScalarSet.Range] = []
    for ordinal in 0...ScalarSet.lastOrdinal where isIncluded(ScalarSet.scalar(ordinal)) {
      if let last = ranges.last, last.upper + 1 == ordinal {
        ranges[ranges.count - 1].upper = ordinal
      } else {
        ranges.append(.init(ordinal, ordinal))
      }
    }
    return ScalarSet(ranges)
  }

  /// Reads a table of `UnicodeTables`.
  private static func table(_ text: StaticString) -> ScalarSet {
    var ranges: [ScalarSet.Range] = []
    var position: ScalarOrdinal = 0
    var lower: ScalarOrdinal?
    var number: ScalarOrdinal = 0
    func finish() {
      if let start = lower {
        position = start + number
        ranges.append(.init(start, position))
      } else {
        position += number
        ranges.append(.init(position, position))
      }
      lower = nil
      number = 0
    }
    text.withUTF8Buffer { bytes in
      for byte in bytes {
        switch byte {
        case 0x2B:
          lower = position + number
          number = 0
        case 0x20: finish()
        default: number = number * 10 + ScalarOrdinal(byte & 15)
        }
      }
      finish()
    }
    return ScalarSet(ranges)
  }
}

/// The general categories of Unicode by the names that expressions use.
private enum UnicodeCategory {
  static let categories: [String: Set<Unicode.GeneralCategory>] = {
    let single: [(String, String, Unicode.GeneralCategory)] = [
      ("lu", "uppercaseletter", .uppercaseLetter), ("ll", "lowercaseletter", .lowercaseLetter),
      ("lt", "titlecaseletter", .titlecaseLetter), ("lm", "modifierletter", .modifierLetter),
      ("lo", "otherletter", .otherLetter), ("mn", "nonspacingmark", .nonspacingMark),
      ("mc", "spacingmark", .spacingMark), ("me", "enclosingmark", .enclosingMark),
      ("nl", "letternumber", .letterNumber), ("no", "othernumber", .otherNumber),
      ("pc", "connectorpunctuation", .connectorPunctuation), ("pd", "dashpunctuation", .dashPunctuation),
      ("ps", "openpunctuation", .openPunctuation), ("pe", "closepunctuation", .closePunctuation),
      ("pi", "initialpunctuation", .initialPunctuation), ("pf", "finalpunctuation", .finalPunctuation),
      ("po", "otherpunctuation", .otherPunctuation), ("sm", "mathsymbol", .mathSymbol),
      ("sc", "currencysymbol", .currencySymbol), ("sk", "modifiersymbol", .modifierSymbol),
      ("so", "othersymbol", .otherSymbol), ("zs", "spaceseparator", .spaceSeparator),
      ("zl", "lineseparator", .lineSeparator), ("zp", "paragraphseparator", .paragraphSeparator),
      ("cc", "control", .control), ("cf", "format", .format), ("co", "privateuse", .privateUse),
      ("cn", "unassigned", .unassigned),
    ]
    var result: [String: Set<Unicode.GeneralCategory>] = [:]
    for (short, long, category) in single {
      result[short] = [category]
      result[long] = [category]
    }
    let groups: [(String, String, [String])] = [
      ("l", "letter", ["lu", "ll", "lt", "lm", "lo"]), ("m", "mark", ["mn", "mc", "me"]),
      ("p", "punctuation", ["pc", "pd", "ps", "pe", "pi", "pf", "po"]), ("s", "symbol", ["sm", "sc", "sk", "so"]),
      ("z", "separator", ["zs", "zl", "zp"]), ("c", "other", ["cc", "cf", "co", "cn"]),
    ]
    for (short, long, members) in groups {
      let all = members.reduce(into: Set()) { $0.formUnion(result[$1] ?? []) }
      result[short] = all
      result[long] = all
    }
    result["n"] = [.decimalNumber, .letterNumber, .otherNumber]
    result["number"] = result["n"]
    return result
  }()
}
