import Glibc

/// Seconds by a clock.
func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Seconds of this process's processor time.
func processorTime() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

/// Bytes of this process that are in memory.
func resident() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var buffer = [CChar](repeating: 0, count: 128)
  guard fgets(&buffer, 128, file) != nil else { return 0 }
  let words = buffer.prefix { $0 != 0 }.split(separator: 32)
  guard words.count > 1 else { return 0 }
  let pages = words[1].reduce(0) { $0 * 10 + Int($1) - 48 }
  return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// A number with so many digits behind the point.
func fixed(_ value: Double, _ digits: Int = 1) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int((value * scale).rounded())
  guard digits > 0 else { return "\(whole)" }
  let fraction = "\(whole % Int(scale))"
  return "\(whole / Int(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
}

/// With spaces between thousands.
func grouped(_ value: Double) -> String {
  var (rest, text) = (Int(value.rounded()), "")
  while rest >= 1000 {
    let part = "\(rest % 1000)"
    text = " " + String(repeating: "0", count: 3 - part.count) + part + text
    rest /= 1000
  }
  return "\(rest)" + text
}
