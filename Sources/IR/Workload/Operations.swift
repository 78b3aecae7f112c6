/// How a new version of a service takes the old one's place.
package struct Rollout: Sendable, Hashable {
  package var strategy: Strategy
  /// When it is promoted, and when it is taken back.
  package var health: HealthLimits

  /// Joins the two.
  package init(strategy: Strategy, health: HealthLimits) {
    self.strategy = strategy
    self.health = health
  }

  /// The way.
  package enum Strategy: Sendable, Hashable {
    /// All at once.
    case immediate
    /// So many workers at a time.
    case rolling(batch: Int)
    /// A share of the calls first, for some seconds.
    case canary(percent: Int, seconds: Int)
    /// A second set beside the first, then a switch.
    case blueGreen
  }

  /// What a new version must be like.
  package struct HealthLimits: Sendable, Hashable {
    /// Errors, in tenths of a percent.
    package var errorPermille: Int
    /// The 99th percentile of answers, in milliseconds.
    package var latency: Int
    /// How many calls must have been seen.
    package var minimumCalls: Int
    /// Calls that must have been answered well, in permille.
    package var successPermille: Int

    /// Joins the parts.
    package init(errorPermille: Int, latency: Int, minimumCalls: Int, successPermille: Int) {
      self.errorPermille = errorPermille
      self.latency = latency
      self.minimumCalls = minimumCalls
      self.successPermille = successPermille
    }
  }
}

/// How many workers a service has by its load.
package struct Scaling: Sendable, Hashable {
  package var minimum: Int
  package var maximum: Int
  package var measure: Measure
  /// Seconds of calm before workers are added.
  package var upAfter: Int
  /// Seconds of calm before workers are taken away.
  package var downAfter: Int

  /// Joins the parts.
  package init(minimum: Int, maximum: Int, measure: Measure, upAfter: Int = 0, downAfter: Int = 300) {
    self.minimum = minimum
    self.maximum = maximum
    self.measure = measure
    self.upAfter = upAfter
    self.downAfter = downAfter
  }

  /// What is measured.
  package enum Measure: Sendable, Hashable {
    /// The processors' use, in percent of what was asked for.
    case cpu(percent: Int)
    /// The memory's.
    case memory(percent: Int)
    /// A metric of each worker's, with the value that is aimed at.
    case metric(name: String, value: Int)
    /// A Prometheus query, with the value for each worker.
    case query(String, value: Int, server: String)
  }
}

/// When somebody is told.
package struct Alert: Sendable, Hashable {
  package var name: String
  /// A Prometheus expression.
  package var expression: String
  /// Seconds that it must hold.
  package var holdsFor: Int
  package var severity: Severity
  /// What is said.
  package var summary: String

  /// Joins the parts.
  package init(name: String, expression: String, holdsFor: Int, severity: Severity, summary: String) {
    self.name = name
    self.expression = expression
    self.holdsFor = holdsFor
    self.severity = severity
    self.summary = summary
  }

  /// How bad it is.
  package enum Severity: String, Sendable, CaseIterable {
    case info
    case warning
    case critical
  }
}
