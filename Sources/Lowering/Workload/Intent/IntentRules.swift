package import Diagnostics

/// The rules about sentences that ask for workloads.
package enum IntentRules {
  /// All of them.
  package static let all: [Rule] = [word, twice, size, runner]

  package static let word = Rule(
    "intent/unknown-word", .error, "A word of a sentence means nothing where it stands",
    explanation: """
      A word that is passed over may be the one that matters: 'on 4 H100' and 'on 4 X100' would ask for the same. Sentences \
      have a closed grammar, which 'claw workload intent --help' shows.
      """)

  package static let twice = Rule(
    "intent/said-twice", .error, "A sentence says something twice",
    explanation: "Which of the two is meant can't be told.")

  package static let size = Rule(
    "intent/too-large", .error, "A model does not fit the GPUs",
    explanation: """
      A model takes the memory of its weights, a fifth more for its runner, and the keys and values of its context. Name \
      more or larger GPUs, a smaller precision, or a shorter context.
      """)

  package static let runner = Rule(
    "intent/no-runner", .error, "No runner is known for what is asked",
    explanation: """
      A runner says which image and command run models of a family. claw comes with some; --runners adds yours, and \
      'from IMAGE' names an image by itself.
      """)
}
