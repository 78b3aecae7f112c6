package import Diagnostics

/// The rules of sidecars: what they are told, and what they need.
extension PodRules {
  package static let unknownPolicy = Rule(
    "pod/unknown-policy", .error, "A stack or a service names a policy that the pod does not declare",
    explanation: """
      'policy/NAME' in CLLAMA, 'cllama' and 'require_cllama' means the entry NAME of 'policies' in the pod's x-claw block: \
      a ruleset, or a signed bundle. A policy that is not there would decide nothing.
      """,
    bad: """
      x-claw:
        policies: {no-pii: ./no-pii.yml}
      services:
        a:
          image: a:1
          x-claw:
            agent: a.md
            cllama: [policy/no-pi]

      """)

  package static let unknownStage = Rule(
    "pod/unknown-stage", .error, "A stack has a word that means nothing, or a stage without settings",
    explanation: """
      A stack is made of 'passthrough' and of 'stage/profile' words. What a profile of purpose, tone or obfuscation is \
      stands in 'stages' of the pod's x-claw block.
      """,
    bad: "services:\n  a:\n    image: a:1\n    x-claw:\n      agent: a.md\n      cllama: [purpose/news]\n")

  package static let unknownUpstream = Rule(
    "pod/unknown-upstream", .error, "A model's provider is none that claw knows or the pod declares",
    explanation: """
      The first part of 'provider/model' names a provider: one that claw knows, such as openai, anthropic or openrouter, or \
      an entry of 'upstreams' in the pod's x-claw block. Such an entry is a plain service of the pod or has a URL.
      """,
    bad: """
      services:
        a:
          image: a:1
          x-claw:
            agent: a.md
            models: {primary: openruoter/x}

      """)

  package static let noUpstreamKey = Rule(
    "pod/no-upstream-key", .warning, "A sidecar has no key for a provider that it is to ask",
    explanation: """
      Without the key, every call of the provider's models fails. Keys are the sidecar's: write them in 'cllama-env', as \
      variables; they reach no container's environment.
      """,
    bad: """
      services:
        a:
          image: a:1
          x-claw:
            agent: a.md
            models: {primary: openrouter/x}

      """)

  package static let stageEvaluator = Rule(
    "pod/stage-evaluator", .error, "A stage asks somebody whom sidecars can't reach",
    explanation: """
      'evaluator.url' is 'service://NAME/path' or 'service://NAME:PORT/path' for a plain service of the pod, which joins the \
      network of the sidecars by that, or a URL. A service that is named without a port needs one in 'expose'.
      """,
    bad: """
      x-claw:
        stages:
          purpose/news: {evaluator: {url: "service://judge/check"}}
      services:
        a:
          image: a:1
          x-claw: {agent: a.md, cllama: [purpose/news]}

      """)

  package static let sharedSidecar = Rule(
    "pod/shared-sidecar", .error, "Claws share a sidecar and ask different things of it",
    explanation: """
      With 'topology: shared' one sidecar stands before all claws that say so. It has one stack, one set of models, keys, \
      services and hosts: claws that need different ones need sidecars of their own.
      """)
}
