/// What the compiler, the docs and the editors know of one Claw directive: its declaration, free of behaviour.
package struct Directive: Sendable {
  /// The instruction word, upper-case.
  package var keyword: String
  /// One line for help and completion.
  package var summary: String
  /// How its arguments are written.
  package var arguments: Arguments
  /// How often it may stand in one stage.
  package var repetition: Repetition
  /// What `${NAME}` means in it.
  package var variables: Variables
  /// A line as it should be written.
  package var example: String

  /// The shape of a directive's arguments.
  package enum Arguments: Sendable {
    /// Words between blanks, which double quotes may hold together: named ones, the last few optional.
    case words([String], optional: Int = 0)
    /// One word or more, of one kind.
    case list(String)
    /// The rest of the line as it stands, `#` and quotes included; a heredoc if `heredoc` says so.
    case text(String, heredoc: Bool)
    /// A schedule, then the rest of the line as it stands.
    case schedule

    /// The usage line's part behind the keyword.
    package var usage: String {
      switch self {
      case .words(let names, let optional):
        names.enumerated().map { $0.offset < names.count - optional ? "<\($0.element)>" : "[<\($0.element)>]" }
          .joined(separator: " ")
      case .list(let name): "<\(name)> [<\(name)>…]"
      case .text(let name, _): "<\(name)>"
      case .schedule: "<schedule> <message>"
      }
    }
  }

  /// How often a directive may stand in one stage.
  package enum Repetition: Sendable {
    /// Once.
    case once
    /// As often as one likes; the order is kept.
    case many
    /// Once for each first word.
    case oncePerKey
  }

  /// What `${NAME}` means in a directive's values.
  package enum Variables: Sendable {
    /// Docker expands it at build time if the stage declares the name by ARG or ENV.
    case stage
    /// It is text.
    case literal
  }

  /// Whether its value is text that keeps quotes and `#`.
  package var isText: Bool {
    switch arguments {
    case .text, .schedule: true
    case .words, .list: false
    }
  }

  /// Whether its value may be a heredoc.
  package var takesHeredoc: Bool {
    if case .text(_, heredoc: true) = arguments { true } else { false }
  }
}
