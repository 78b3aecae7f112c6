extension PackageRun {
  /// Step 8: the policies decide anew. What `policy-evaluation.json` says is only held against that.
  mutating func checkPolicies() {
    let seal = package.seal
    let place = Place(.policySet, file: settings.policies?.file)
    if let pinned = settings.trust?.policySetHash {
      let isMissing = settings.policies == nil
      require(
        hashes.policySet.map { TextForms.same($0, pinned) } ?? false, .policy, .policyInvalid, place,
        isMissing
          ? "the trust file asks for policies, and none are given"
          : "these are not the policies that the trust file asks for")
    }
    if let declared = seal?.content.policySetHash {
      let own = (seal?.place ?? Place(.seal)).at("/policySetHash")
      if let found = hashes.policySet {
        same(declared, found, .policy, .policyInvalid, own, "the digest of the policies")
      } else {
        fail(.policy, .policyInvalid, own, "the package was sealed under policies, and none are given")
      }
    }
    guard settings.policies != nil else {
      if let evaluation = package.policyEvaluation {
        fail(
          .policy, .policyEvaluationFailed, evaluation.place,
          "policies decided, and none are given to decide again")
        checkDeclared(evaluation)
      }
      return
    }
    require(
      Self.areDistinct(policies.map(\.policyID)), .policy, .policyInvalid, place, "two policies have the same id")
    let evaluator = PolicyEvaluator(package)
    // Every rule, and whether its condition holds, where that can be told.
    var decided: [[Exact]: Bool?] = [:]
    for policy in policies {
      for rule in policy.rules {
        let holds = decide(rule, policy, evaluator, place.at(rule.pointer))
        decided.updateValue(holds, forKey: [Exact(policy.policyID), Exact(rule.ruleID)])
      }
    }
    guard let evaluation = package.policyEvaluation else {
      return fail(
        .policy, .policyEvaluationFailed, Place(.policyEvaluation), "there is no record of what the policies decided")
    }
    checkDeclared(evaluation)
    // The same rules, no more and no fewer.
    let declared = Set(evaluation.content.rules.map { [Exact($0.policy), Exact($0.rule)] })
    require(
      declared == Set(decided.keys), .policy, .policyEvaluationFailed, evaluation.place.at("/policyResults"),
      "other rules were decided than the policies have")
    for rule in evaluation.content.rules {
      guard let said = rule.holds, let holds = decided[[Exact(rule.policy), Exact(rule.rule)]] ?? nil, said != holds
      else {
        continue
      }
      fail(
        .policy, .policyEvaluationFailed, evaluation.place.at("/policyResults"),
        "\(rule.policy) \(rule.rule) is said to be \(said), and is \(holds)")
    }
  }

  private mutating func checkDeclared(_ evaluation: Artifact<PolicyEvaluation>) {
    require(
      evaluation.content.passed == true && evaluation.content.failures == 0, .policy, .policyEvaluationFailed,
      evaluation.place.at("/passed"), "the policies did not pass")
  }

  /// Decides a rule; whether its condition holds, nil where that can't be told.
  private mutating func decide(
    _ rule: SessionPolicy.Rule, _ policy: SessionPolicy, _ evaluator: PolicyEvaluator, _ place: Place
  ) -> Bool? {
    guard let effect = rule.effect, let severity = rule.severity else { return nil }
    let name = "\(policy.policyID) \(rule.ruleID)"
    switch evaluator.decide(rule) {
    case .failure(let failure):
      // What can't be decided is denied, whatever the rule would have done.
      fail(.policy, failure.code, place.at("/condition"), "\(name): \(failure.message)")
      return nil
    case .success(let holds):
      switch effect {
      case .deny:
        require(!holds, .policy, .policyDenied, place, "\(name) denies (\(severity.rawValue))")
      case .require:
        require(holds, .policy, .policyRequirementFailed, place, "\(name) is not met (\(severity.rawValue))")
      case .allow:
        require(holds || severity != .critical, .policy, .policyDenied, place, "\(name) does not allow it")
      }
      return holds
    }
  }
}
