extension Directive {
  /// Every directive, in the order of the documentation.
  package static let all: [Directive] = [
    clawType, agent, model, cllama, persona, configure, invoke, track, act, surface, privilege, handle, skill,
  ]

  /// The directive of a word, which is compared without regard to ASCII case.
  package static func named(_ word: String) -> Directive? { byKeyword[word.uppercased()] }

  /// Lower-case words of the directives that take heredocs.
  package static let heredocKeywords = Set(all.filter(\.takesHeredoc).map { $0.keyword.lowercased() })

  private static let byKeyword = Dictionary(uniqueKeysWithValues: all.map { ($0.keyword, $0) })
}
