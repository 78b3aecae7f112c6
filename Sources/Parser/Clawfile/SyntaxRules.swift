package import Diagnostics

/// The rules that the Clawfile parser reports. What BuildKit refuses is an error here, by the same conditions.
package enum SyntaxRules {
  package static let unknownDirective = Rule(
    "clawfile/unknown-directive", .error, "The instruction word is neither Docker's nor claw's",
    explanation: """
      A line starts with an instruction of Docker's (RUN, COPY …) or a Claw directive (MODEL, INVOKE …). Often it is a \
      typing mistake, or the line before lost its continuation character.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nMODLE primary a/b\n",
    good: "FROM scratch\nCLAW_TYPE generic\nMODEL primary a/b\n")

  package static let arity = Rule(
    "clawfile/arity", .error, "An instruction has too few or too many arguments",
    explanation: """
      Every instruction and directive takes a stated number of arguments. docs/clawfile.md shows the usage of each; \
      in Claw directives, double quotes hold a value with blanks together.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nMODEL primary\n",
    good: "FROM scratch\nCLAW_TYPE generic\nMODEL primary a/b\n")

  package static let unknownFlag = Rule(
    "clawfile/unknown-flag", .error, "A flag is not known to the instruction",
    explanation: "Flags ('--chown=…') stand in front of an instruction's arguments; each instruction has its own few.",
    bad: "FROM scratch\nRUN --mont=type=cache true\n",
    good: "FROM scratch\nRUN --mount=type=cache,target=/c true\n")

  package static let duplicateFlag = Rule(
    "clawfile/duplicate-flag", .error, "A flag that may stand once is there twice",
    explanation: "Only '--mount', '--device' and '--exclude' may be repeated.",
    bad: "FROM scratch\nCOPY --chown=1 --chown=2 a /\n", good: "FROM scratch\nCOPY --chown=2 a /\n")

  package static let flagValue = Rule(
    "clawfile/flag-value", .error, "A flag has no value or one that it can't take",
    explanation: "Flags are written '--name=value'; durations are Go's ('30s', '1m30s').",
    bad: "FROM scratch\nHEALTHCHECK --interval=5 CMD true\n",
    good: "FROM scratch\nHEALTHCHECK --interval=5s CMD true\n")

  package static let jsonNotStrings = Rule(
    "clawfile/json-not-strings", .error, "A JSON form holds something that is not a string",
    explanation: "In the JSON form every element is a string in double quotes, numbers too.",
    bad: "FROM scratch\nCMD [\"sleep\", 5]\n", good: "FROM scratch\nCMD [\"sleep\", \"5\"]\n")

  package static let keyValue = Rule(
    "clawfile/key-value", .error, "ENV, LABEL or ARG is not written name=value",
    explanation: "Once the first word has a '=', all of them must; values with blanks need quotes.",
    bad: "FROM scratch\nENV a=b c\n", good: "FROM scratch\nENV a=\"b c\"\n")

  package static let blankName = Rule(
    "clawfile/blank-name", .error, "ENV, LABEL or ARG has a value without a name",
    explanation: "Something must stand before the '='.",
    bad: "FROM scratch\nENV =b\n", good: "FROM scratch\nENV a=b\n")

  package static let beforeFrom = Rule(
    "clawfile/before-from", .error, "An instruction stands before the first FROM",
    explanation: "Only ARG, comments and parser directives may come before the first FROM.",
    bad: "CLAW_TYPE generic\nFROM scratch\n", good: "FROM scratch\nCLAW_TYPE generic\n")

  package static let noStage = Rule(
    "clawfile/no-stage", .error, "The file has no FROM",
    explanation: "An image starts with FROM; 'FROM scratch' starts from nothing.",
    bad: "# nothing here\n", good: "FROM scratch\n")

  package static let stageName = Rule(
    "clawfile/stage-name", .error, "A stage name holds something that it can't",
    explanation: "Stage names start with a letter; letters, digits, '-', '_' and '.' follow.",
    bad: "FROM scratch AS 1st\n", good: "FROM scratch AS first\n")

  package static let healthcheck = Rule(
    "clawfile/healthcheck", .error, "HEALTHCHECK is neither NONE nor CMD with a command",
    explanation: "Write 'HEALTHCHECK NONE' or 'HEALTHCHECK [flags] CMD command'.",
    bad: "FROM scratch\nHEALTHCHECK curl localhost\n", good: "FROM scratch\nHEALTHCHECK CMD curl localhost\n")

  package static let shellForm = Rule(
    "clawfile/shell-not-json", .error, "SHELL is not in its JSON form",
    explanation: "SHELL takes a JSON array: the program and its arguments.",
    bad: "FROM scratch\nSHELL bash -c\n", good: "FROM scratch\nSHELL [\"bash\", \"-c\"]\n")

  package static let onbuildTrigger = Rule(
    "clawfile/onbuild-trigger", .error, "ONBUILD has a trigger that is not allowed",
    explanation: "ONBUILD, FROM and MAINTAINER can't be triggers.",
    bad: "FROM scratch\nONBUILD FROM scratch\n", good: "FROM scratch\nONBUILD RUN true\n")

  package static let onbuildDirective = Rule(
    "clawfile/onbuild-directive", .error, "ONBUILD has a Claw directive as its trigger",
    explanation: """
      Triggers run in other people's builds, where docker knows no Claw directives, and what a directive makes (labels, \
      an entrypoint) can't be deferred that way. Put the directive into the Clawfile that is built from this image.
      """,
    bad: "FROM scratch\nONBUILD AGENT AGENTS.md\n",
    good: "FROM scratch\nCLAW_TYPE generic\nAGENT AGENTS.md\n")

  package static let heredocDestination = Rule(
    "clawfile/heredoc-destination", .error, "COPY or ADD has a heredoc as its destination",
    explanation: "A heredoc is a source; the last word is the path that it is written to.",
    bad: "FROM scratch\nCOPY a <<EOF\nEOF\n", good: "FROM scratch\nCOPY <<EOF /a\nEOF\n")

  package static let emptyPath = Rule(
    "clawfile/empty-volume", .error, "VOLUME has an empty path",
    explanation: "Each element of VOLUME is a path.",
    bad: "FROM scratch\nVOLUME [\"\"]\n", good: "FROM scratch\nVOLUME [\"/data\"]\n")

  package static let mount = Rule(
    "clawfile/mount", .error, "A --mount is not written as BuildKit reads it",
    explanation:
      "'--mount' is one record of key=value fields between commas, such as 'type=cache,target=/root/.cache'.",
    bad: "FROM scratch\nRUN --mount=type=bind,from=$X true\n",
    good: "FROM scratch AS x\nFROM scratch\nRUN --mount=type=bind,from=x,target=/x true\n")

  package static let quote = Rule(
    "clawfile/unterminated-quote", .error, "A quoted value of a directive has no end",
    explanation: """
      A value that starts with a double quote ends with one. Inside, the escape character makes a quote and itself literal.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nSKILL \"a b.md\n",
    good: "FROM scratch\nCLAW_TYPE generic\nSKILL \"a b.md\"\n")

  package static let controlCharacter = Rule(
    "clawfile/control-character", .error, "A directive's value holds a NUL, a carriage return or invalid UTF-8",
    explanation: """
      Labels can't hold line ends or NUL, and what is not UTF-8 would not arrive as it was written. Line ends inside a \
      CONFIGURE or ACT are written with a heredoc.
      """)

  package static let trailingComment = Rule(
    "clawfile/trailing-comment", .warning, "A directive's line ends in a comment",
    explanation: """
      Docker knows comments only on lines of their own. claw drops one behind the words of a directive; in text directives \
      (CONFIGURE, INVOKE, ACT) '#' is part of the text. Put the comment on the line above.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic # the runner\n", good: "FROM scratch\n# the runner\nCLAW_TYPE generic\n")

  package static let directiveFlag = Rule(
    "clawfile/directive-flag", .error, "A Claw directive has a flag",
    explanation: "Claw directives take no '--flags' in front of their arguments; quote a value that starts with '--'.",
    bad: "FROM scratch\nCLAW_TYPE --x generic\n", good: "FROM scratch\nCLAW_TYPE generic\n")

  /// All of them.
  package static let all = [
    unknownDirective, arity, unknownFlag, duplicateFlag, flagValue, jsonNotStrings, keyValue, blankName, beforeFrom,
    noStage,
    stageName, healthcheck, shellForm, onbuildTrigger, onbuildDirective, heredocDestination, emptyPath, mount, quote,
    controlCharacter, trailingComment, directiveFlag,
  ]
}
