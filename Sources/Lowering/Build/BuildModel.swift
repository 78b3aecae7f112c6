import Lexer
package import Source

/// What a build would make of a Clawfile as far as that can be known without a registry, a context or build arguments:
/// the ground that the rules stand on.
package struct BuildModel: Sendable {
  /// The stages, in file order.
  package var stages: [StageModel] = []
  /// Uses of variables that nothing sets.
  package var undefined: [UndefinedVariable] = []
  /// The words of EXPOSE after expansion, sorted as BuildKit sorts them.
  package var ports: [(instruction: Int, words: [String])] = []
  /// WORKDIR paths after expansion, and whether one was set before in the stage.
  package var workdirs: [(instruction: Int, path: String, isFirst: Bool)] = []
  /// Names that sound like secrets and that ENV and ARG set inside stages, after expansion.
  package var secrets: [(instruction: Int, name: String)] = []

  /// Where BuildKit, without build arguments, stops working out bases: the end of a FROM line.
  package var stagesStop: Int?
  /// Whether it stops between bases and instructions: at an image name that is none, or at a `--from` that can't be.
  package var stopsBeforeInstructions = false
  /// Where it stops going through the instructions: the end of one.
  package var instructionsStop: Int?

  /// A stage and those of the file that it is built on, itself first.
  package func lineage(of stage: Int) -> [Int] {
    var stages = [stage]
    while let last = stages.last, self.stages.indices.contains(last), let parent = self.stages[last].parent {
      stages.append(parent)
    }
    return stages
  }

  /// A stage of the model.
  package struct StageModel: Sendable {
    /// The base after expansion.
    package var base: String
    /// The stage that the base is, if it is one of this file.
    package var parent: Int?
    /// Whether a SHELL instruction is in force at its end.
    package var hasShell = false
    /// The shell in force at its end, if SHELL set one.
    package var shell: [String]?
    /// The variables in force at its end.
    package var scope: StageScope
    /// Whether WORKDIR was seen in it or in a stage that it is built on.
    package var hasWorkdir = false
    /// The working directory, as far as the file says.
    package var workdir = "/"
    /// Whether the base name and the platform could be worked out.
    package var isValid = true
    /// What expanding the base name and the platform used.
    package var fromVariables = FromVariables()
  }

  /// The variables of a FROM line.
  package struct FromVariables: Sendable {
    /// Names that no ARG before the first FROM declares.
    package var undeclared: [String] = []
    /// The only variable of `--platform`, if it is the only one.
    package var platformVariable: String?
    /// The value of `--platform` if no variable was in it.
    package var constantPlatform: String?
    /// The value of `--platform` after expansion.
    package var platform: String?
    /// Names that could have been meant.
    package var candidates: [String] = []
  }

  /// A use of a variable that nothing sets.
  package struct UndefinedVariable: Sendable {
    /// The instruction that uses it.
    package var instruction: Int
    /// The name.
    package var name: String
    /// The name that was probably meant.
    package var suggestion: String?
    /// Where it stands, as far as that is known.
    package var range: SourceRange?
  }
}
