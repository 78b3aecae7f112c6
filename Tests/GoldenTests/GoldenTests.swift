import Driver
import Runtime
import Source
import Testing
import TestSupport

@Suite("Golden cases: an input folder, and every artifact and finding that the compiler makes of it")
struct GoldenTests {
  static let folder = Repository.path("Tests/Golden")

  /// The cases, by their paths below Tests/Golden.
  static let cases = GoldenFolder.cases(below: folder).map { FilePath.relative($0, from: folder) }

  @Test("A case is as it is expected", arguments: cases)
  func isAsExpected(name: String) throws {
    var goldenCase = try GoldenFolder.read(FilePath.join(Self.folder, name))
    let differences = try GoldenRunner.differences(of: goldenCase)
    if Repository.isUpdating { try GoldenFolder.update(goldenCase, differences) }
    goldenCase.path = FilePath.join("Tests/Golden", name)
    for difference in differences {
      Issue.record("\(difference.description(of: goldenCase))\n(CLAW_GOLDEN_UPDATE=1 rewrites it)")
    }
  }

  @Test("Nothing lies in Tests/Golden but cases, each with files of its input and its expectations")
  func nothingElse() throws {
    #expect(!Self.cases.isEmpty)
    for name in Self.cases {
      let goldenCase = try GoldenFolder.read(FilePath.join(Self.folder, name))
      #expect(name.split(separator: "/").count == 2, "\(name): a case lies in Tests/Golden/<language>/")
      #expect(goldenCase.main != nil, "\(name) has nothing to compile")
      let entries = FileSearch.names(in: FilePath.join(Self.folder, name)) ?? []
      #expect(
        Set(entries).isSubset(of: ["input", "expected", "options"]), "\(name) has something else beside its input")
    }
  }
}
