import Cllama
import JSON
import NIOCore

/// A stream of server-sent events to one connection.
final class EventFeed: Viewer {
  static let type = "text/event-stream; charset=utf-8"
  /// A comment so often, so that both sides notice when the other is gone.
  private static let heartbeat = TimeAmount.seconds(15)

  /// What is told.
  protocol Content: AnyObject {
    /// Events that are new.
    func next() -> String
    /// Whether it is told of changes of the picture.
    var isOfPicture: Bool { get }
  }

  private let dashboard: Dashboard
  let content: any Content
  private let write: (String) -> Bool
  private var task: RepeatedTask?
  private var isOver = false

  /// - Parameter write: sends a text, which may be empty; false if there is no room for it now.
  init(_ dashboard: Dashboard, _ content: any Content, write: @escaping (String) -> Bool) {
    self.dashboard = dashboard
    self.content = content
    self.write = write
  }

  func begin(_ loop: any EventLoop) {
    _ = write("retry: 2000\n\n")
    let bound = NIOLoopBound(self, eventLoop: loop)
    task = loop.scheduleRepeatedTask(initialDelay: Self.heartbeat, delay: Self.heartbeat) { _ in
      _ = bound.value.write(": still here\n\n")
    }
    if content.isOfPicture { _ = dashboard.live.add(self) }
    if let logs = content as? Logs { logs.begin(self, loop) }
    changed()
  }

  func changed() {
    // Nothing is fetched that can't be sent: it stays new.
    guard !isOver, write("") else { return }
    let text = content.next()
    if !text.isEmpty { _ = write(text) }
  }

  func end() {
    isOver = true
    task?.cancel()
    task = nil
    dashboard.live.remove(self)
    dashboard.closed(self)
  }

  /// Lines of the record.
  final class Calls: Content {
    private let live: Live
    private var last: Int
    let isOfPicture = true

    init(_ dashboard: Dashboard, last: Int) {
      live = dashboard.live
      self.last = last
    }

    func next() -> String { live.events(&last) }
  }

  /// What a service writes.
  final class Logs: Content {
    /// Most streams of logs at a time: each asks claw again and again.
    static let limit = 4
    private let asker: Asker
    private let service: String
    private let pause: TimeAmount
    private var tail = LogTail()
    private var pending = ""
    let isOfPicture = false

    init(_ dashboard: Dashboard, service: String) {
      asker = dashboard.asker
      pause = dashboard.pause
      self.service = service
    }

    func begin(_ feed: EventFeed, _ loop: any EventLoop) {
      asker.ask(.logs(service), on: loop).assumeIsolated().whenSuccess { [self] answer in
        if feed.isOver { return }
        if answer.isUsable {
          for line in tail.fresh(answer.output) { pending += "event: log\ndata: \(line.text())\n\n" }
        } else {
          let value: JSONValue = ["message": .string(answer.complaint)]
          pending += "event: failure\ndata: \(value.text())\n\n"
        }
        feed.changed()
        loop.assumeIsolated().scheduleTask(in: pause) { [self] in
          if !feed.isOver { begin(feed, loop) }
        }
      }
    }

    func next() -> String {
      defer { pending = "" }
      return pending
    }
  }
}
