import Diagnostics
import Lowering
import Source
import Testing

@Suite("Environment files")
struct DotEnvTests {
  private func parse(_ text: String) throws -> [String] {
    try DotEnv.parse(SourceFile(path: ".env", text: text)) { ["HOME": "/h", "A": "env"][$0] }.variables.map {
      "\($0.name)=\($0.value)"
    }
  }

  @Test(
    "Compose's rules",
    arguments: [
      ("A=b\n", ["A=b"]), ("A=\n", ["A="]), ("  A = b \n", ["A=b"]), ("A: b\n", ["A=b"]), ("# c\n\nA=b # d\n", ["A=b"]),
      ("A=b#c\n", ["A=b#c"]), ("export A=b\n", ["A=b"]),
      ("A='b $HOME # c'\n", ["A=b $HOME # c"]), ("A=\"b $HOME\\n# c\"\n", ["A=b /h\n# c"]), ("X=$HOME/x\n", ["X=/h/x"]),
      ("X=1\nY=${X}2\n", ["X=1", "Y=12"]), ("X=${Q:-d}\n", ["X=d"]),
      ("X=\"a\nb\"\nY=c\n", ["X=a\nb", "Y=c"]), ("X='a\\'b'\n", ["X=a'b"]), ("X=\"\\$A\"\n", ["X=$A"]),
      ("A\nZ\n", ["A=env"]), ("A=1\nA=2\n", ["A=2"]), ("\u{FEFF}A=b\r\nC=d\r\n", ["A=b", "C=d"]),
      ("=x\n", ["=x"]), (":x\n = y\n", ["=y"]), ("a.b-c[0]=x\n", ["a.b-c[0]=x"]), ("", []), ("A=b=c\n", ["A=b=c"]),
      ("A=b", ["A=b"]),
    ])
  func parses(text: String, expected: [String]) throws {
    #expect(try parse(text) == expected)
  }

  @Test(
    "What can't be understood has its place",
    arguments: [("A=1\nB C=2\n", 4, 7), ("A=\"x\n", 2, 3), ("A+=1\n", 1, 2), ("A=${\n", 2, 4)])
  func failures(text: String, lower: Int, upper: Int) {
    let failure = #expect(throws: DotEnv.Failure.self) { try parse(text) }
    #expect(failure?.range == SourceRange(lower, upper))
  }

  @Test("A service's environment files are read, with the places of their variables")
  func service() throws {
    let (project, bag) = ComposeFixture.load(
      [
        "pod.yml":
          "services: {a: {image: x, env_file: [e/one.env, {path: none.env, required: false}], environment: [B=2]}}\n",
        "e/one.env": "\nKEY=$HOME\n",
      ], environment: ["HOME": "h"])
    #expect(bag.isEmpty)
    let service = try #require(project.services.first)
    #expect(service.envFileVariables.map(\.name) == ["KEY"])
    #expect(service.envFileVariables.first?.value == "h")
    #expect(service.envFileVariables.first.map { $0.location.file.path } == "e/one.env")
    #expect(project.files.map(\.path) == ["pod.yml", "e/one.env"])
  }
}
