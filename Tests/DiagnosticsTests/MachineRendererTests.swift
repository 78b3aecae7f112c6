import Diagnostics
import JSON
import Source
import Testing

@Suite("Findings for programs")
struct MachineRendererTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8), strict: true) }

  @Test("The JSON document")
  func json() throws {
    let document = try parse(JSONRenderer.render(Sample.bag.sorted()))
    #expect(document["schema"]?.integer == 1)
    let error = try #require(document["diagnostics"]?.array?[1])
    #expect(error["rule"]?.string == "clawfile/sample")
    #expect(error["aliases"] == ["SampleRule", "DL0000"])
    #expect(error["severity"]?.string == "error")
    #expect(error["file"]?.string == "a dir/Clawfile")
    #expect(
      error["range"]
        == [
          "start": ["line": 2, "column": 7, "offset": 22], "end": ["line": 2, "column": 12, "offset": 28],
        ])
    #expect(error["labels"]?.array?[0]["message"]?.string == "first here")
    #expect(error["fixes"]?.array?[0]["safe"]?.bool == false)
    #expect(error["fixes"]?.array?[0]["edits"]?.array?[0]["replacement"]?.string == "over\n")
    #expect(document["diagnostics"]?.array?[0]["help"] == .null)
  }

  @Test("No findings are a document, too")
  func empty() throws {
    #expect(try parse(JSONRenderer.render([])) == ["schema": 1, "diagnostics": []])
    #expect(GitHubRenderer.render([]) == "")
  }

  @Test("GitHub's commands have their special characters escaped")
  func github() {
    #expect(
      GitHubRenderer.render(Sample.bag.sorted()) == """
        ::notice file=a dir/Clawfile,line=1,endLine=1,col=6,endColumn=13,title=clawfile/note::this is the base
        ::error file=a dir/Clawfile,line=2,endLine=2,col=7,endColumn=12,title=clawfile/sample::\
        'ünder' is wrong, 100%25%0Ahelp: write 'over'
        ::warning file=a dir/Clawfile,line=3,endLine=3,col=1,endColumn=5,title=clawfile/hint::this is last

        """)
    let file = SourceFile(path: "a,b:c%\nd", text: "x")
    var bag = DiagnosticBag()
    bag.report(Sample.rule, at: Location(file, file.range), "two\r\nlines")
    let line = GitHubRenderer.render(bag.sorted())
    #expect(line.hasPrefix("::error file=a%2Cb%3Ac%25%0Ad,"))
    #expect(line.hasSuffix("::two%0D%0Alines\n"))
  }

  /// What the OASIS schema requires and GitHub asks for, structure by structure.
  @Test("SARIF 2.1.0")
  func sarif() throws {
    let document = try parse(SARIFRenderer.render(Sample.bag.sorted(), version: "1.2.3"))
    #expect(document["version"]?.string == "2.1.0")
    #expect(document["$schema"]?.string?.hasSuffix("sarif-schema-2.1.0.json") == true)
    #expect(document["runs"]?.array?.count == 1)
    let run = try #require(document["runs"]?.array?.first)
    #expect(run["columnKind"]?.string == "utf16CodeUnits")
    let driver = try #require(run["tool"]?["driver"])
    #expect(driver["name"]?.string == "claw")
    #expect(driver["semanticVersion"]?.string == "1.2.3")
    let rules = try #require(driver["rules"]?.array)
    #expect(rules.compactMap { $0["id"]?.string } == ["clawfile/hint", "clawfile/note", "clawfile/sample"])
    for rule in rules {
      for text in ["shortDescription", "fullDescription", "help"] { #expect(rule[text]?["text"]?.string != nil) }
      #expect(["none", "note", "warning", "error"].contains(rule["defaultConfiguration"]?["level"]?.string))
    }
    let results = try #require(run["results"]?.array)
    #expect(results.count == 3)
    for result in results {
      let index = try #require(result["ruleIndex"]?.integer)
      #expect(rules[index]["id"] == result["ruleId"])
      #expect(result["message"]?["text"]?.string?.isEmpty == false)
      #expect(result["partialFingerprints"]?["primaryLocationLineHash"]?.string?.hasSuffix(":1") == true)
      let place = try #require(result["locations"]?.array?.first?["physicalLocation"])
      #expect(place["artifactLocation"]?["uri"]?.string == "a%20dir/Clawfile")
      let region = try #require(place["region"])
      for name in ["startLine", "startColumn", "endLine", "endColumn"] {
        #expect((region[name]?.integer ?? 0) >= 1)
      }
    }
    // Columns count UTF-16 units there: the thumb takes two.
    #expect(results[1]["locations"]?.array?[0]["physicalLocation"]?["region"]?["startColumn"]?.integer == 8)
    #expect(results[1]["relatedLocations"]?.array?[0]["id"]?.integer == 1)
    let change = try #require(results[1]["fixes"]?.array?[0]["artifactChanges"]?.array?[0])
    #expect(change["replacements"]?.array?[0]["insertedContent"]?["text"]?.string == "over\n")
  }

  @Test("A finding keeps its fingerprint when lines move, and another line has another")
  func fingerprint() throws {
    func fingerprint(_ text: String, _ offset: Int) throws -> String? {
      let file = SourceFile(path: "a", text: text)
      var bag = DiagnosticBag()
      bag.report(Sample.rule, at: Location(file, SourceRange(at: offset)), "m")
      let document = try parse(SARIFRenderer.render(bag.sorted(), version: "1"))
      return document["runs"]?.array?[0]["results"]?.array?[0]["partialFingerprints"]?["primaryLocationLineHash"]?
        .string
    }
    #expect(try fingerprint("RUN x\n", 0) == fingerprint("\n\n  RUN x\n", 4))
    #expect(try fingerprint("RUN x\n", 0) != fingerprint("RUN y\n", 0))
  }
}

@Suite("The bag")
struct DiagnosticBagTests {
  @Test("Findings are sorted by file, place and rule, and otherwise keep their order")
  func order() {
    let (a, b) = (SourceFile(path: "a", text: "xy"), SourceFile(path: "b", text: "xy"))
    var bag = DiagnosticBag()
    bag.report(Sample.rule, at: Location(a, SourceRange(0, 1)), "4")
    bag.report(Sample.hint, at: Location(a, SourceRange(0, 1)), "3")
    bag.report(Sample.rule, at: Location(b, SourceRange(0, 1)), "1")
    bag.report(Sample.rule, at: Location(a, SourceRange(0, 1)), "5")
    bag.report(Sample.rule, at: Location(b, SourceRange(1, 1)), "2")
    #expect(bag.sorted(files: [b, a]).map(\.message) == ["1", "2", "3", "4", "5"])
    #expect(bag.sorted().map(\.message) == ["3", "4", "5", "1", "2"])
    #expect(bag.hasErrors)
    bag.filter { $0.severity != .error }
    #expect(!bag.hasErrors && !bag.isEmpty)
  }

  @Test("Severities order by badness")
  func severities() { #expect(Severity.info < Severity.warning && Severity.warning < Severity.error) }
}
