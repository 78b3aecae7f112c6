package import Diagnostics

extension ComposeRules {
  private static func bad(_ line: String) -> String { "services:\n  web:\n    image: nginx\n    \(line)\n" }

  static let values = [
    invalidInterpolation, missingVariable, unsetVariable, invalidValue, invalidNumber, invalidBoolean, invalidSize,
    invalidDuration, invalidPort, invalidMount, invalidDevice, invalidHost, invalidAddress, invalidCommand,
    invalidHealthcheck, invalidPair,
  ]

  /// `${` starts no variable.
  package static let invalidInterpolation = Rule(
    "pod/invalid-interpolation", .error, "'${' is not followed by a variable",
    explanation: """
      In values, `$NAME` and `${NAME}` stand for a variable, with `:-`, `-`, `:+`, `+`, `:?` or `?` and a word behind the \
      name if wanted. `${` with anything else is an error. A dollar sign that is meant as such is written `$$`.
      """,
    bad: bad("user: ${1}"), good: bad("user: ${NUMBER:-1000}"))

  /// A variable that is demanded has no value.
  package static let missingVariable = Rule(
    "pod/missing-variable", .error, "A variable that is demanded has no value",
    explanation: """
      `${NAME:?message}` demands that the variable has a value. Set it in the environment or in the file `.env` beside \
      the pod file.
      """,
    bad: bad("user: ${NUMBER:?say who}"), good: bad("user: ${NUMBER:-1000}"))

  /// A variable is unset and becomes nothing.
  package static let unsetVariable = Rule(
    "pod/unset-variable", .warning, "A variable is unset and becomes nothing",
    explanation: """
      A variable without a value is replaced by nothing, as Docker Compose does with a warning. Set it, or write \
      `${NAME-}` to say that it may be unset. A dollar sign that is meant as such is written `$$`.
      """,
    bad: bad("hostname: a$NAME"), good: bad("hostname: a${NAME:-b}"))

  /// A value is none of those that the key takes.
  package static let invalidValue = Rule(
    "pod/invalid-value", .error, "A value is none of those that the key takes",
    explanation: "The key takes only certain words, or numbers within bounds. Use one of them.",
    bad: bad("cgroup: hostt"), good: bad("cgroup: host"))

  /// A string is no number.
  package static let invalidNumber = Rule(
    "pod/invalid-number", .error, "A value is no number",
    explanation: "The key takes a number, or a string that is one in decimal.",
    bad: bad("scale: two"), good: bad("scale: 2"))

  /// A string is no boolean.
  package static let invalidBoolean = Rule(
    "pod/invalid-boolean", .error, "A value is neither true nor false",
    explanation: "The key takes `true` or `false`; as strings also `yes`, `no`, `on`, `off`, `y` and `n`.",
    bad: bad("privileged: maybe"), good: bad("privileged: true"))

  /// A string is no size.
  package static let invalidSize = Rule(
    "pod/invalid-size", .error, "A value is no size",
    explanation:
      "A size is a number of bytes, with a unit if wanted: `b`, `k`, `m`, `g`, `t`, `p`, also `256mb` or `1GiB`.",
    bad: bad("mem_limit: 1 gigabyte"), good: bad("mem_limit: 1g"))

  /// A string is no duration.
  package static let invalidDuration = Rule(
    "pod/invalid-duration", .error, "A value is no duration",
    explanation: """
      A duration is a row of numbers, each with its unit: `ns`, `us`, `ms`, `s`, `m`, `h`, `d` or `w`, such as `1m30s`. A \
      number without a unit is refused.
      """,
    bad: bad("stop_grace_period: \"30\""), good: bad("stop_grace_period: 30s"))

  /// A text is no port.
  package static let invalidPort = Rule(
    "pod/invalid-port", .error, "A text is no port mapping",
    explanation: """
      A port is written `[[address:]published:]target[/protocol]`: ports from 0 to 65535 or ranges of them, the protocol \
      `tcp`, `udp` or `sctp`, IPv6 addresses in brackets. A published range fits the target's, or the target is one port.
      """,
    bad: bad("ports: [\"80:http\"]"), good: bad("ports: [\"8080:80\"]"))

  /// A text is no mount.
  package static let invalidMount = Rule(
    "pod/invalid-mount", .error, "A mount can't be used",
    explanation: """
      A mount is written `[source:]target[:options]`, without empty parts. A bind mount needs a source; a mapping needs \
      `type` and `target`.
      """,
    bad: bad("volumes: [\"./data:\"]"), good: bad("volumes: [\"./data:/data\"]"))

  /// A text is no device.
  package static let invalidDevice = Rule(
    "pod/invalid-device", .error, "A device can't be used",
    explanation: """
      A device is written `source[:target[:permissions]]`. A path with a colon needs the long form with `source` and \
      `target`. A request for devices names a `count` or `device_ids`, not both.
      """,
    bad: bad("devices: [\"/dev/by-id/a:b:/dev/c:rw\"]"), good: bad("devices: [\"/dev/a:/dev/c:rw\"]"))

  /// A text is no host with its address.
  package static let invalidHost = Rule(
    "pod/invalid-host", .error, "An extra host has no name or no address",
    explanation: "An extra host is written `name=address` or `name:address`. The name has neither `=` nor `:`.",
    bad: bad("extra_hosts: [somehost]"), good: bad("extra_hosts: [\"somehost=10.0.0.1\"]"))

  /// A text is no IP address.
  package static let invalidAddress = Rule(
    "pod/invalid-address", .error, "A text is no IP address",
    explanation: "`host_ip` takes an IPv4 or IPv6 address, not a name.",
    bad: bad("ports: [{target: 80, host_ip: localhost}]"), good: bad("ports: [{target: 80, host_ip: 127.0.0.1}]"))

  /// A command line has an open quote or parenthesis.
  package static let invalidCommand = Rule(
    "pod/invalid-command", .error, "A command line can't be split into words",
    explanation: """
      A command in one string is split into words by the quotes of a shell. A quote or backquote is left open, a \
      parenthesis stands outside quotes, or the line ends with a backslash. Write the command as a list of words.
      """,
    bad: bad("command: echo \"it's"), good: bad("command: [echo, \"it's\"]"))

  /// A health check's list starts with an unknown word.
  package static let invalidHealthcheck = Rule(
    "pod/invalid-healthcheck", .error, "A health check doesn't say how it is run",
    explanation: """
      The list under `test` starts with `CMD` (the rest is a command), `CMD-SHELL` (the rest is for a shell) or `NONE`. \
      A single string is for a shell.
      """,
    bad: bad("healthcheck: {test: [curl, -f, localhost]}"),
    good: bad("healthcheck: {test: [CMD, curl, -f, localhost]}"))

  /// A text has no `=`.
  package static let invalidPair = Rule(
    "pod/invalid-pair", .error, "An element has no '='",
    explanation: "The elements of this list have the form `name=value`.",
    bad: bad("build: {context: ., additional_contexts: [app]}"),
    good: bad("build: {context: ., additional_contexts: [app=../app]}"))
}
