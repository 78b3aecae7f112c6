import Source

/// What one look at the machine showed.
package struct DoctorCheck: Sendable, Equatable {
  /// How it went.
  package enum Verdict: String, Sendable {
    /// As it should be.
    case ok
    /// Works, but is worth knowing.
    case warning
    /// Something will not work.
    case failed
  }

  /// A short name, stable.
  package var name: String
  /// How it went.
  package var verdict: Verdict
  /// What was seen.
  package var detail: String
  /// What to do about it.
  package var fix: String?

  static func ok(_ name: String, _ detail: String) -> DoctorCheck {
    DoctorCheck(name: name, verdict: .ok, detail: detail)
  }

  static func warning(_ name: String, _ detail: String, fix: String) -> DoctorCheck {
    DoctorCheck(name: name, verdict: .warning, detail: detail, fix: fix)
  }

  static func failed(_ name: String, _ detail: String, fix: String) -> DoctorCheck {
    DoctorCheck(name: name, verdict: .failed, detail: detail, fix: fix)
  }
}

/// A version as far as it decides anything: `26.1.5+dfsg1` is 26, 1, 5; `v0.13.1` is 0, 13, 1.
package struct DottedVersion: Comparable, Sendable {
  /// The numbers.
  package var parts: [Int]

  /// Reads the numbers in front; nil if there is none.
  package init?(_ text: String) {
    parts = []
    var rest = Substring(text.trimmed)
    if rest.first == "v" { rest.removeFirst() }
    while true {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits) else { break }
      parts.append(number)
      rest = rest.dropFirst(digits.count)
      guard rest.first == "." else { break }
      rest.removeFirst()
    }
    if parts.isEmpty { return nil }
  }

  /// By numbers, missing ones being zero.
  package static func < (left: DottedVersion, right: DottedVersion) -> Bool {
    for index in 0..<max(left.parts.count, right.parts.count) {
      let (one, other) = (left.part(index), right.part(index))
      if one != other { return one < other }
    }
    return false
  }

  private func part(_ index: Int) -> Int { index < parts.count ? parts[index] : 0 }
}
