/// What an instance did in the last day, by the minute.
package struct Activity: Sendable {
  private struct Minute: Sendable {
    var number: Int
    var calls = 0
    var nanodollars = 0
  }

  private var minutes: [Minute] = []

  package init() {}

  /// Counts a call.
  ///
  /// - Parameter now: milliseconds since 1970.
  package mutating func add(cost: Money?, now: Int) {
    let number = now / 60_000
    if minutes.last?.number != number { minutes.append(Minute(number: number)) }
    minutes[minutes.count - 1].calls += 1
    minutes[minutes.count - 1].nanodollars += cost?.nanodollars ?? 0
    if minutes.count > 2_000 { minutes.removeFirst(minutes.count - 1_440) }
  }

  /// Calls in the last hour.
  package func callsInHour(now: Int) -> Int {
    minutes.reduce(0) { $0 + ($1.number > now / 60_000 - 60 ? $1.calls : 0) }
  }

  /// Cost in the last day.
  package func costInDay(now: Int) -> Money {
    Money(nanodollars: minutes.reduce(0) { $0 + ($1.number > now / 60_000 - 1_440 ? $1.nanodollars : 0) })
  }
}
