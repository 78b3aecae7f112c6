import NIOCore

/// What may take too long.
protocol Timed: AnyObject {
  /// Looks at the time, several times a second.
  func tick(_ now: NIODeadline)
}

/// Looks at all that may take too long, a few times a second: a timer for each would be set and taken back several times in
/// every call, and limits of seconds need no better clock.
///
/// Belongs to one event loop.
final class Deadlines {
  private let loop: any EventLoop
  private var watched: [ObjectIdentifier: any Timed] = [:]
  private var isRunning = false
  private static let pause = TimeAmount.milliseconds(100)

  init(_ loop: any EventLoop) { self.loop = loop }

  func watch(_ one: any Timed) {
    watched[ObjectIdentifier(one)] = one
    if !isRunning { run() }
  }

  func forget(_ one: any Timed) { watched[ObjectIdentifier(one)] = nil }

  private func run() {
    isRunning = true
    loop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
      isRunning = false
      let now = NIODeadline.now()
      // Some of them end by that, and are forgotten.
      for one in Array(watched.values) { one.tick(now) }
      if !watched.isEmpty { run() }
    }
  }
}
