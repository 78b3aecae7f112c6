import Diagnostics
import Lowering
import Source
import Testing

@Suite("Interpolation")
struct InterpolationTests {
  private let environment = Environment(["A": "a", "B_1": "b", "EMPTY": "", "a": "low"])

  @Test(
    "Compose's meaning",
    arguments: [
      ("", ""), ("x", "x"), ("$A", "a"), ("${A}", "a"), ("$A$B_1", "ab"), ("x$A.y", "xa.y"), ("$$A", "$A"),
      ("$$$A", "$a"), ("$", "$"), ("$1", "$1"), ("a$ b", "a$ b"),
      ("$UNSET", ""), ("${UNSET}", ""), ("${UNSET:-d}", "d"), ("${UNSET-d}", "d"), ("${EMPTY:-d}", "d"),
      ("${EMPTY-d}", ""), ("${A:-d}", "a"), ("${A-d}", "a"),
      ("${A:+r}", "r"), ("${A+r}", "r"), ("${EMPTY:+r}", ""), ("${EMPTY+r}", "r"), ("${UNSET:+r}", ""),
      ("${UNSET+r}", ""), ("${A:?m}", "a"), ("${EMPTY?m}", ""),
      ("${UNSET:-${A}}", "a"), ("${UNSET:-${X:-${A}}}", "a"), ("${UNSET:-$A-$B_1}", "a-b"), ("${UNSET:-}", ""),
      ("${UNSET:-a}${A}", "aa"), ("${UNSET:-a} ${B:-c}", "a c"),
      ("${A} ${B:-c}", "a c"), ("${UNSET:-{}}", "{}"), ("${UNSET:-a}b}", "ab}"), ("${A}\n${UNSET:-x}", "a\nx"),
      ("$a", "low"), ("${UNSET:-$$}", "$"), ("{$A}", "{a}"),
      ("${UNSET:-http://x:80/y?z=1}", "http://x:80/y?z=1"), ("é$A日", "éa日"),
    ])
  func expands(text: String, expected: String) throws {
    #expect(try Interpolation.expand(text, environment).text == expected)
  }

  @Test(
    "Failures have their place",
    arguments: [
      ("a ${", 2, 4), ("${}", 0, 2), ("x${1}", 1, 3), ("${A!}", 0, 3), ("${ A }", 0, 2), ("${A/x/y}", 0, 3),
      ("${UNSET:-x\ny}", 0, 7), ("${A:x}", 0, 3),
    ])
  func malformed(text: String, lower: Int, upper: Int) {
    #expect(throws: Interpolation.Failure(reason: .malformed, range: SourceRange(lower, upper))) {
      try Interpolation.expand(text, environment)
    }
  }

  @Test("A demanded variable without a value fails with the author's words")
  func missing() {
    #expect(throws: Interpolation.Failure(reason: .missing(name: "U", message: "say a"), range: SourceRange(1, 15))) {
      try Interpolation.expand("x${U:?say ${A}} y", environment)
    }
    #expect(throws: Interpolation.Failure(reason: .missing(name: "U", message: ""), range: SourceRange(0, 5))) {
      try Interpolation.expand("${U?}", environment)
    }
  }

  @Test("A branch that is not taken is not looked at")
  func lazy() throws {
    #expect(try Interpolation.expand("${A:-${}", environment).text == "a")
    #expect(try Interpolation.expand("${UNSET:+${}", environment).text == "")
  }

  @Test("Uses are listed with their places")
  func uses() throws {
    let uses = try Interpolation.expand("$A ${UNSET:-$B_1}", environment).uses
    #expect(uses.map(\.name) == ["A", "UNSET", "B_1"])
    #expect(uses.map { [$0.range.lower, $0.range.upper] } == [[0, 2], [3, 17], [12, 16]])
    #expect(uses.map(\.isSet) == [true, false, true])
  }

  @Test("Depth and length are bounded")
  func bounds() throws {
    let deep = String(repeating: "${U:-", count: 5000) + String(repeating: "}", count: 5000)
    #expect(throws: Interpolation.Failure.self) { try Interpolation.expand(deep, environment) }
    let long = String(repeating: "${U:-x}", count: 50_000)
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try Interpolation.expand(long, environment).text.utf8.count == 50_000)
    let time = clock.now - start
    #expect(time < .seconds(5))
  }

  @Test(
    "A failure in a scalar is found in the source, through quotes and lines",
    arguments: [
      ("services: {a: {image: 'x${'}}", "1:25 '${'"), ("services: {a: {image: \"a\\n${ b\"}}", "1:27 '${'"),
      ("services:\n  a:\n    image: x\n      ${B!}\n", "4:7 '${B'"),
      ("services: {a: {image: \"\\x24{\"}}", "1:23 '\"\\x24{\"'"),
      ("services:\n  a:\n    image: |\n      one\n      ${2}\n", "5:7 '${'"),
    ])
  func places(text: String, place: String) {
    #expect(ComposeFixture.findings(ComposeFixture.load(text).bag) == ["pod/invalid-interpolation " + place])
  }

  @Test("An unset variable is a warning at its place")
  func unset() {
    let bag = ComposeFixture.load("services: {a: {image: 'x$TAG ${OK-}'}}\n").bag
    #expect(ComposeFixture.findings(bag, of: .warning) == ["pod/unset-variable 1:25 '$TAG'"])
  }

  @Test("Keys are not expanded, strings are cast where compose casts them")
  func casts() throws {
    let (project, bag) = ComposeFixture.load(
      "services: {a: {image: x, privileged: '${P}', scale: \"${S:-3}\", labels: {'$K': '$K'}}}\n",
      environment: ["P": "yes", "K": "k"])
    #expect(bag.isEmpty)
    let service = try #require(project.services.first)
    #expect(service.privileged != nil)
    #expect(ComposeFixture.dump(service["scale"]) == "3")
    #expect(ComposeFixture.dump(service["labels"]) == "{$K: k}")
    #expect(service["labels"]?["$K"]?.variables.map(\.name) == ["K"])
  }
}
