extension RegexParser {
  /// An escape outside a class.
  mutating func escape() throws(RegexFailure) -> RegexNode {
    let start = position
    let unicode = flags.isUnicode
    switch peek(1) {
    case "A": return assertion(.textStart)
    case "z": return assertion(.textEnd)
    case "B": return assertion(.noWordBoundary(unicode: unicode))
    case "<": return assertion(.wordStart(unicode: unicode))
    case ">": return assertion(.wordEnd(unicode: unicode))
    case "b":
      position += 2
      if take(text: "{start}") { return .assertion(.wordStart(unicode: unicode)) }
      if take(text: "{end}") { return .assertion(.wordEnd(unicode: unicode)) }
      if current == "{" { throw failure("'\\b{…}' takes 'start' or 'end'", at: start, to: position + 1) }
      return .assertion(.wordBoundary(unicode: unicode))
    default: return .set(try escapedSet())
    }
  }

  private mutating func assertion(_ assertion: RegexAssertion) -> RegexNode {
    position += 2
    return .assertion(assertion)
  }

  /// An escape that stands for a set of scalars, which may be one.
  mutating func escapedSet() throws(RegexFailure) -> ScalarSet {
    let start = position
    position += 1
    guard let scalar = current else { throw failure("a backslash at the end of the pattern", at: start) }
    position += 1
    let unicode = flags.isUnicode
    switch scalar {
    case "d": return unicode ? CharacterClasses.digit : CharacterClasses.asciiDigit
    case "D": return (unicode ? CharacterClasses.digit : CharacterClasses.asciiDigit).complement
    case "w": return unicode ? CharacterClasses.word : CharacterClasses.asciiWord
    case "W": return (unicode ? CharacterClasses.word : CharacterClasses.asciiWord).complement
    case "s": return unicode ? CharacterClasses.space : CharacterClasses.asciiSpace
    case "S": return (unicode ? CharacterClasses.space : CharacterClasses.asciiSpace).complement
    case "p", "P": return try property(isNegated: scalar == "P", from: start)
    default: return folded(ScalarSet(try escapedScalar(scalar, from: start)))
    }
  }

  /// The scalar that an escape stands for; `letter` is what follows the backslash.
  private mutating func escapedScalar(_ letter: Unicode.Scalar, from start: Int) throws(RegexFailure) -> Unicode.Scalar
  {
    switch letter {
    case "a": return "\u{7}"
    case "f": return "\u{C}"
    case "t": return "\t"
    case "n": return "\n"
    case "r": return "\r"
    case "v": return "\u{B}"
    case "x": return try hexadecimal(digits: 2, from: start)
    case "u": return try hexadecimal(digits: 4, from: start)
    case "U": return try hexadecimal(digits: 8, from: start)
    case "0"..."9":
      throw failure("references back are not regular; a digit needs no backslash", at: start, to: position)
    default:
      guard letter.isASCII, !("a"..."z" ~= letter || "A"..."Z" ~= letter), letter.value > 0x20, letter != "<",
        letter != ">"
      else {
        if flags.isVerbose, letter == " " { return " " }
        throw failure("there is no escape '\\\(letter)'", at: start, to: position)
      }
      return letter
    }
  }

  private mutating func hexadecimal(digits: Int, from start: Int) throws(RegexFailure) -> Unicode.Scalar {
    var value: UInt32 = 0
    var count = 0
    let isBraced = take("{")
    while let scalar = current, let digit = Self.hexadecimalDigit(scalar), isBraced ? count < 8 : count < digits {
      value = value << 4 | digit
      count += 1
      position += 1
    }
    if isBraced {
      guard count > 0, take("}") else {
        throw failure("'{' needs hexadecimal digits and a '}'", at: start, to: position)
      }
    } else if count < digits {
      throw failure("\(digits) hexadecimal digits are missing", at: start, to: position)
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw failure("there is no character with that number", at: start, to: position)
    }
    return scalar
  }

  private static func hexadecimalDigit(_ scalar: Unicode.Scalar) -> UInt32? {
    switch scalar {
    case "0"..."9": scalar.value - 0x30
    case "a"..."f": scalar.value - 0x61 + 10
    case "A"..."F": scalar.value - 0x41 + 10
    default: nil
    }
  }

  /// Reads what follows `\p`.
  private mutating func property(isNegated: Bool, from start: Int) throws(RegexFailure) -> ScalarSet {
    var isNegated = isNegated
    var name = ""
    if take("{") {
      if take("^") { isNegated.toggle() }
      while let scalar = current, scalar != "}" {
        name.unicodeScalars.append(scalar)
        position += 1
      }
      guard take("}") else { throw failure("'{' has no '}'", at: start, to: position) }
    } else if let scalar = current {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    if let equal = name.unicodeScalars.firstIndex(of: "=") {
      let key = String(name.unicodeScalars[..<equal])
      guard ["gc", "General_Category", "general_category"].contains(key) else {
        throw failure("the property '\(key)' is not known here", at: start, to: position)
      }
      name = String(name.unicodeScalars[name.unicodeScalars.index(after: equal)...])
    }
    guard let set = CharacterClasses.unicode(name) else {
      throw failure(
        "the class '\(name)' is not known; general categories are, scripts are not", at: start, to: position)
    }
    let result = folded(set)
    return isNegated ? result.complement : result
  }
}
