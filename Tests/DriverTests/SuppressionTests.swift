import Diagnostics
import Driver
import Source
import Testing

@Suite("Comments that ignore findings")
struct SuppressionTests {
  private func rules(_ text: String) -> [String] { rules(Array(text.utf8)).map(\.rule.name) }

  private func rules(_ bytes: [UInt8]) -> [Diagnostic] {
    var bag = DiagnosticBag()
    _ = CheckedClawfile.check(SourceFile(path: "Dockerfile", bytes: bytes), into: &bag)
    return bag.sorted()
  }

  @Test(
    "What ignores what",
    arguments: [
      ("# claw:ignore clawfile/shell-form — why\nCMD a", []), ("# claw:ignore DL3025\nCMD a", []),
      ("# claw:ignore JSONArgsRecommended, DL4000\nCMD a", []), ("# hadolint ignore=DL3025\nCMD a", []),
      ("# check=skip=JSONArgsRecommended\nCMD a", []), ("# check=skip=all\nCMD a", []),
      ("# claw:ignore clawfile/shell-form\n\nCMD a", ["clawfile/shell-form"]),
      ("# claw:ignore clawfile/arity\nCMD a", ["clawfile/shell-form"]),
      ("# claw:ignore clawfile/nope\nCMD a", ["claw/unknown-ignored-rule", "clawfile/shell-form"]),
      ("# claw:ignore clawfile/arity\nCOPY a", ["clawfile/arity"]),
      ("# claw:ignore clawfile/shell-form - clawfile/nope is a reason\nCMD a", []),
    ])
  func ignores(text: String, expected: [String]) { #expect(rules("FROM a\n" + text + "\n") == expected) }

  @Test("A name that is no UTF-8 is reported where it stands, and no byte further")
  func invalidUTF8() throws {
    let bytes = Array("FROM a\n# claw:ignore a".utf8) + [0xFF, 0xFE, 0xFF] + Array("b\nUSER x\n".utf8)
    let found = try #require(rules(bytes).first)
    #expect(found.rule.name == "claw/unknown-ignored-rule")
    #expect(found.location.range == SourceRange(21, 26))
  }
}
