package import Diagnostics

/// The rules of `x-claw` blocks and of what they ask for.
package enum PodRules {
  // MARK: Spelling

  package static let unknownField = Rule(
    "pod/unknown-claw-field", .error, "An x-claw block has a field that claw does not know",
    explanation: "A field that is not known would have no effect: it is most often a typing mistake.",
    bad: "services:\n  a:\n    image: a:1\n    x-claw:\n      agnet: ./a.md\n")

  package static let fieldType = Rule(
    "pod/claw-field-type", .error, "A field of an x-claw block has the wrong type or value",
    explanation: "docs/pod.md has every field with its type and an example.",
    bad: "x-claw:\n  pod: [a]\nservices:\n  a:\n    image: a:1\n")

  package static let variable = Rule(
    "pod/unset-claw-variable", .error, "An x-claw block uses a variable that is not set",
    explanation:
      "In x-claw blocks an unset variable without a default is an error: an empty contract or model is no default.",
    bad: "x-claw:\n  pod: ${POD_NAME_THAT_IS_NOT_SET}\nservices:\n  a:\n    image: a:1\n")

  package static let count = Rule(
    "pod/count", .error, "A claw's count is no whole number from 1 to 1000",
    explanation: "count says how many containers the claw has, named service-0, service-1 and so on.",
    bad: "services:\n  a:\n    image: a:1\n    x-claw:\n      agent: a.md\n      count: 0\n")

  package static let name = Rule(
    "pod/claw-name", .error, "A name can't be a claw's or the pod's",
    explanation: """
      A claw's name becomes a host name, the pod's a project name: lower-case letters, digits and '-', a letter or digit \
      first, short enough for an ordinal behind it. It must differ from what claw generates for other claws.
      """,
    bad: "services:\n  my_claw:\n    image: a:1\n    x-claw:\n      agent: a.md\n")

  package static let place = Rule(
    "pod/claw-place", .error, "An x-claw block stands where it has no meaning",
    explanation: """
      x-claw may stand at the top of the pod file, in its services, networks and volumes. Not in files that it includes or \
      extends, not in more than one document, and a claw is written in one place.
      """,
    bad: "services:\n  a:\n    image: a:1\n    build:\n      context: .\n      x-claw: {}\n")

  package static let alias = Rule(
    "pod/claw-alias", .error, "An alias crosses the border of an x-claw block",
    explanation: "The block is taken out of the generated file; an anchor inside that is used outside would be lost.",
    bad: "services:\n  a:\n    image: a:1\n    x-claw:\n      agent: &c a.md\n  b:\n    image: *c\n")

  package static let surface = Rule(
    "pod/surface", .error, "A surface is none that claw knows, or names something that is not there",
    explanation: """
      A surface is written 'uri mode' or 'uri: mode': volume://name, host:///path, service://name, channel://platform, \
      egress://host. A service must be a plain service of this file.
      """,
    bad: "services:\n  a:\n    image: a:1\n    x-claw:\n      agent: a.md\n      surfaces: [ftp://example.org]\n")

  package static let schedule = Rule(
    "pod/schedule", .error, "An invoke entry can't be read",
    explanation: "An entry has a schedule, as INVOKE has it, and a message; a name and 'to' if wanted.",
    bad:
      "services:\n  a:\n    image: a:1\n    x-claw:\n      agent: a.md\n      invoke: [{schedule: '61 * * * *', message: x}]\n"
  )

  package static let privilege = Rule(
    "pod/privilege", .error, "A privilege is none that claw knows",
    explanation: "The modes are those of PRIVILEGE in a Clawfile.",
    bad: "services:\n  a:\n    image: a:1\n    x-claw:\n      agent: a.md\n      privilege: {root: 'yes'}\n")

  package static let master = Rule(
    "pod/master", .error, "The master is no claw of this pod",
    explanation: "'master' names a service of this file that is a claw.",
    bad: "x-claw:\n  master: boss\nservices:\n  a:\n    image: a:1\n")

  package static let expose = Rule(
    "pod/expose", .error, "An expose block is not complete",
    explanation: "A plain service says how it is reached: protocol mcp, rest or grpc, and a port.",
    bad: "services:\n  a:\n    image: a:1\n    x-claw:\n      expose: {protocol: soap, port: 1}\n")

  package static let visibility = Rule(
    "pod/visibility", .error, "A network's visibility is none, or contradicts its members",
    explanation: """
      pod-only makes a network internal, egress-only allows no published ports on its members, public is compose's own \
      behaviour.
      """,
    bad: "services:\n  a:\n    image: a:1\nnetworks:\n  n:\n    x-claw:\n      visibility: secret\n")

  package static let unknownImage = Rule(
    "pod/unknown-image", .error, "What a claw's image is made for is not known",
    explanation: """
      claw needs the image's labels, entrypoint and user, and takes them from the Clawfile that builds it or from \
      claw.lock: never from this machine's engine, so that the output is the same everywhere. Run 'claw lock' where the \
      engine has the image, and commit claw.lock.
      """,
    bad: "services:\n  a:\n    image: example.com/a:1\n    x-claw:\n      agent: a.md\n      cllama: none\n")

  package static let lock = Rule(
    "pod/lock", .error, "claw.lock is not what 'claw lock' writes",
    explanation: "The file is JSON with the facts of images; it is written by 'claw lock' and not by hand.")

  package static let buildArgument = Rule(
    "pod/build-argument", .error, "A Clawfile is built on different images",
    explanation: """
      Build arguments may choose the image of a FROM. The generated Dockerfile names that image's user and entrypoint, and \
      there is one beside each Clawfile: services that build it on other images need a Clawfile of their own.
      """)

  package static let noType = Rule(
    "pod/no-runner-type", .error, "A claw's image has no runner type",
    explanation:
      "The image must be built from a Clawfile with CLAW_TYPE. A plain service's x-claw block has only expose, require_cllama and describe."
  )

  package static let handle = Rule(
    "pod/handle", .error, "A handle has no identity, or none that its image takes",
    explanation: "HANDLE in a Clawfile declares a platform; the pod gives the id on it.")

  // MARK: Invariants

  package static let noContract = Rule(
    "pod/no-contract", .error, "A claw has no contract",
    explanation: """
      No contract, no start. The contract is a file below the pod file's folder, named by 'agent' or by the image's AGENT; \
      a regular file of at most 1 MiB, not a link that leads out of the folder.
      """)

  package static let refusedKey = Rule(
    "pod/refused-key", .error, "A claw asks for something that ends its sandbox",
    explanation: """
      A claw is an untrusted program: it is not privileged, shares no namespace with the host, gets no device, and no \
      capability or Docker socket that a PRIVILEGE does not grant. Evaluated after merges, extends and includes.
      """)

  package static let refusedMount = Rule(
    "pod/refused-mount", .error, "A claw mounts something of the host that it must not see",
    explanation: """
      Mounts of '/', /etc, /proc, /sys, /dev, /root, /home, /var/run and what lies in home folders, of Docker's socket and \
      of anything outside the pod's folder are refused. 'host://' surfaces name other paths explicitly.
      """)

  package static let refusedPort = Rule(
    "pod/refused-port", .error, "A claw publishes a port",
    explanation: """
      A claw's network is internal: Docker would not publish the port. Let a plain service publish it and declare that \
      service as a surface.
      """)

  package static let refusedNetwork = Rule(
    "pod/refused-network", .error, "A claw joins a network",
    explanation: """
      A claw is on a network of its own, with its sidecar and the services that it declares. Write 'surfaces: \
      [service://NAME]' to reach a service.
      """)

  package static let providerKey = Rule(
    "pod/provider-key", .error, "A provider's key is handed to a claw",
    explanation: """
      The keys of model providers belong to the sidecar alone ('cllama-env'): a claw that has one can talk past every \
      policy, and leak it. By whatever way it comes: environment, env_file, labels, command or build arguments.
      """)

  package static let volumeAccess = Rule(
    "pod/volume-access", .error, "A volume's access list does not allow what a claw asks for",
    explanation:
      "The first pattern of the list that matches the service decides; a claw that none matches has no access.")

  package static let requireCllama = Rule(
    "pod/require-cllama", .error, "A claw's sidecar lacks a policy that a service requires",
    explanation: "Every module in the service's require_cllama must be in the stack of each claw that reaches it.")

  // MARK: Good to know

  package static let overridden = Rule(
    "pod/overridden-key", .warning, "A key of a claw has no effect: claw sets it",
    explanation: "docs/pod.md has the table: for each key, whether the author wins, claw wins, or it is refused.")

  package static let namedUser = Rule(
    "pod/named-user", .warning, "A claw's user is a name, so its temporary folders may not be writable",
    explanation: "Docker makes tmpfs folders for numbers only. Write 'PRIVILEGE runtime 1000:1000'.")

  package static let retyped = Rule(
    "pod/retyped-value", .warning, "Compose will read a value of the environment as another one",
    explanation: "YAML takes it for a number, boolean or date and compose writes it in its own way: quote it.")

  package static let unusualPlain = Rule(
    "pod/plain-service-privileges", .warning, "A plain service asks for the host",
    explanation: """
      claw passes plain services on as they are; this one can become root on the host, and a claw that reaches it may make \
      it do so.
      """)

  package static let reservedLabel = Rule(
    "pod/reserved-label", .warning, "A plain service has a label of claw's",
    explanation: """
      claw finds its containers by labels below 'claw.'. A plain service that carries one may be taken for a claw. On a \
      claw itself, and in what it is built with, such a label is refused.
      """)

  package static let uncheckedZone = Rule(
    "pod/unchecked-zone", .info, "Nothing checks that an image has the time zone of a schedule",
    explanation: """
      The zone of an INVOKE is looked for when the image is built; that of a pod's 'invoke' can't be. If the image lacks \
      it, the entry never fires, and the claw's log says so when it starts.
      """)

  package static let unownedVolume = Rule(
    "pod/unowned-volume", .info, "A claw is to write to a volume that its image makes no folder for",
    explanation: """
      Docker gives a new volume the owner of the image's folder at that place. Where a Clawfile names the volume with \
      SURFACE, the folder is made and belongs to whom the claw runs as; where only the pod names it, it belongs to root, \
      unless the Clawfile makes it itself.
      """)

  package static let foreignVolume = Rule(
    "pod/foreign-volume", .warning, "A claw mounts a volume that is not this pod's",
    explanation: """
      Whoever else has an external volume reads what the claw writes, and the other way round: it may be another pod's. \
      One that by its name is a claw's own is refused.
      """)

  package static let lost = Rule(
    "pod/lost-field", .error, "An engine can't express a part of a pod",
    explanation: """
      What Kubernetes has no word for would be lost without a trace. Name it with --waive if that is what you want: the \
      manifest says then what was waived. docs/kubernetes.md has the table.
      """)

  /// Rules that are invariants: breaking one is a refusal (exit status 4).
  package static let invariants = [
    noContract, refusedKey, refusedMount, refusedPort, refusedNetwork, providerKey, volumeAccess, requireCllama,
  ]

  /// All of them.
  package static let all =
    [
      unknownField, fieldType, variable, count, name, place, alias, surface, schedule, privilege, master, expose,
      visibility, unknownImage, lock, buildArgument, noType, unknownPolicy, unknownStage, unknownUpstream,
      stageEvaluator,
      sharedSidecar, handle,
      noUpstreamKey, overridden, namedUser, retyped, unusualPlain,
      reservedLabel, uncheckedZone, unownedVolume, foreignVolume, lost,
    ] + invariants
}
