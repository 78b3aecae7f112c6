package import IR
import JSON
import Policy

/// Makes the stages of a configuration.
package enum StageBuilder {
  /// Makes the pipeline.
  ///
  /// - Parameter program: gives the program of a policy's bundle, verified.
  package static func pipeline(
    _ settings: [SidecarConfiguration.StageSetting], program: (String) throws(ConfigurationFailure) -> PolicyProgram
  ) throws(ConfigurationFailure) -> Pipeline {
    var stages: [any Stage] = []
    var evaluators: [(position: Int, evaluator: EvaluatorSetting)] = []
    for setting in settings {
      if setting.kind == .policy, let bundle = setting.bundle {
        let own = try PolicyStage.Settings(setting.settings, setting.name)
        let program = try program(bundle)
        stages.append(try PolicyStage(setting.name, program, own))
        continue
      }
      var reader = try MemberReader(setting.settings, setting.name)
      if let evaluator = try EvaluatorSetting(setting.name, &reader) { evaluators.append((stages.count, evaluator)) }
      switch setting.kind {
      case .policy: break
      case .purpose: stages.append(try PurposeStage(setting.name, PurposeStage.Settings(&reader)))
      case .tone: stages.append(try ToneStage(setting.name, ToneStage.Settings(&reader)))
      case .obfuscation: stages.append(ObfuscationStage(setting.name, try ObfuscationStage.Settings(&reader)))
      }
      try reader.finish()
    }
    return Pipeline(stages, evaluators: evaluators)
  }
}
