/// What an instance spent in its window, and what it may still spend.
package struct Spending: Sendable {
  /// Calls that were paid for in a short time. They count until the last of them is out of the window.
  private struct Entry: Sendable {
    var first: Int
    var last: Int
    var calls: Int
    var tokens: Int
    var cost: Money
  }

  private var limits: SidecarConfiguration.BudgetLimits
  private var entries: [Entry] = []
  private var first = 0
  /// In the window.
  package private(set) var tokens = 0
  package private(set) var cost = Money.zero
  package private(set) var requests = 0
  /// What a call that is under way may come to.
  package struct Reserved: Sendable {
    package var tokens = 0
    package var cost = Money.zero

    package init(tokens: Int = 0, cost: Money = .zero) {
      self.tokens = tokens
      self.cost = cost
    }
  }

  /// Of all calls that are under way.
  private var reserved = Reserved()

  package init(_ limits: SidecarConfiguration.BudgetLimits) { self.limits = limits }

  /// The same under other limits: what was spent stays spent.
  package func under(_ limits: SidecarConfiguration.BudgetLimits) -> Spending {
    var other = self
    other.limits = limits
    return other
  }

  /// Why a call must not begin; nil if it may.
  ///
  /// - Parameter now: milliseconds since 1970.
  package mutating func refusal(now: Int) -> WireError? {
    forget(now)
    func refuse(_ what: String) -> WireError {
      let oldest = entries.indices.contains(first) ? entries[first].last : now
      let seconds = max(1, (oldest + limits.windowSeconds * 1_000 - now + 999) / 1_000)
      return WireError(
        .budgetExceeded, "the budget of \(what) in \(limits.windowSeconds) seconds is spent", retryAfter: seconds)
    }
    if let most = limits.tokens, tokens + reserved.tokens >= most { return refuse("\(most) tokens") }
    if let most = limits.dollars, cost + reserved.cost >= most { return refuse("\(most) dollars") }
    if let most = limits.requests, requests >= most { return refuse("\(most) requests") }
    return nil
  }

  /// Counts a call that begins, with what it may come to.
  package mutating func begin(_ call: Reserved) {
    requests += 1
    reserved.tokens += call.tokens
    reserved.cost = reserved.cost + call.cost
  }

  private mutating func release(_ call: Reserved) {
    reserved.tokens -= call.tokens
    reserved.cost = Money(nanodollars: reserved.cost.nanodollars - call.cost.nanodollars)
  }

  /// A call that began was not made after all.
  package mutating func takeBack(_ call: Reserved) {
    requests -= 1
    release(call)
  }

  /// Counts what a call came to.
  package mutating func end(_ call: Reserved, usage: Usage?, cost: Money?, now: Int) {
    release(call)
    record(tokens: usage?.total ?? 0, cost: cost ?? .zero, now: now)
  }

  /// Counts calls of before, from the record.
  package mutating func restore(requests count: Int = 1, tokens: Int, cost: Money, time: Int) {
    requests += count
    record(calls: count, tokens: tokens, cost: cost, now: time)
  }

  /// What was spent in the window, calls that are under way apart.
  package mutating func spent(now: Int) -> (requests: Int, tokens: Int, cost: Money) {
    forget(now)
    return (requests, tokens, cost)
  }

  private mutating func record(calls: Int = 1, tokens: Int, cost: Money, now: Int) {
    // However many calls there are, a window has no more than some thousand entries.
    if let last = entries.indices.last, last >= first, now - entries[last].first < limits.windowSeconds * 1_000 / 4_096
    {
      entries[last].last = max(entries[last].last, now)
      entries[last].calls += calls
      entries[last].tokens += tokens
      entries[last].cost = entries[last].cost + cost
    } else {
      entries.append(Entry(first: now, last: now, calls: calls, tokens: tokens, cost: cost))
    }
    self.tokens += tokens
    self.cost = self.cost + cost
  }

  /// Whether what is being said would pass the budget: a stream ends then.
  package func isSpent(during tokens: Int) -> Bool {
    limits.tokens.map { self.tokens + tokens > $0 } ?? false
  }

  private mutating func forget(_ now: Int) {
    let start = now - limits.windowSeconds * 1_000
    while first < entries.count, entries[first].last <= start {
      tokens -= entries[first].tokens
      cost = Money(nanodollars: cost.nanodollars - entries[first].cost.nanodollars)
      requests -= entries[first].calls
      first += 1
    }
    if first > 1_024, first * 2 > entries.count {
      entries.removeFirst(first)
      first = 0
    }
  }
}

/// Requests a minute: a bucket that fills evenly (a token bucket).
package struct RateLimit: Sendable {
  private let perMinute: Int
  /// Millionths of a request, so that nothing is lost to rounding.
  private var level: Int
  private var last: Int?

  package init(perMinute: Int) {
    self.perMinute = perMinute
    level = perMinute * 1_000_000
  }

  /// Takes a request, or says how many seconds to wait.
  package mutating func take(now: Int) -> Int? {
    guard perMinute > 0 else { return nil }
    if let last, now > last {
      level = min(perMinute * 1_000_000, level + min(now - last, 60_000) * perMinute * 1_000_000 / 60_000)
    }
    last = max(now, last ?? now)
    if level >= 1_000_000 {
      level -= 1_000_000
      return nil
    }
    return max(1, ((1_000_000 - level) * 60 / (perMinute * 1_000_000)) + 1)
  }
}
