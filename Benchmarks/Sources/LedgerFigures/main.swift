import Canonical
import Glibc
import Ledger

// LedgerFigures FOLDER [EVENTS]: what a ledger costs on the disk of FOLDER, beside a Python program on SQLite and the disk
// itself. Events have about 1 KB. By the clock, except where CPU is said.

/// Seconds by a clock.
func seconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let actor = EventActor(id: "bench", kind: .system)

let note = String(repeating: "x", count: 700)

func drafts(_ first: Int, _ count: Int) -> [EventDraft] {
  return (first..<first + count).map { number in
    EventDraft(
      type: "DoDRecorded", payload: Array(#"{"note":"\#(note)","number":\#(number),"tags":["a","b"]}"#.utf8))
  }
}

func open(_ path: String, _ durability: Durability = .durable) throws -> Ledger {
  var options = Ledger.Options()
  options.durability = durability
  return try Ledger(try LedgerFolder(making: path), options: options)
}

/// Appends events of a run of its own, so many at once.
func append(_ path: String, _ count: Int, group: Int, _ durability: Durability = .durable) throws {
  let ledger = try open(path, durability)
  let run = try ledger.start(actor: actor).runId
  var done = 0
  while done < count {
    _ = try ledger.append(drafts(done, min(group, count - done)), run: run, actor: actor)
    done += group
  }
}

/// Starts a program; its process.
func start(_ words: [String], output: Int32? = nil) -> pid_t {
  var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
  defer { for argument in arguments { free(argument) } }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
  var process: pid_t = 0
  guard posix_spawnp(&process, words[0], &actions, nil, &arguments, environ) == 0 else { return -1 }
  return process
}

func wait(_ process: pid_t) -> Bool {
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0 { if errno != EINTR { return false } }
  return status == 0
}

/// What a program prints.
func output(_ words: [String]) -> String {
  var ends: [Int32] = [0, 0]
  pipe(&ends)
  let process = start(words, output: ends[1])
  close(ends[1])
  var text: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = read(ends[0], &buffer, buffer.count)
    if count <= 0 { break }
    text += buffer[..<count]
  }
  close(ends[0])
  _ = wait(process)
  return String(decoding: text, as: UTF8.self)
}

func remove(_ path: String) { _ = wait(start(["rm", "-rf", path])) }

/// How often a second the disk takes a record of 1 KB and says that it has it, and how often a single writer's ledger does:
/// in turns of a fraction of a second, because a neighbour on the machine must meet both. The middle ones.
func writers(_ folder: String, _ ledgerPath: String) throws -> (disk: Double, single: Double) {
  let path = folder + "/disk"
  let file = Glibc.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
  defer {
    close(file)
    unlink(path)
  }
  let record = [UInt8](repeating: 0x61, count: 1064)
  posix_fallocate(file, 0, 16 << 20)
  let ledger = try open(ledgerPath)
  let run = try ledger.start(actor: actor).runId
  let (turns, count) = (40, 250)
  var place = 0
  var rates: (disk: [Double], single: [Double]) = ([], [])
  for turn in 0..<turns {
    var begin = seconds()
    for _ in 0..<count {
      pwrite(file, record, record.count, off_t(place))
      fdatasync(file)
      place += record.count
    }
    rates.disk.append(Double(count) / (seconds() - begin))
    let events = drafts(turn * count, count)
    begin = seconds()
    for event in events { _ = try ledger.append([event], run: run, actor: actor) }
    rates.single.append(Double(count) / (seconds() - begin))
  }
  return (middle(rates.disk), middle(rates.single))
}

func shown(_ value: Double) -> String {
  var digits = String(Int(value.rounded()))
  var text = ""
  while digits.utf8.count > 3 {
    text = "," + digits.suffix(3) + text
    digits = String(digits.dropLast(3))
  }
  return digits + text
}

func line(_ work: String, _ figure: Double, _ note: String = "") {
  let name = work + String(repeating: " ", count: max(1, 58 - work.count))
  let value = shown(figure)
  print(name + String(repeating: " ", count: max(0, 12 - value.count)) + value + (note.isEmpty ? "" : "   " + note))
  fflush(nil)
}

let words = CommandLine.arguments
if words.count == 6, words[1] == "worker" {
  try append(words[2], Int(words[3]) ?? 0, group: Int(words[4]) ?? 1, words[5] == "written" ? .written : .durable)
  exit(0)
}
guard words.count >= 2 else {
  print("LedgerFigures FOLDER [EVENTS]")
  exit(2)
}
let folder = words[1]
let events = words.count > 2 ? Int(words[2]) ?? 200_000 : 200_000
mkdir(folder, 0o755)
let program = words[0]
let peer = "Benchmarks/peers/ledger_peer.py"

/// Eight processes at once.
func processes(_ path: String, each: Int, group: Int, _ durability: String) -> Double {
  _ = try? open(path)
  let begin = seconds()
  let running = (0..<8).map { _ in start([program, "worker", path, String(each), String(group), durability]) }
  let isRight = running.map(wait).allSatisfy { $0 }
  return isRight ? Double(8 * (each + 1)) / (seconds() - begin) : 0
}

/// The middle of three.
func median(_ work: () -> Double) -> Double { (0..<3).map { _ in work() }.sorted()[1] }

print("events of 1 KB a second (median of 3)")
func fresh(_ name: String = "ledger") -> String {
  remove("\(folder)/\(name)")
  return "\(folder)/\(name)"
}
var peers: [[Double]] = []
var full: [Double] = []
var single: [Double] = []
var disks: [Double] = []
var eight: [Double] = []
for _ in 0..<3 {
  // In turns, so that a neighbour on the machine meets all of them.
  let path = fresh()
  let both = try writers(folder, path)
  disks.append(both.disk)
  single.append(both.single)
  remove(path)
  let group = fresh()
  eight.append(processes(group, each: 20_000, group: 100, "durable"))
  remove(group)
  full.append(Double(output(["python3", peer, folder, "4000", "FULL"]).split(separator: " ").first ?? "0") ?? 0)
}
func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
line("disk: 1 KB and fdatasync", middle(disks))
line(
  "durable, one writer, one event each", middle(single),
  "\(Int(100 * middle(single) / max(1, middle(disks)))) % of the disk")
line(
  "durable, 8 processes, groups of 100", middle(eight), "\(Int(middle(eight) / max(1, middle(full)))) times the peer")
line("peer: Python, SQLite FULL, one event each", middle(full))
let ones = fresh()
line("durable, 8 processes, one event each", processes(ones, each: 2000, group: 1, "durable"))
remove(ones)
let written = fresh()
line("written, 8 processes, groups of 100", processes(written, each: 20_000, group: 100, "written"))
remove(written)
let grouped = output(["python3", peer, folder, "50000", "FULL", "100"]).split(whereSeparator: \.isWhitespace).compactMap
{ Double($0) }
if grouped.count == 3 {
  line("peer: Python, SQLite FULL, groups of 100", grouped[0])
  line("peer: verify", grouped[1])
  line("peer: reads by run and number", grouped[2])
}

/// The most memory that this process had, in MB.
func memory() -> Double {
  var usage = rusage()
  getrusage(RUSAGE_SELF.rawValue, &usage)
  return Double(usage.ru_maxrss) / 1024
}

for size in [events / 10, events] {
  let path = fresh()
  try append(path, size - 1, group: 1000, .written)
  let ledger = try LedgerFolder(existing: path)
  var times: [Double] = []
  for _ in 0..<3 {
    let begin = seconds(CLOCK_PROCESS_CPUTIME_ID)
    let report = try LedgerVerification(ledger).run()
    guard report.isConsistent, report.size == size else {
      print("the ledger does not verify: \(report.findings)")
      exit(1)
    }
    times.append(seconds(CLOCK_PROCESS_CPUTIME_ID) - begin)
  }
  line(
    "verify \(shown(Double(size))) events, one thread, a CPU second", Double(size) / middle(times),
    "\(Int(memory())) MB at most")
  let begin = seconds()
  let view = try LedgerView(ledger)
  line("index \(shown(Double(size))) events", Double(size) / (seconds() - begin), "\(Int(memory())) MB at most")
  guard let run = try view.runs().first?.runId else { exit(1) }
  // Anywhere in the log, in no order that a cache could guess.
  var rates: [Double] = []
  var state: UInt64 = 1
  for _ in 0..<3 {
    var reads = 0
    let first = seconds(CLOCK_PROCESS_CPUTIME_ID)
    for _ in 0..<100_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      reads += try view.readHashed(run, 1 + Int(state >> 33) % size) { $0.count > 0 ? 1 : 0 }
    }
    rates.append(Double(reads) / (seconds(CLOCK_PROCESS_CPUTIME_ID) - first))
  }
  line("reads by run and number, a CPU second", middle(rates), "\(Int(memory())) MB at most")
  var listed = 0
  let second = seconds(CLOCK_PROCESS_CPUTIME_ID)
  try view.hashedBytes(run) { (bytes, _) throws(LedgerFailure) in listed += 1 }
  line("list a run, a CPU second", Double(listed) / (seconds(CLOCK_PROCESS_CPUTIME_ID) - second))
  let key = try PrivateKey(seed: [UInt8](repeating: 1, count: 32))
  let third = seconds(CLOCK_PROCESS_CPUTIME_ID)
  _ = try open(path).seal([key], heads: nil, time: 0)
  line("seal, first time, records a CPU second", Double(size) / (seconds(CLOCK_PROCESS_CPUTIME_ID) - third))
  remove(path)
}
