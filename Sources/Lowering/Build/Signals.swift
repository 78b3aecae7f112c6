/// The signals that STOPSIGNAL takes. Source: moby's table for Linux.
enum Signals {
  /// Whether a text is a signal: a number other than 0, or a name with or without SIG.
  static func isSignal(_ text: String) -> Bool {
    if let number = Int(text) { return number != 0 }
    let upper = text.uppercased()
    return names.contains(upper.utf8.starts(with: "SIG".utf8) ? String(upper.dropFirst(3)) : upper)
  }

  private static let names: Set<String> = {
    var names: Set = [
      "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
      "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
      "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
    ]
    for number in 1...15 { names.insert("RTMIN+\(number)") }
    for number in 1...14 { names.insert("RTMAX-\(number)") }
    return names
  }()
}
