import Glibc

/// Turns SIGINT, SIGTERM and SIGHUP into bytes of a pipe while a child runs, so that one blocking read waits for the
/// child's end and for the user's wish alike. A handler, not "ignore": children would inherit that.
struct SignalPipe: ~Copyable {
  /// The byte that says that the work is done.
  static let done: UInt8 = 0
  /// The signals that are passed on.
  static let signals = [SIGINT, SIGTERM, SIGHUP]

  private let reader: Int32
  /// The end that the work writes `done` to.
  let writer: Int32
  private var previous: [sigaction] = []

  /// Opens the pipe and takes over the signals; nil if the system has no descriptors left.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    reader = ends[0]
    writer = ends[1]
    signalWriter = writer
    for signal in Self.signals {
      var action = sigaction()
      var old = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(signalWriter, &byte, 1)
        errno = saved
      }
      action.sa_flags = SA_RESTART
      sigaction(signal, &action, &old)
      previous.append(old)
    }
    _ = Self.catchBrokenPipes
  }

  deinit {
    for (signal, old) in zip(Self.signals, previous) {
      var old = old
      sigaction(signal, &old, nil)
    }
    close(reader)
    close(writer)
  }

  /// A child that does not read what we hand it must not end us. For good: the write that fails may come after the run.
  private static let catchBrokenPipes: Void = {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGPIPE, &action, nil)
  }()

  /// Waits for the next byte: a signal's number, or `done`; nil if `milliseconds` passed first.
  func next(milliseconds: Int32?) -> UInt8? {
    while true {
      var descriptor = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
      let ready = poll(&descriptor, 1, milliseconds ?? -1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return nil }
      var byte: UInt8 = 0
      if read(reader, &byte, 1) == 1 { return byte }
    }
  }

  /// Says that the work is done; callable from any thread.
  static func finish(_ writer: Int32) {
    var byte = done
    _ = write(writer, &byte, 1)
  }
}

/// What the handler writes to: a handler can capture nothing. Only one pipe exists at a time, made on the main thread.
nonisolated(unsafe) private var signalWriter: Int32 = -1
