import AST
import Diagnostics
import Source
import Testing

@Suite("Every instruction is read as BuildKit reads it")
struct InstructionTests {
  @Test(
    "What lines say",
    arguments: [
      ("FROM a", "from|a|-|-"), ("FROM a AS B", "from|a|B|-"),
      ("from --platform=linux/arm64 a as b", "from|a|b|linux/arm64"),
      ("ARG a b=c d=\"e f\"", "arg|a|b=c|d=\"e f\""), ("ENV a=b c='d e' f=g\\ h", "env|a=b|c='d e'|f=g\\ h"),
      ("ENV a b=c  d", "old env|a=b=c  d"), ("ENV a=", "env|a="), ("LABEL \"a b\"=c", "label|\"a b\"=c"),
      ("LABEL a b", "old label|a=b"),
      ("RUN a && b", "run|shell|a && b"), ("RUN [\"a\", \"b\"]", "run|exec|a|b"), ("RUN", "run|shell|"),
      ("RUN []", "run|exec"),
      ("RUN --mount=type=cache,target=/c --network=none x", "run|type=cache,target=/c|shell|x"),
      ("RUN ['a']", "run|shell|['a']"),
      ("CMD", "cmd|shell|"), ("CMD a b", "cmd|shell|a b"), ("CMD [ \"a\" , \"b\" ]", "cmd|exec|a|b"),
      ("CMD [\"a\"] b", "cmd|shell|[\"a\"] b"),
      ("CMD [\"a\",]", "cmd|shell|[\"a\",]"), ("CMD [\"a\"", "cmd|shell|[\"a\""),
      ("CMD [\"\\u00fc\\n\"]", "cmd|exec|ü\n"), ("ENTRYPOINT []", "entrypoint|exec"),
      ("SHELL [\"a\", \"-c\"]", "shell|a|-c"), ("COPY a b /c", "copy|a|b|/c"), ("COPY [\"a b\", \"c\"]", "copy|a b|c"),
      ("COPY --from=x --chown=1:2 --link --parents=false a b", "copy|from=x|chown=1:2|link=true|parents=false|a|b"),
      ("ADD --checksum=sha256:0 --keep-git-dir http://a b", "add|checksum=sha256:0|keep-git-dir=true|http://a|b"),
      ("COPY <<A <<B /c\nA\nB", "copy|<<0|<<1|/c"),
      ("EXPOSE 80 443/udp", "expose|80|443/udp"), ("VOLUME /a /b", "volume|/a|/b"),
      ("VOLUME [\"/a b\"]", "volume|/a b"), ("USER a b", "user|a b"),
      ("WORKDIR /a b", "workdir|/a b"), ("STOPSIGNAL SIGTERM", "stopsignal|SIGTERM"),
      ("STOPSIGNAL --x SIGTERM", "stopsignal|SIGTERM"),
      ("MAINTAINER a b", "maintainer|a b"), ("HEALTHCHECK NONE", "healthcheck|none"),
      ("HEALTHCHECK cmd a b", "healthcheck|shell|a b"),
      ("HEALTHCHECK --interval=1s CMD [\"a\"]", "healthcheck|exec|a"), ("ONBUILD RUN a b", "onbuild|RUN a b"),
      ("ONBUILD RUUN x", "onbuild|RUUN x"),
      ("ARG --x a", "arg|a"), ("RUN a \\\n  # c\n  b", "run|shell|a   b"),
      ("CMD [\"a\", \\\n # c\n \"b\"]", "cmd|exec|a|b"),
    ])
  func says(line: String, body: String) {
    #expect(ParserFixture.dump(line) == body)
    #expect(ParserFixture.findings(line) == [])
  }

  @Test(
    "What is refused, and about which bytes",
    arguments: [
      ("FROM", ["arity ‹FROM›"]), ("FROM a b", ["arity ‹FROM›"]), ("FROM a AS", ["arity ‹FROM›"]),
      ("FROM a AS b c", ["arity ‹FROM›"]),
      ("FROM a IS b", ["arity ‹FROM›"]), ("FROM a AS 1b", ["stage-name ‹1b›"]), ("FROM a AS b:c", ["stage-name ‹b:c›"]),
      ("ARG", ["arity ‹ARG›"]), ("ARG =x", ["blank-name ‹=x›"]), ("ENV", ["arity ‹ENV›"]), ("ENV a", ["key-value ‹a›"]),
      ("ENV a=b c", ["key-value ‹c›"]),
      ("ENV =b", ["blank-name ‹=b›"]), ("LABEL", ["arity ‹LABEL›"]), ("LABEL a=b =c", ["blank-name ‹=c›"]),
      ("RUN [\"a\", 1]", ["json-not-strings ‹[\"a\", 1]›"]),
      ("CMD [1]", ["json-not-strings ‹[1]›"]), ("CMD [[]]", ["json-not-strings ‹[[]]›"]),
      ("CMD [null]", ["json-not-strings ‹[null]›"]),
      ("SHELL a", ["shell-not-json ‹SHELL›"]), ("SHELL []", ["shell-not-json ‹SHELL›"]),
      ("SHELL [1]", ["json-not-strings ‹[1]›"]), ("COPY a", ["arity ‹COPY›"]),
      ("COPY [\"a\"]", ["arity ‹COPY›"]), ("ADD", ["arity ‹ADD›"]), ("COPY a <<A\nA", ["heredoc-destination ‹<<A›"]),
      ("EXPOSE", ["arity ‹EXPOSE›"]),
      ("VOLUME", ["arity ‹VOLUME›"]), ("VOLUME []", ["arity ‹VOLUME›"]), ("VOLUME [\"\"]", ["empty-volume ‹[\"\"]›"]),
      ("USER", ["arity ‹USER›"]), ("WORKDIR", ["arity ‹WORKDIR›"]),
      ("STOPSIGNAL", ["arity ‹STOPSIGNAL›"]), ("MAINTAINER", ["arity ‹MAINTAINER›"]),
      ("HEALTHCHECK", ["healthcheck ‹HEALTHCHECK›"]), ("HEALTHCHECK x", ["healthcheck ‹x›"]),
      ("HEALTHCHECK NONE x", ["healthcheck ‹x›"]), ("HEALTHCHECK CMD", ["healthcheck ‹HEALTHCHECK›"]),
      ("HEALTHCHECK CMD []", ["healthcheck ‹HEALTHCHECK›"]), ("ONBUILD", ["arity ‹ONBUILD›"]),
      ("ONBUILD FROM a", ["onbuild-trigger ‹FROM›"]), ("ONBUILD onbuild RUN a", ["onbuild-trigger ‹onbuild›"]),
      ("ONBUILD MAINTAINER a", ["onbuild-trigger ‹MAINTAINER›"]),
      ("ONBUILD AGENT a", ["onbuild-directive ‹AGENT›"]), ("RUUN x", ["unknown-directive ‹RUUN›"]),
      ("RUN --foo x", ["unknown-flag ‹--foo›"]), ("RUN --Mount=x y", ["unknown-flag ‹--Mount=x›"]),
      ("RUN --chmod=1 x", ["unknown-flag ‹--chmod=1›"]), ("ADD --parents a b", ["unknown-flag ‹--parents›"]),
      ("CMD --x a", ["unknown-flag ‹--x›"]), ("COPY --link=maybe a b", ["flag-value ‹--link=maybe›"]),
      ("COPY --from a b", ["flag-value ‹--from›"]), ("COPY --chown=1 --chown=2 a b", ["duplicate-flag ‹--chown=2›"]),
      ("RUN --network=x y", ["flag-value ‹--network=x›"]), ("RUN --network= y", ["flag-value ‹--network=›"]),
      ("RUN --security= y", ["flag-value ‹--security=›"]),
      ("RUN --security=x y", ["flag-value ‹--security=x›"]),
      ("RUN --mount=type=bind,from=$X y", ["mount ‹--mount=type=bind,from=$X›"]),
      ("RUN --mount= y", ["mount ‹--mount=›"]),
      ("HEALTHCHECK --retries=-1 CMD a", ["flag-value ‹--retries=-1›"]),
      ("HEALTHCHECK --retries=x CMD a", ["flag-value ‹--retries=x›"]),
      ("HEALTHCHECK --interval=5 CMD a", ["flag-value ‹--interval=5›"]),
      ("HEALTHCHECK --timeout=1us CMD a", ["flag-value ‹--timeout=1us›"]),
      ("ONBUILD ENV a=b c", ["key-value ‹ENV a=b c›"]),
    ])
  func refused(line: String, findings: [String]) { #expect(ParserFixture.findings(line) == findings) }

  @Test(
    "Durations are Go's",
    arguments: [
      ("0", true), ("1s", true), ("1h2m3.5s", true), ("1.5s", true), (".5s", true), ("1ms", true), ("0.1ms", false),
      ("1d", false), ("s", false), ("1 s", false),
      ("+1s", true), ("1µs", false), ("1e3s", false), ("9999999h", false),
    ])
  func durations(text: String, isValid: Bool) {
    #expect(
      ParserFixture.findings("HEALTHCHECK --interval=\(text.replacing(" ", with: "\\ ")) CMD a").isEmpty == isValid)
  }

  @Test("All errors of a file come out, each instruction read for itself")
  func allErrors() {
    let (tree, found) = ParserFixture.parse("ENV a=b\nFROM a b c\nRUUN x\nCOPY a\nRUN ok\nFROM b AS c\nUSER\n")
    #expect(
      found.map(\.rule.name) == [
        "clawfile/before-from", "clawfile/arity", "clawfile/unknown-directive", "clawfile/arity", "clawfile/arity",
      ])
    #expect(tree.instructions.count == 7)
    #expect(tree.stages.map(\.body) == [2..<5, 6..<7])
    #expect(tree.stages.map(\.name) == [nil, "c"])
  }

  @Test("Stages: ARG may stand before the first FROM, nothing else; a file without FROM has an error")
  func stages() {
    #expect(ParserFixture.parse("ARG a\nFROM b").found.isEmpty)
    #expect(ParserFixture.parse("ARG a\n").found.map(\.rule.name) == ["clawfile/no-stage"])
    #expect(ParserFixture.parse("").found.map(\.rule.name) == ["clawfile/no-stage"])
    #expect(ParserFixture.parse("LABEL a=b\nFROM b").found.map(\.rule.name) == ["clawfile/before-from"])
    // What follows stands there for the same reason.
    #expect(
      ParserFixture.parse("LABEL a=b\nENV c=d\nRUN x\n").found.map(\.rule.name) == [
        "clawfile/before-from", "clawfile/no-stage",
      ])
  }
}
