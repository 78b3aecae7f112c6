import Glibc

// PlacementFigures [SLURM-SCRIPT FOLDER]: what the planner costs on a fleet of 10,000 nodes, how much work it turns away beside other rules, and, with
// a script that starts a Slurm, the same beside that. Ends with status 1 if a goal is missed.

var isGood = true
print("placement: 10,000 nodes with 8 GPUs each, one thread")
isGood = SpeedFigures(fleet: BenchmarkFleets.mixed()).run() && isGood
print("the queue of the same fleet")
QueueFigures(fleet: BenchmarkFleets.mixed()).run()
print("fragmentation: 125 nodes with 8 GPUs each, 20,000 jobs, twenty seeds")
isGood = FragmentationFigures().run() && isGood
if CommandLine.arguments.count > 2 {
  let slurm = SlurmFigures(script: CommandLine.arguments[1], folder: CommandLine.arguments[2])
  print("beside Slurm")
  isGood = slurm.run(nodes: 10_000, jobs: 60) && isGood
  for seed in 0..<3 { isGood = slurm.fill(nodes: 32, seed: UInt64(seed)) && isGood }
} else {
  print("beside Slurm: NOT RUN: no script that starts one was given")
}
exit(isGood ? 0 : 1)
