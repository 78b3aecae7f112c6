/// An amount of US dollars, exact to a billionth.
package struct Money: Sendable, Equatable, Comparable, CustomStringConvertible {
  /// Billionths of a dollar.
  package var nanodollars: Int

  package init(nanodollars: Int) { self.nanodollars = nanodollars }

  package static let zero = Money(nanodollars: 0)

  /// Reads `12.5`; nil for anything but digits with at most nine behind the point, or more than a billion.
  package init?(_ text: String) {
    let parts = text.utf8.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, whole.count <= 9, text.utf8.last != 0x2E else { return nil }
    let fraction = parts.count == 2 ? parts[1] : text.utf8[text.utf8.endIndex...]
    guard fraction.count <= 9, whole.allSatisfy({ 0x30...0x39 ~= $0 }), fraction.allSatisfy({ 0x30...0x39 ~= $0 })
    else { return nil }
    var value = 0
    for byte in whole { value = value * 10 + Int(byte & 15) }
    for byte in fraction { value = value * 10 + Int(byte & 15) }
    for _ in fraction.count..<9 { value *= 10 }
    nanodollars = value
  }

  package static func < (left: Money, right: Money) -> Bool { left.nanodollars < right.nanodollars }
  package static func + (left: Money, right: Money) -> Money {
    let (sum, isTooMuch) = left.nanodollars.addingReportingOverflow(right.nanodollars)
    return Money(nanodollars: isTooMuch ? .max : sum)
  }

  /// What so many tokens cost at this price a million of them, rounded up: a budget must not be cheated by fractions.
  package func forTokens(_ count: Int) -> Money {
    let (product, isTooMuch) = nanodollars.multipliedReportingOverflow(by: max(0, count))
    if isTooMuch { return Money(nanodollars: .max) }
    return Money(nanodollars: product / 1_000_000 + (product % 1_000_000 == 0 ? 0 : 1))
  }

  /// `0.00125`, with no zeros at the end.
  package var description: String {
    let whole = String(nanodollars / 1_000_000_000)
    var fraction = nanodollars % 1_000_000_000
    if fraction == 0 { return whole }
    var width = 9
    while fraction % 10 == 0 {
      fraction /= 10
      width -= 1
    }
    let digits = String(fraction)
    return "\(whole).\(String(repeating: "0", count: width - digits.utf8.count))\(digits)"
  }
}
