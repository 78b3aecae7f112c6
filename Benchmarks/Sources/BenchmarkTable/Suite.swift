import Diagnostics
import Driver
import Glibc
import Lexer
import Parser
import Source

/// All measurements, in the order of the table.
struct Suite {
  var claw: String
  var folder: String
  var peers: String
  private let runs = 11

  /// Measures and prints everything, or only what needs no other program.
  func run(isShort: Bool) {
    print("load average \(load()); medians of \(runs) runs; CPU is user and system time\n")
    let table = Table()
    if !isShort {
      startUp(table)
      lint(table, lines: 50, isHadolintFast: true)
      lint(table, lines: 10_000, isHadolintFast: false)
      manyFiles(table)
      pods(table)
      clawPods(table)
    }
    // Last: a child's largest resident set is never said to be less than what its parent had.
    inProcess(table)
    linearity(table)
    policies(table)
  }

  /// Measures only what rulesets and decisions cost.
  func runPolicies() { policies(Table()) }

  // MARK: Programs

  private func startUp(_ table: Table) {
    compare(
      table, "print the version", [claw, "--version"],
      [("hadolint", ["--version"]), ("tally", ["version"]), ("docker", ["compose", "version"])])
  }

  private func lint(_ table: Table, lines: Int, isHadolintFast: Bool) {
    let path = write(Inputs.clawfile(lines: lines), to: "Clawfile.\(lines)")
    // Peers know no directives; they get the same file without them.
    let plain = Inputs.clawfile(lines: lines).split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("CLAW_TYPE") && !$0.hasPrefix("MODEL") }.joined(separator: "\n")
    let peerPath = write(plain, to: "Dockerfile.\(lines)")
    var others = [("tally", ["lint", peerPath])]
    // Its time grows with the square: over six minutes for 10,000 lines.
    if isHadolintFast { others.insert(("hadolint", [peerPath]), at: 0) }
    compare(table, "check \(lines) lines", [claw, "check", path], others, runs: lines > 1_000 ? 9 : runs)
  }

  private func manyFiles(_ table: Table) {
    var paths: [String] = []
    if let listed = getenv("CLAW_BENCH_FILES").map({ String(cString: $0) }) {
      paths = listed.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    } else {
      for number in 0..<238 {
        paths.append(write(Inputs.clawfile(lines: 10 + number % 40), to: "many/Dockerfile.\(number)"))
      }
    }
    compare(
      table, "check \(paths.count) files in one process", [claw, "check", "--as", "clawfile"] + paths,
      [("hadolint", paths), ("tally", ["lint"] + paths)], runs: 9)
  }

  private func pods(_ table: Table) {
    for services in [1, 100, 1_000] {
      let path = write(Inputs.pod(services: services), to: "pod-\(services)/claw-pod.yml")
      compare(
        table, "pod of \(services) service\(services == 1 ? "" : "s")", [claw, "compile", "--stdout", path],
        [("docker", ["compose", "-f", path, "config"])], runs: 9)
    }
  }

  /// Pods of claws, which no peer knows.
  private func clawPods(_ table: Table) {
    for claws in [1, 100, 1_000] {
      let folder = "claws-\(claws)"
      let path = write(Inputs.pod(claws: claws), to: "\(folder)/claw-pod.yml")
      for (name, text) in Inputs.clawFiles { _ = write(text, to: "\(folder)/\(name)") }
      let work = "pod of \(claws) claw\(claws == 1 ? "" : "s")"
      compare(table, work, [claw, "compile", "--stdout", path], [], runs: 9)
    }
  }

  /// Runs claw and every peer that is there in turns.
  private func compare(
    _ table: Table, _ work: String, _ command: [String], _ others: [(name: String, arguments: [String])],
    runs: Int = 11
  ) {
    var commands = [command]
    var names: [String] = []
    for other in others {
      guard let path = Child.find(other.name, in: [peers]) else {
        table.row(work, claw: "", peer: "\(other.name): not installed", repeating: ["scripts/bench-peers"])
        continue
      }
      names.append(other.name)
      commands.append([path] + other.arguments)
    }
    var times = [[Double]](repeating: [], count: commands.count)
    var memory = [Int](repeating: 0, count: commands.count)
    for _ in 0..<runs {
      for (index, words) in commands.enumerated() {
        guard let cost = Child.run(words), cost.status >= 0 else { continue }
        times[index].append(cost.cpu)
        memory[index] = max(memory[index], cost.memory)
      }
    }
    let own = times[0].median
    func shown(_ words: [String]) -> String { words.prefix(8).joined(separator: " ") + (words.count > 8 ? " …" : "") }
    if names.isEmpty { table.row(work, claw: Format.cost(own, memory[0]), repeating: [shown(command)]) }
    for (index, name) in names.enumerated() {
      let time = times[index + 1].median
      table.row(
        work, claw: Format.cost(own, memory[0]), peer: "\(name) \(Format.cost(time, memory[index + 1]))",
        ratio: time / own, repeating: [shown(command), shown(commands[index + 1])])
    }
  }

  // MARK: In this process

  private func inProcess(_ table: Table) {
    let file = SourceFile(path: "Clawfile", text: Inputs.clawfile(lines: 10_000))
    let again = ["make bench"]
    for (work, pass) in Self.passes {
      let time = time { pass(file) }
      let rate = Double(file.bytes.count) / 1e6 / time
      table.row(
        "\(work), 10,000 lines", claw: "\(Format.number(rate)) MB/s (\(Format.number(time * 1000)) ms)",
        repeating: again)
    }
  }

  /// Repeats one pass for some seconds: something for a profiler to look at. False if there is no such pass.
  static func repeats(_ name: String, lines: Int, seconds: Double = 4) -> Bool {
    if let pass = passes.first(where: { $0.0 == name }) {
      let file = SourceFile(path: "Clawfile", text: Inputs.clawfile(lines: lines))
      while Child.ownTime() < seconds { pass.1(file) }
      return true
    }
    guard let decide = decision(name) else { return false }
    if lines < 10_000 { for _ in 0..<lines { decide() } } else { while Child.ownTime() < seconds { decide() } }
    return true
  }

  private static var passes: [(String, (SourceFile) -> Void)] {
    [
      (
        "lex",
        { file in
          var bag = DiagnosticBag()
          _ = ClawfileLexer.lex(file, into: &bag)
        }
      ),
      (
        "lex and parse",
        { file in
          var bag = DiagnosticBag()
          _ = ClawfileParser.parse(file, into: &bag)
        }
      ), ("lex, parse, every rule", check),
    ]
  }

  private static func check(_ file: SourceFile) {
    var bag = DiagnosticBag()
    _ = CheckedClawfile.check(file, into: &bag)
  }

  private func linearity(_ table: Table) {
    var last: Double?
    for lines in [100, 1_000, 10_000, 100_000] {
      let file = SourceFile(path: "Clawfile", text: Inputs.clawfile(lines: lines))
      let time = time { Self.check(file) }
      table.row(
        "every rule, \(lines) lines", claw: "\(Format.number(time * 1e9 / Double(lines))) ns a line",
        peer: last.map { "\(Format.number(time / $0)) times the line above" } ?? "", repeating: [])
      last = time
    }
  }

  /// The median CPU time of a piece of work, in seconds; short ones are repeated until the clock can see them.
  func time(_ work: () -> Void) -> Double {
    work()
    var count = 1
    while true {
      let start = Child.ownTime()
      for _ in 0..<count { work() }
      if Child.ownTime() - start > 0.01 { break }
      count *= 2
    }
    return (0..<runs).map { _ in
      let start = Child.ownTime()
      for _ in 0..<count { work() }
      return (Child.ownTime() - start) / Double(count)
    }.median
  }

  // MARK: Surroundings

  private func write(_ text: String, to name: String) -> String {
    let path = "\(folder)/\(name)"
    if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o755) }
    if let file = fopen(path, "w") {
      fputs(text, file)
      fclose(file)
    }
    return path
  }

  private func load() -> String {
    var values = [Double](repeating: 0, count: 3)
    guard getloadavg(&values, 3) > 0 else { return "unknown" }
    return Format.number(values[0])
  }
}
