import Glibc

/// What running a program once cost.
struct Cost {
  /// User and system time, in seconds.
  var cpu: Double
  /// From start to end, in seconds.
  var wall: Double
  /// Largest resident set, in bytes.
  var memory: Int
  /// Its exit status, negative if a signal ended it.
  var status: Int32
}

/// Runs programs and measures them.
enum Child {
  /// Runs a program with its output thrown away; nil if it could not be started.
  static func run(_ words: [String]) -> Cost? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid = pid_t()
    let start = now()
    guard posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ) == 0 else { return nil }
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(pid, &status, 0, &usage) == pid else { return nil }
    let wall = now() - start
    let cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    return Cost(cpu: cpu, wall: wall, memory: usage.ru_maxrss * 1024, status: code)
  }

  /// The CPU time of this process, in seconds.
  static func ownTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// The first of some names that is a program on PATH or in a folder, as a path.
  static func find(_ name: String, in folders: [String]) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    for folder in folders + path.split(separator: ":").map(String.init) where access("\(folder)/\(name)", X_OK) == 0 {
      return "\(folder)/\(name)"
    }
    return nil
  }
}

extension [Double] {
  /// The middle value.
  var median: Double {
    let sorted = self.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1
      ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
  }
}
