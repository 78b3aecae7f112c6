/// The stages of a sidecar, in the order in which its configuration names them.
package struct Pipeline {
  package let stages: [any Stage]
  /// Stages that ask somebody else, by what they stand behind: the number of stages in front of each.
  package let evaluators: [(position: Int, evaluator: EvaluatorSetting)]

  /// The same with a stage in front.
  package func behind(_ stage: any Stage) -> Pipeline {
    Pipeline([stage] + stages, evaluators: evaluators.map { ($0.position + 1, $0.evaluator) })
  }

  package init(_ stages: [any Stage], evaluators: [(position: Int, evaluator: EvaluatorSetting)] = []) {
    self.stages = stages
    self.evaluators = evaluators
  }

  /// Whether nothing is configured: what comes is what goes.
  package var isEmpty: Bool { stages.isEmpty && evaluators.isEmpty }
  /// Whether answers must be looked at.
  package var seesAnswers: Bool { !evaluators.isEmpty || stages.contains { $0.seesAnswers } }
  /// Whether an answer must be there as a whole before any of it is delivered.
  package var needsWholeAnswers: Bool { evaluators.contains { $0.evaluator.seesAnswers } }
  /// Whether a stage looks at what is said.
  var judgesTexts: Bool { !FlowChain(stages, .text).isEmpty }
  /// How long a request waits, in milliseconds.
  package var delay: Int { stages.reduce(0) { $0 + $1.delay() } }

  /// Lets the stages of a range look at a request.
  package func judge(
    _ request: inout ModelRequest, stages range: Range<Int>, _ notes: inout [Intervention]
  ) throws(Denial) {
    for stage in stages[range] { try stage.judge(&request, &notes) }
  }

  /// Lets all stages look at a whole answer.
  ///
  /// - Returns: how many tool calls were judged.
  @discardableResult
  package func judge(_ answer: inout ModelAnswer, _ notes: inout [Intervention]) throws(Denial) -> Int {
    guard answer.api.isConversation else { return 0 }
    if judgesTexts, answer.removeLogProbabilities() { notes.append(LogProbabilities.note) }
    for passage in answer.passages where passage.kind != .toolCall {
      var chain = FlowChain(stages, passage.kind)
      if chain.isEmpty { continue }
      let text = try chain.whole(passage.text, &notes)
      if !text.utf8.elementsEqual(passage.text.utf8) { answer.replace(passage.place, with: text) }
    }
    var dropped: Set<JSONPlace> = []
    let calls = answer.calls
    for call in calls where try judge(call, &notes) == .drop { dropped.insert(call.place) }
    answer.removeCalls(dropped)
    return calls.count
  }

  /// Why a connection to a host must not be made.
  package func refusal(host: String, port: Int) -> String? {
    for stage in stages { if let reason = stage.refusal(host: host, port: port) { return reason } }
    return nil
  }

  /// Lets all stages look at a tool call; the first that drops it decides.
  package func judge(_ call: ModelAnswer.Call, _ notes: inout [Intervention]) throws(Denial) -> CallVerdict {
    for stage in stages where try stage.judge(call, &notes) == .drop { return .drop }
    return .keep
  }
}
