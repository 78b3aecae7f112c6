import AST
import Diagnostics
import Lowering
import Parser
import Source
import Testing

@Suite("What a build makes of a Clawfile")
struct BuildWalkTests {
  static func walk(_ text: String) -> (model: BuildModel, found: [String]) {
    var bag = DiagnosticBag()
    let file = SourceFile(path: "Clawfile", text: text)
    let tree = ClawfileParser.parse(file, into: &bag)
    let model = BuildWalk.run(tree, into: &bag)
    let found = bag.sorted().map {
      "\(file.position(at: $0.location.range.lower).line) \($0.rule.name.dropFirst("clawfile/".count))"
    }
    return (model, found)
  }

  @Test(
    "What every build refuses, and what a build argument could mend",
    arguments: [
      ("FROM a\nENV A=\"b", ["2 expansion"]), ("FROM a\nENV A='b", ["2 expansion"]), ("FROM a\nRUN \"b", []),
      ("FROM a\nCMD \"b", []), ("FROM a\nMAINTAINER \"b", []),
      ("FROM a\nLABEL a=${x:=y}", ["2 expansion"]), ("FROM a\nENV a=${x:?y}", ["2 expansion"]),
      ("FROM a\nARG x\nENV a=${x:?y}", []), ("FROM a\nCOPY \"a b\" c", ["2 expansion", "2 expansion"]),
      ("FROM A", ["1 base-image"]), ("FROM a:b:c", ["1 base-image"]), ("FROM a@sha256:0", ["1 base-image"]),
      ("FROM scratch", []), ("FROM ${x}", ["1 base-image"]), ("ARG x\nFROM ${x}", []),
      ("ARG x=A\nFROM ${x}", []), ("FROM --platform=a/b/c/d/e x", ["1 platform"]),
      ("FROM --platform=linux/arm64/v8 x", []), ("FROM --platform=$UNSET x", ["1 platform"]),
      ("ARG p\nFROM --platform=$p x", []), ("FROM --platform= x", []),
      ("FROM scratch\nVOLUME $x", ["2 empty-volume"]), ("FROM scratch AS p\nFROM p\nVOLUME /a $x", ["3 empty-volume"]),
      ("FROM scratch\nARG x\nVOLUME $x", []), ("FROM a\nVOLUME $x", []),
      ("FROM scratch\nVOLUME [\"\"]", ["2 empty-volume"]), ("FROM scratch\nVOLUME ${x:-/a}", []),
      ("FROM a\nSTOPSIGNAL NOPE", ["2 stop-signal"]), ("FROM a\nSTOPSIGNAL 9", []), ("FROM a\nSTOPSIGNAL sigterm", []),
      ("FROM a\nSTOPSIGNAL $x", ["2 stop-signal"]), ("FROM a\nARG x\nSTOPSIGNAL $x", []),
      ("FROM a\nEXPOSE x", ["2 port"]), ("FROM a\nEXPOSE 70000", ["2 port"]), ("FROM a\nEXPOSE 80-90/udp 1", []),
      ("FROM a\nEXPOSE 90-80", ["2 port"]), ("FROM a\nEXPOSE 80/icmp", ["2 port"]), ("FROM a\nARG x\nEXPOSE $x", []),
      ("FROM a\nCOPY --chmod=9 a b", ["2 chmod"]), ("FROM a\nCOPY --chmod=u=rwX,go=rX a b", []),
      ("FROM a\nCOPY http://x/y /", ["2 copy-source"]), ("FROM a\nADD --checksum=sha256:x y /", ["2 checksum"]),
      ("FROM a AS x\nCOPY --from=x a b", ["2 copy-from"]), ("FROM a\nCOPY --from=$x a b", ["2 copy-from"]),
      ("FROM a\nCOPY --from=1 a b", ["2 copy-from"]), ("FROM a\nCOPY --from=0 a b", ["2 copy-from"]),
      ("FROM a AS x\nFROM b\nCOPY --from=X a b\nCOPY --from=0 a b\nCOPY --from=img:1 a b", []),
      ("FROM a\nCOPY --from=y a b\nFROM b AS y", ["2 copy-from"]),
      ("FROM a\nCOPY --from=NOPE:x:y a b", ["2 copy-from"]),
      ("FROM a\nRUN --mount=type=nope,target=/x b", ["2 run-mount"]),
      ("FROM a\nRUN --mount=type=bind,from=x,target=/x b", []),
      ("FROM a\nRUN --mount=target=/x,mode=9 b", ["2 run-mount"]),
      ("FROM a\nRUN --mount=type=cache,id=$x,target=/x b", []), ("FROM a\nRUN --mount=type=ssh b", []),
      ("# check=nope=1\nFROM a", ["1 check-directive"]), ("ARG SOURCE_DATE_EPOCH=x\nFROM a", ["1 source-date-epoch"]),
    ])
  func refused(text: String, found: [String]) { #expect(Self.walk(text).found == found) }

  @Test(
    "Variables that nothing sets",
    arguments: [
      ("FROM a\nENV b=$x", ["x"]), ("FROM a\nARG x\nENV b=$x", []), ("ARG x\nFROM a\nENV b=$x", ["x"]),
      ("FROM a\nENV x=1\nENV b=$x", []), ("FROM a\nENV x=1 b=$x", ["x"]),
      ("FROM a AS p\nENV x=1\nFROM p\nENV b=$x", []), ("FROM a AS p\nENV x=1\nFROM a\nENV b=$x", ["x"]),
      ("FROM a\nRUN $x", []), ("FROM a\nENV b=$PATH", []), ("FROM a\nENV b=\\$x", []), ("FROM a\nENV b='$x'", []),
      ("FROM a\nENV b=${x:-1}", ["x"]), ("FROM a\nARG TARGETARCH\nENV b=$TARGETARCH", []),
      ("FROM a\nENV b=$TARGETARCH", ["TARGETARCH"]), ("FROM a\nCOPY <<E /x\n$y\nE", ["y"]),
      ("FROM a\nCOPY <<'E' /x\n$y\nE", []),
      ("FROM a\nONBUILD ENV b=$x", []), ("FROM a\nLABEL $x=1", ["x"]), ("FROM a\nUSER $x", ["x"]),
      ("FROM a\nVOLUME $x", ["x"]), ("FROM a\nARG x\nARG y=$x", []), ("FROM a\nHEALTHCHECK CMD $x", []),
    ])
  func undefined(text: String, names: [String]) { #expect(Self.walk(text).model.undefined.map(\.name) == names) }

  @Test("The last of ENV and ARG counts, a bare ARG takes the global default")
  func scopes() {
    let model = Self.walk("ARG g=global\nFROM a AS one\nENV X=env\nARG X=arg\nARG g\nFROM one AS two\nARG g=own\n")
      .model
    #expect(model.stages[0].scope.value(of: "X") == "arg")
    #expect(model.stages[0].scope.value(of: "g") == "global")
    #expect(model.stages[1].scope.value(of: "X") == "arg")
    #expect(model.stages[1].scope.value(of: "g") == "own")
    #expect(model.stages[1].parent == 0)
  }

  @Test("Working directories add up, also from the stage below")
  func workdirs() {
    let model = Self.walk("FROM a AS one\nWORKDIR x\nWORKDIR /y\nWORKDIR z/../w\nFROM one\nWORKDIR q\n").model
    #expect(model.stages.map(\.workdir) == ["/y/w", "/y/w/q"])
    #expect(model.workdirs.map(\.isFirst) == [true, false, false, false])
  }

  @Test("Names are matched as BuildKit matches them: FROM exactly, --from in lower case and by the last of the file")
  func names() {
    let model = Self.walk("FROM a AS X\nFROM x AS y\nFROM x AS x\nFROM x\n").model
    #expect(model.stages.map(\.parent) == [nil, 0, 0, 2])
  }
}
