import Testing

@testable import Cllama

struct MoneyTests {
  @Test(arguments: ["0", "1", "1.5", "0.000000001", "999999999.999999999"])
  func keepsAmounts(_ text: String) { #expect(Money(text)?.description == text) }

  @Test(arguments: ["", ".", "1.", ".5", "-1", "1e3", "1.0000000001", "1000000000", "1,5", " 1"])
  func refusesOtherTexts(_ text: String) { #expect(Money(text) == nil) }

  @Test func roundsUp() {
    #expect(Money("0.000001")?.forTokens(1) == Money(nanodollars: 1))
    #expect(Money("3")?.forTokens(1_000_000) == Money("3"))
    #expect(Money(nanodollars: .max).forTokens(2_000_000) == Money(nanodollars: .max))
  }
}
