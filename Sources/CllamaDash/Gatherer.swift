import Cllama
import NIOCore

/// Asks claw, again and again, but only while somebody looks.
///
/// Belongs to one event loop.
final class Gatherer {
  private let loop: any EventLoop
  private let asker: Asker
  private(set) var picture = Picture()
  /// Told whenever the picture may have changed.
  var changed: () -> Void = {}
  /// Whether somebody sees changes as they come.
  var isWatched: () -> Bool = { false }
  private var round: EventLoopPromise<Void>?
  private var timer: Scheduled<Void>?
  private var lastEnd: NIODeadline?
  private var rounds = 0
  private let pause: TimeAmount

  /// - Parameter pause: how long it waits between two rounds; what is younger counts as new.
  init(_ asker: Asker, loop: any EventLoop, pause: TimeAmount) {
    self.asker = asker
    self.loop = loop
    self.pause = pause
  }

  /// Makes sure that the picture is new, and that it stays so while somebody watches. Never fails.
  func refresh() -> EventLoopFuture<Void> {
    if let round { return round.futureResult }
    if let lastEnd, NIODeadline.now() - lastEnd < pause {
      again()
      return loop.makeSucceededVoidFuture()
    }
    timer?.cancel()
    timer = nil
    let promise = loop.makePromise(of: Void.self)
    round = promise
    // The picture changes when the pod file does, which is seldom.
    let isSlow = rounds % 15 == 0
    rounds += 1
    var questions: [Question] = [.pod]
    if isSlow || picture.graph == nil { questions.append(.graph) }
    if picture.newest == nil { questions += [.configurations, .levels] }
    ask(questions[...])
    return promise.futureResult
  }

  private func ask(_ questions: ArraySlice<Question>) {
    guard let question = questions.first else { return askRecord() }
    asker.ask(question, on: loop).assumeIsolated().whenSuccess { [self] answer in
      picture.take(question, answer, now: RecordTime.now)
      changed()
      // Without an engine nobody can read a record either; the file can be drawn all the same.
      ask(
        picture.asked[.pod]?.failure == nil ? questions.dropFirst() : questions.dropFirst().filter { $0 == .graph }[...]
      )
    }
  }

  private func askRecord() {
    if picture.asked[.pod]?.failure != nil { return end() }
    let question = picture.nextOfRecord
    asker.ask(question, on: loop).assumeIsolated().whenSuccess { [self] answer in
      picture.take(question, answer, now: RecordTime.now)
      changed()
      // What was too much is asked for again, for a shorter time.
      if answer.isTooMuch, picture.nextOfRecord != question { return askRecord() }
      end()
    }
  }

  private func end() {
    lastEnd = .now()
    let promise = round
    round = nil
    promise?.succeed(())
    again()
  }

  private func again() {
    guard isWatched(), timer == nil, round == nil else { return }
    timer = loop.assumeIsolated().scheduleTask(in: pause) { [self] in
      timer = nil
      if isWatched() { _ = refresh() }
    }
  }
}
