import Diagnostics
import Lowering
import Testing

@Suite("Compose rules")
struct ComposeRulesTests {
  @Test("Names are unique, and every rule explains itself")
  func names() {
    let names = ComposeRules.all.map(\.name)
    #expect(Set(names).count == names.count)
    for rule in ComposeRules.all {
      #expect(rule.name.hasPrefix("pod/"))
      #expect(!rule.summary.hasSuffix(".") && rule.explanation.hasSuffix("."))
    }
  }

  @Test("The bad example breaks its rule and nothing else, the good one breaks none", arguments: ComposeRules.all)
  func examples(rule: Rule) {
    guard let bad = rule.bad, let good = rule.good else {
      #expect(rule.bad == nil && rule.good == nil)
      return
    }
    let found = ComposeFixture.load(bad).bag.diagnostics.map(\.rule.name)
    #expect(Set(found) == [rule.name])
    #expect(ComposeFixture.load(good).bag.isEmpty)
  }
}
