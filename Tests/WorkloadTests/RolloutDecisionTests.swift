import IR
import Lowering
import Testing

@Suite("How a new version takes the old one's place: every cell of the table")
struct RolloutDecisionTests {
  typealias Strategy = Rollout.Strategy
  typealias Situation = RolloutDecision.Situation

  static func strategy(
    _ wanted: Strategy?, _ environment: RolloutDecision.Environment, criticality: Int = 50, replicas: Int = 3,
    failures: Int = 0
  ) -> Strategy {
    RolloutDecision.strategy(
      wanted: wanted,
      Situation(environment: environment, criticality: criticality, replicas: replicas, pastFailures: failures))
  }

  @Test("Nothing is wanted")
  func usual() {
    #expect(Self.strategy(nil, .production) == .canary(percent: 10, seconds: 300))
    #expect(Self.strategy(nil, .production, criticality: 80) == .canary(percent: 5, seconds: 300))
    #expect(Self.strategy(nil, .production, criticality: 81) == .blueGreen)
    #expect(Self.strategy(nil, .staging) == .canary(percent: 20, seconds: 120))
    #expect(Self.strategy(nil, .staging, criticality: 90) == .canary(percent: 5, seconds: 120))
    #expect(Self.strategy(nil, .dev) == .immediate)
    #expect(Self.strategy(nil, .dev, replicas: 5) == .immediate)
    #expect(Self.strategy(nil, .dev, replicas: 6) == .rolling(batch: 1))
    #expect(Self.strategy(nil, .dev, replicas: 40) == .rolling(batch: 10))
  }

  @Test("All at once is wanted")
  func immediate() {
    #expect(Self.strategy(.immediate, .dev, criticality: 100) == .immediate)
    #expect(Self.strategy(.immediate, .production, criticality: 29) == .immediate)
    #expect(Self.strategy(.immediate, .production, criticality: 30) == .canary(percent: 10, seconds: 300))
    #expect(Self.strategy(.immediate, .staging, criticality: 71) == .canary(percent: 5, seconds: 300))
  }

  @Test("Failures make it careful")
  func failures() {
    #expect(Self.strategy(.immediate, .dev, failures: 1) == .canary(percent: 5, seconds: 600))
    #expect(Self.strategy(nil, .dev, failures: 1) == .canary(percent: 5, seconds: 600))
    #expect(Self.strategy(nil, .production, failures: 1) == .canary(percent: 8, seconds: 600))
    #expect(Self.strategy(nil, .production, failures: 4) == .canary(percent: 2, seconds: 1500))
    #expect(Self.strategy(nil, .production, failures: 50) == .canary(percent: 1, seconds: 15_300))
    #expect(Self.strategy(.rolling(batch: 4), .dev, failures: 1) == .rolling(batch: 3))
    #expect(Self.strategy(.rolling(batch: 4), .dev, failures: 9) == .rolling(batch: 1))
    #expect(Self.strategy(.blueGreen, .production, failures: 9) == .blueGreen)
  }

  @Test("It is total, and no canary is larger than what was wanted")
  func total() {
    let wanted: [Strategy?] = [
      nil, .immediate, .rolling(batch: 1), .rolling(batch: 7), .canary(percent: 1, seconds: 1),
      .canary(percent: 99, seconds: 60), .blueGreen,
    ]
    for wanted in wanted {
      for environment in RolloutDecision.Environment.allCases {
        for criticality in 0...100 {
          for failures in [0, 1, 2, 5, 20, 1000] {
            for replicas in [1, 5, 6, 100] {
              let found = Self.strategy(
                wanted, environment, criticality: criticality, replicas: replicas, failures: failures)
              switch found {
              case .canary(let percent, let seconds):
                #expect(1...99 ~= percent && seconds >= 1)
                if criticality > 70 { #expect(percent <= 5) }
                if case .canary(let most, _)? = wanted { #expect(percent <= most) }
              case .rolling(let batch): #expect(batch >= 1)
              case .immediate: #expect(environment == .dev || criticality < 30)
              case .blueGreen: break
              }
            }
          }
        }
      }
    }
  }

  @Test("What a new version must be like")
  func health() {
    #expect(
      RolloutDecision.health(.production)
        == .init(errorPermille: 5, latency: 200, minimumCalls: 1000, successPermille: 995))
    #expect(
      RolloutDecision.health(.staging) == .init(errorPermille: 20, latency: 500, minimumCalls: 50, successPermille: 950)
    )
    #expect(
      RolloutDecision.health(.dev) == .init(errorPermille: 50, latency: 2000, minimumCalls: 10, successPermille: 900))
  }
}
