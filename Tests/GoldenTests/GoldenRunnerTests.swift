import Driver
import Source
import Testing

@Suite("The golden runner")
struct GoldenRunnerTests {
  private let bad = Array("FROM scratch\nCLAW_TYPE generic\nMODLE a b\n".utf8)

  @Test("An input without findings or artifacts expects nothing; what is there all the same is left over")
  func leftOver() throws {
    let goldenCase = GoldenCase(
      path: "case", input: ["Clawfile": Array("FROM scratch\n".utf8)], expected: ["old.txt": Array("x\n".utf8)])
    let found = try GoldenRunner.differences(of: goldenCase).first { $0.path == "old.txt" }
    let difference = try #require(found)
    #expect(difference.actual == nil)
    #expect(difference.description(of: goldenCase).hasPrefix("case/expected/old.txt is left over"))
  }

  @Test("Findings are expected in diagnostics.txt, with paths as seen from the input folder")
  func diagnostics() throws {
    var goldenCase = GoldenCase(path: "case", input: ["Clawfile": bad], expected: [:])
    let difference = try #require(try GoldenRunner.differences(of: goldenCase).first { $0.path == "diagnostics.txt" })
    let text = String(decoding: difference.actual ?? [], as: UTF8.self)
    #expect(text.hasPrefix("error[clawfile/unknown-directive]"))
    #expect(text.contains(" --> Clawfile:3:1\n"))
    #expect(text.hasSuffix("\n1 error\n"))
    goldenCase.expected = ["diagnostics.txt": Array(text.utf8)]
    #expect(try GoldenRunner.differences(of: goldenCase).isEmpty)
  }

  @Test("The pod file is compiled before a Clawfile, a Clawfile of the top folder before one below")
  func main() throws {
    let pod = GoldenCase(path: "", input: ["Clawfile": [], "claw-pod.yml": []], expected: [:])
    #expect(pod.main?.path == "claw-pod.yml")
    let below = GoldenCase(path: "", input: ["a/Clawfile": [], "Clawfile.b": []], expected: [:])
    #expect(below.main?.path == "Clawfile.b")
    let none = GoldenCase(path: "", input: ["a.txt": []], expected: [:])
    #expect(throws: GoldenFailure.self) { try GoldenRunner.differences(of: none) }
  }

  @Test("Options are refused where they mean nothing")
  func options() throws {
    let wrong = GoldenCase(path: "", input: ["Clawfile": bad], expected: [:], options: "wroker\n")
    #expect(throws: GoldenFailure.self) { try GoldenRunner.differences(of: wrong) }
    let right = GoldenCase(path: "", input: ["Clawfile": bad], expected: [:], options: "# modes\nworker\nA=b=c\n")
    #expect(try !GoldenRunner.differences(of: right).isEmpty)
  }

  @Test(
    "Differences are shown as diff -u shows them",
    arguments: [
      ("a\n", "a\n", ""),
      ("a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"),
      ("", "a\n", "@@ -1,0 +1,1 @@\n+a\n"),
      ("a\n", "a", "@@ -1,1 +1,1 @@\n-a\n+a\n\\ No newline at end of file\n"),
      ("a\r\n", "a\n", "@@ -1,1 +1,1 @@\n-a\u{240D}\n+a\n"),
      (
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n10\n11\ny\n",
        "@@ -2,11 +2,11 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n 9\n 10\n 11\n-12\n+y\n"
      ),
    ])
  func diff(old: String, new: String, expected: String) {
    let text = UnifiedDiff.text(from: Array(old.utf8), to: Array(new.utf8), names: ("a", "b"))
    #expect(text == (expected.isEmpty ? "" : "--- a\n+++ b\n" + expected))
  }
}
