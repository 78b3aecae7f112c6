import Glibc

// BenchmarkTable CLAW WORK-FOLDER PEERS-FOLDER [in-process]: prints what claw costs beside what its peers cost.
//
// Medians of CPU time, runs of claw and of the peers taking turns, so that what else the machine does hits both alike.

guard CommandLine.arguments.count >= 4 else {
  print("usage: BenchmarkTable CLAW WORK-FOLDER PEERS-FOLDER [in-process]")
  exit(2)
}
let suite = Suite(claw: CommandLine.arguments[1], folder: CommandLine.arguments[2], peers: CommandLine.arguments[3])
suite.run(isShort: CommandLine.arguments.last == "in-process")
