package import IR

/// Chooses how a new version takes an old one's place: a total function of what is wanted and of the situation.
package enum RolloutDecision {
  /// Where a service runs.
  package enum Environment: String, Sendable, CaseIterable {
    case production
    case staging
    case dev
  }

  /// What the choice depends on.
  package struct Situation: Sendable {
    package var environment: Environment
    /// 0 to 100: how bad an outage is.
    package var criticality: Int
    package var replicas: Int
    /// How many of the last versions failed.
    package var pastFailures: Int

    /// Joins the parts.
    package init(environment: Environment, criticality: Int = 50, replicas: Int = 1, pastFailures: Int = 0) {
      self.environment = environment
      self.criticality = criticality
      self.replicas = replicas
      self.pastFailures = pastFailures
    }
  }

  /// The strategy.
  ///
  /// - Parameter wanted: what the author wants; nil for the usual of the environment.
  package static func strategy(wanted: Rollout.Strategy?, _ situation: Situation) -> Rollout.Strategy {
    let failures = situation.pastFailures
    switch wanted ?? usual(situation) {
    case .immediate:
      // Nobody may put everything at stake where an outage is bad, nor after a failure.
      if failures > 0 { return .canary(percent: 5, seconds: 600) }
      if wanted != nil, situation.environment != .dev, situation.criticality >= 30 {
        return canary(percent: 10, seconds: 300, situation)
      }
      return .immediate
    case .rolling(let batch): return .rolling(batch: max(1, batch - failures))
    case .canary(let percent, let seconds): return canary(percent: percent, seconds: seconds, situation)
    case .blueGreen: return .blueGreen
    }
  }

  private static func usual(_ situation: Situation) -> Rollout.Strategy {
    switch situation.environment {
    case .production: situation.criticality > 80 ? .blueGreen : .canary(percent: 10, seconds: 300)
    case .staging: .canary(percent: 20, seconds: 120)
    case .dev: situation.replicas > 5 ? .rolling(batch: max(1, situation.replicas / 4)) : .immediate
    }
  }

  /// A canary that failures make smaller and slower.
  private static func canary(percent: Int, seconds: Int, _ situation: Situation) -> Rollout.Strategy {
    let capped = situation.criticality > 70 ? min(percent, 5) : percent
    return .canary(
      percent: max(1, capped - 2 * situation.pastFailures), seconds: seconds * (1 + situation.pastFailures))
  }

  /// What a new version must be like, by where it runs.
  package static func health(_ environment: Environment) -> Rollout.HealthLimits {
    switch environment {
    case .production: .init(errorPermille: 5, latency: 200, minimumCalls: 1000, successPermille: 995)
    case .staging: .init(errorPermille: 20, latency: 500, minimumCalls: 50, successPermille: 950)
    case .dev: .init(errorPermille: 50, latency: 2000, minimumCalls: 10, successPermille: 900)
    }
  }
}
