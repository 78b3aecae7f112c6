package import Directives
package import Source

/// What an instruction says.
///
/// The instructions of a file lie side by side with theirs in them: a box for each would be one more piece of memory to
/// make, to wait for and to free. What is large and rare has one.
package enum InstructionBody: Sendable {
  /// `FROM image [AS name]`
  indirect case from(FromBody)
  /// `ARG name[=value]…`
  case arg([Assignment])
  /// `ENV name=value…`, or the old `ENV name value`
  case env([Assignment], isLegacy: Bool)
  /// `LABEL name=value…`, or the old `LABEL name value`
  case label([Assignment], isLegacy: Bool)
  /// `RUN command`
  case run(RunBody)
  /// `CMD command`
  case cmd(CommandForm)
  /// `ENTRYPOINT command`
  case entrypoint(CommandForm)
  /// `SHELL ["…"]`
  case shell([String])
  /// `COPY` or `ADD`
  case copy(CopyBody)
  /// `EXPOSE port…`
  case expose([Word])
  /// `VOLUME path…`
  case volume([Word])
  /// `USER name`
  case user(Word)
  /// `WORKDIR path`
  case workdir(Word)
  /// `STOPSIGNAL signal`
  case stopSignal(Word)
  /// `MAINTAINER name`
  case maintainer(Word)
  /// `HEALTHCHECK …`: nil for NONE.
  case healthcheck(CommandForm?)
  /// `ONBUILD instruction`: the trigger as indices of the line's text.
  case onbuild(Range<Int>)
  /// A Claw directive.
  indirect case directive(DirectiveUse)
  /// Something that was reported and is skipped.
  case invalid
}

/// A word of an instruction, unexpanded.
package struct Word: Sendable {
  /// The word, quotes and escapes included; in a JSON form the decoded element.
  package var text: String
  private var place: CompactRange

  /// Makes a word.
  package init(text: String, range: Range<Int>) {
    self.text = text
    place = CompactRange(range)
  }

  /// Where it stands, as indices of the line's text.
  package var range: Range<Int> { place.range }
}

/// `FROM`'s arguments.
package struct FromBody: Sendable {
  /// The base.
  package var base: Word
  /// The `AS` word as written.
  package var asKeyword: Word?
  /// The name as written.
  package var name: Word?
  /// The value of `--platform`.
  package var platform: Word?

  /// Joins the parts.
  package init(base: Word, asKeyword: Word?, name: Word?, platform: Word?) {
    self.base = base
    self.asKeyword = asKeyword
    self.name = name
    self.platform = platform
  }
}

/// A name and its value.
package struct Assignment: Sendable {
  /// The name, unexpanded.
  package var key: Word
  /// The value, unexpanded; nil for a bare `ARG name`.
  package var value: Word?

  /// Pairs them.
  package init(key: Word, value: Word?) {
    self.key = key
    self.value = value
  }
}

/// A command in one of its two forms.
package enum CommandForm: Sendable {
  /// Text for the stage's shell, as indices of the line's text; empty if nothing was given.
  case shell(Range<Int>)
  /// Words for exec.
  case exec([String])
}

/// `RUN`'s arguments.
package struct RunBody: Sendable {
  /// The values of `--mount`, unexpanded.
  package var mounts: [Word]
  /// The command.
  package var command: CommandForm

  /// Joins the parts.
  package init(mounts: [Word], command: CommandForm) {
    self.mounts = mounts
    self.command = command
  }
}

/// `COPY`'s and `ADD`'s arguments.
package struct CopyBody: Sendable {
  /// Whether it is ADD.
  package var isAdd: Bool
  /// Sources that are paths or addresses.
  package var sources: [Word]
  /// Sources that are heredocs: indices of the line's heredocs.
  package var contents: [Int]
  /// Where to.
  package var destination: Word
  /// The flags given, by name.
  package var flags: [(name: String, value: Word)]

  /// Joins the parts.
  package init(isAdd: Bool, sources: [Word], contents: [Int], destination: Word, flags: [(name: String, value: Word)]) {
    self.isAdd = isAdd
    self.sources = sources
    self.contents = contents
    self.destination = destination
    self.flags = flags
  }

  /// A flag's value.
  package func flag(_ name: String) -> Word? { flags.first { $0.name == name }?.value }
}

/// A Claw directive's arguments, cut but not yet understood.
package struct DirectiveUse: Sendable {
  /// Which directive.
  package var directive: Directive
  /// The words of a word directive; for INVOKE the words of the schedule.
  package var words: [DirectiveWord]
  /// The text of a text directive; for INVOKE the message.
  package var text: DirectiveWord?

  /// Joins the parts.
  package init(directive: Directive, words: [DirectiveWord], text: DirectiveWord?) {
    self.directive = directive
    self.words = words
    self.text = text
  }
}

/// A value in a directive.
package struct DirectiveWord: Sendable {
  /// The value, quotes resolved.
  package var value: String
  /// Where it stands in the file.
  package var range: SourceRange

  /// Makes a value.
  package init(value: String, range: SourceRange) {
    self.value = value
    self.range = range
  }
}
