package import Diagnostics

/// What BuildKit's dispatch refuses, whatever the build arguments are.
package enum BuildRules {
  package static let expansion = Rule(
    "clawfile/expansion", .error, "A value can't be expanded",
    explanation: """
      Quotes must close, '${…}' must end and use an operator that BuildKit knows (:- - :+ + :? ? # ## % %% / //). In COPY \
      and ADD quotes don't hold words together: paths with blanks need the JSON form.
      """,
    bad: "FROM scratch\nENV A=\"b\nLABEL x=$A\n", good: "FROM scratch\nENV A=\"b\"\nLABEL x=$A\n")

  package static let baseImage = Rule(
    "clawfile/base-image", .error, "The base of a stage is no image name",
    explanation: """
      A base is the name of a stage above (in lower case), 'scratch', or an image reference: lower-case name, optional \
      registry, tag and digest.
      """,
    bad: "FROM Alpine\n", good: "FROM alpine\n")

  package static let platform = Rule(
    "clawfile/platform", .error, "The platform of a stage is none",
    explanation: "'--platform' takes 'os/architecture[/variant]', such as 'linux/arm64'.",
    bad: "FROM --platform=linux/a/b/c scratch\n", good: "FROM --platform=$BUILDPLATFORM scratch\n")

  package static let copyFrom = Rule(
    "clawfile/copy-from", .error, "--from names something that can't be copied from",
    explanation: """
      COPY --from and RUN --mount=from= take a stage that ends above, its number, or an image; not the stage itself, not \
      one below, and no variables.
      """,
    bad: "FROM scratch AS a\nCOPY --from=a x /\n", good: "FROM scratch AS a\nFROM scratch\nCOPY --from=a x /\n")

  package static let runMount = Rule(
    "clawfile/run-mount", .error, "A --mount has a field that BuildKit refuses",
    explanation: """
      The fields are type, from, source, target, readonly, readwrite, required, size, id, sharing, mode, uid and gid, and \
      not every type takes each. The target must not be '/'.
      """,
    bad: "FROM scratch\nRUN --mount=type=tmp,target=/t true\n",
    good: "FROM scratch\nRUN --mount=type=tmpfs,target=/t true\n")

  package static let port = Rule(
    "clawfile/port", .error, "EXPOSE has something that is no port",
    explanation: "A port is a number up to 65535 or a range, with '/tcp', '/udp' or '/sctp' behind it.",
    bad: "FROM scratch\nEXPOSE http\n", good: "FROM scratch\nEXPOSE 80\n")

  package static let signal = Rule(
    "clawfile/stop-signal", .error, "STOPSIGNAL is no signal",
    explanation: "A signal is a number above 0 or a name such as SIGTERM.",
    bad: "FROM scratch\nSTOPSIGNAL NOPE\n", good: "FROM scratch\nSTOPSIGNAL SIGTERM\n")

  package static let chmod = Rule(
    "clawfile/chmod", .error, "--chmod is no file mode",
    explanation: "A mode is octal, up to 07777, or symbolic such as 'u=rwX,go=rX'.",
    bad: "FROM scratch\nADD --chmod=64a f /\n", good: "FROM scratch\nADD --chmod=644 f /\n")

  package static let checksum = Rule(
    "clawfile/checksum", .error, "--checksum stands where it can't be checked",
    explanation:
      "ADD --checksum takes one source, which is an HTTP(S) or git address, and a digest with its algorithm.",
    bad: "FROM scratch\nADD --checksum=sha256:0 f /\n", good: "FROM scratch\nADD f /\n")

  package static let copySource = Rule(
    "clawfile/copy-source", .error, "COPY has an address as its source",
    explanation: "COPY takes files of the context, of a stage or of an image; ADD takes addresses too.",
    bad: "FROM scratch\nCOPY https://example.com/f /\n", good: "FROM scratch\nADD https://example.com/f /\n")

  package static let checkDirective = Rule(
    "clawfile/check-directive", .error, "'# check=' has an option that is none",
    explanation: "The options are skip=, error= and experimental=, between ';'.",
    bad: "# check=skp=all\nFROM scratch\n", good: "# check=skip=all\nFROM scratch\n")

  package static let sourceDate = Rule(
    "clawfile/source-date-epoch", .error, "SOURCE_DATE_EPOCH is no time",
    explanation: "SOURCE_DATE_EPOCH is a number of seconds since 1970.",
    bad: "ARG SOURCE_DATE_EPOCH=today\nFROM scratch\n", good: "ARG SOURCE_DATE_EPOCH=0\nFROM scratch\n")

  /// All of them.
  package static let all = [
    expansion, baseImage, platform, copyFrom, runMount, port, signal, chmod, checksum, copySource, checkDirective,
    sourceDate,
  ]
}
