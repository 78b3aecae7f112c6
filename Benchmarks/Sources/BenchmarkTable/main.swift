import Glibc

// BenchmarkTable CLAW WORK-FOLDER PEERS-FOLDER [in-process]: prints what claw costs beside what its peers cost.
// BenchmarkTable CLAW WORK-FOLDER repeat PASS LINES: one pass for some seconds, for a profiler to look at; 'decide', 'read' and
// 'decide 7' go over the events of the policy figures, as often as LINES says if it is below 10,000.
// BenchmarkTable CLAW WORK-FOLDER PEERS-FOLDER events: what each event of the policy figures costs.
//
// Medians of CPU time, runs of claw and of the peers taking turns, so that what else the machine does hits both alike.

// As claw does it: what is measured is work, not how often the heap is given back between two repetitions.
var block: UnsafeMutableRawPointer?
if posix_memalign(&block, 16, 24 << 20) == 0 { free(block) }

guard CommandLine.arguments.count >= 4 else {
  print("usage: BenchmarkTable CLAW WORK-FOLDER PEERS-FOLDER [in-process]")
  exit(2)
}
if CommandLine.arguments.count > 5, CommandLine.arguments[3] == "repeat" {
  exit(Suite.repeats(CommandLine.arguments[4], lines: Int(CommandLine.arguments[5]) ?? 10_000) ? 0 : 2)
}
let suite = Suite(claw: CommandLine.arguments[1], folder: CommandLine.arguments[2], peers: CommandLine.arguments[3])
if CommandLine.arguments.last == "events" {
  suite.eachEvent()
} else if CommandLine.arguments.last == "policies" {
  suite.runPolicies()
} else {
  suite.run(isShort: CommandLine.arguments.last == "in-process")
}
