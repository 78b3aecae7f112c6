/// A detector of the guard `hard_rails`: what it looks for, and from how many findings on it speaks.
package struct Detector: Sendable {
  /// `group.name`
  package let name: String
  /// What it looks for.
  package let summary: String
  /// From how many findings on it warns; 0: never.
  package let warnAt: Int
  /// From how many findings on it blocks; 0: never.
  package let blockAt: Int
  /// How it finds.
  package let method: Method

  /// How a detector finds.
  package enum Method: Sendable {
    /// By expressions, and what a match must pass besides.
    case expressions([String], check: Check)
    /// By sentences that have a word of each list, near each other.
    case vocabulary([[String]])
  }

  /// What a match must pass besides.
  package enum Check: Sendable {
    case none
    /// The Luhn check digit (ISO/IEC 7812-1).
    case luhn
    /// The remainder by 97 (ISO 7064).
    case iban
    /// Plausible area, group and serial numbers.
    case socialSecurity
    /// At least nine digits.
    case phone
  }

  /// All detectors.
  package static let all: [Detector] = [
    Detector(
      name: "pii.mail", summary: "mail addresses", warnAt: 1, blockAt: 10,
      method: .expressions(
        [#"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}\b"#], check: .none)),
    Detector(
      name: "pii.phone", summary: "telephone numbers in international form", warnAt: 1, blockAt: 10,
      method: .expressions([#"(?-u)\+[1-9][0-9 ()./-]{7,20}[0-9]\b"#], check: .phone)),
    Detector(
      name: "pii.card", summary: "payment card numbers with a right check digit", warnAt: 0, blockAt: 1,
      method: .expressions([#"(?-u)\b[2-6][0-9]{3}([ -]?[0-9]{2,6}){2,4}\b"#], check: .luhn)),
    Detector(
      name: "pii.iban", summary: "bank accounts with a right checksum", warnAt: 0, blockAt: 1,
      method: .expressions([#"(?-u)\b[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?\b"#], check: .iban)),
    Detector(
      name: "pii.us_ssn", summary: "social security numbers of the United States", warnAt: 0, blockAt: 1,
      method: .expressions([#"(?-u)\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"#], check: .socialSecurity)),
    Detector(
      name: "pii.uk_nino", summary: "national insurance numbers of the United Kingdom", warnAt: 0, blockAt: 1,
      method: .expressions(
        [#"(?-u)\b[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b"#], check: .none)),
    Detector(
      name: "financial.advice", summary: "advice to buy, sell or hold investments", warnAt: 1, blockAt: 2,
      method: .vocabulary([
        ["buy", "sell", "short", "hold", "invest", "allocate"],
        [
          "stock", "stocks", "share", "shares", "bond", "bonds", "etf", "option", "options", "crypto", "bitcoin",
          "fund", "funds",
        ],
        ["should", "recommend", "guaranteed", "guarantee", "advise", "must", "certain"],
      ])),
    Detector(
      name: "legal.exposure", summary: "admissions and promises that bind", warnAt: 1, blockAt: 2,
      method: .vocabulary([
        ["we", "our", "company"],
        [
          "liable", "liability", "negligent", "negligence", "fault", "guarantee", "warrant", "indemnify", "breach",
          "breached",
        ],
        ["admit", "accept", "acknowledge", "promise", "are", "was", "were", "will", "agree"],
      ])),
  ]
}
