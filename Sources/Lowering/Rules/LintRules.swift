package import AST
package import Diagnostics
import Source

/// The catalog of Clawfile lint rules.
package enum LintRules {
  /// Every rule: BuildKit's that need no registry or context, then claw's own.
  package static let all: [any LintRule.Type] = [
    StageNameCasing.self, FromAsCasing.self, EmptyContinuation.self, InstructionCasing.self, DuplicateStageName.self,
    ReservedStageName.self, JSONFormRecommended.self, MaintainerDeprecated.self, UndefinedArgumentInFrom.self,
    RelativeWorkdir.self, UndefinedVariable.self, RepeatedInstruction.self, LegacyKeyValue.self,
    RedundantTargetPlatform.self, SecretInArgOrEnv.self, InvalidDefaultInFrom.self, ConstantPlatform.self,
    DefinitionDescription.self, ExposeProtocolCasing.self, ExposeHostPart.self,
    JSONFormFallback.self, SwallowedInstruction.self, HiddenDirective.self, HeredocInExec.self, StageNameCase.self,
    LateDuplicateStage.self, DroppedFlag.self, InvalidTrigger.self, ShebangHidesDirective.self, SecretValue.self,
    CustomFrontend.self, ReservedLabel.self,
  ]

  /// Runs every rule that is not experimental, and those experimental ones that the file asks for.
  package static func check(_ file: Clawfile, _ model: BuildModel, into bag: inout DiagnosticBag) {
    let context = LintContext(file: file, model: model)
    let options = CheckOptions(file)
    for type in all {
      let rule = type.rule
      if rule.isExperimental, !options.allowsExperimental(rule) { continue }
      var found = DiagnosticBag()
      type.check(context, into: &found)
      if let stop = stop(of: type.phase, model) { found.filter { $0.location.range.lower <= stop } }
      bag.add(contentsOf: found)
    }
  }

  /// The offset behind which BuildKit does not come to look for the rules of a phase; nil where it goes through.
  private static func stop(of phase: LintPhase, _ model: BuildModel) -> Int? {
    switch phase {
    case .syntax: nil
    case .stages: model.stagesStop
    case .instructions: model.stagesStop == nil && !model.stopsBeforeInstructions ? model.instructionsStop : -1
    }
  }
}
