import Glibc
import IR
import Placement
import TestSupport

/// The same jobs on the same fleet, placed by a Slurm that a script starts: `SCRIPT fleet FOLDER FILE`, where the file has the nodes, and
/// `SCRIPT down FOLDER`.
struct SlurmFigures {
  let script: String
  let folder: String

  /// Slurm's processor time for each placement against ours. Its controller alone is counted, not the programs that hand jobs in; that it
  /// takes them in is part of its time.
  func run(nodes: Int, jobs: Int) -> Bool {
    guard start(nodes) else { return fail("Slurm does not start") }
    defer { _ = shell("'\(script)' down '\(folder)'") }
    guard let controller = shell("cat '\(folder)/run/slurmctld.pid'").flatMap({ Int($0) }) else {
      return fail("no controller")
    }
    let sizes = [1, 1, 1, 2, 2, 3, 4, 4, 5, 8]
    let before = controllerTime(controller)
    for job in 0..<jobs {
      let command =
        "SLURM_CONF='\(folder)/slurm.conf' sbatch -Q -N1 -n1 -c4 --mem=8G --gres=gpu:\(sizes[job % sizes.count]) -o /dev/null"
        + " --wrap='sleep 100000'"
      guard shell(command) != nil else { return fail("sbatch: \(command)") }
    }
    // What it has started since it began, by its own count.
    let count = "SLURM_CONF='\(folder)/slurm.conf' sdiag | awk '/^Jobs started:/ { print $3 }'"
    var placed = 0
    let begin = seconds(CLOCK_MONOTONIC)
    while placed < jobs, seconds(CLOCK_MONOTONIC) - begin < 60 {
      usleep(500_000)
      placed = shell(count).flatMap { Int($0) } ?? placed
    }
    guard placed > 0 else { return fail("Slurm placed nothing") }
    let theirs = (controllerTime(controller) - before) / Double(placed)
    let ours = claw(nodes: nodes, jobs: 100_000, sizes: sizes)
    print(
      "  \(nodes) nodes × 8: Slurm placed \(placed) jobs at \(fixed(theirs * 1000, 2)) ms of its controller's processor time each,"
        + " claw 100 000 at \(fixed(ours * 1e6, 2)) µs: \(grouped(theirs / ours)) times less (1000 is the goal)")
    return theirs / ours >= 1000
  }

  /// How many GPUs get work when more is wanted than there is: the same jobs in the same order.
  func fill(nodes: Int, seed: UInt64) -> Bool {
    var random = SeededGenerator(seed: seed)
    let sizes = [1, 1, 1, 2, 2, 3, 4, 4, 5, 8]
    var (jobs, wanted): ([Int], Int) = ([], 0)
    while wanted < nodes * 8 * 11 / 10 {
      jobs.append(sizes[Int.random(in: 0..<sizes.count, using: &random)])
      wanted += jobs.last ?? 0
    }
    guard start(nodes) else { return fail("Slurm does not start") }
    defer { _ = shell("'\(script)' down '\(folder)'") }
    let submit = jobs.map { "sbatch -Q -N1 -n1 -c1 --mem=1G --gres=gpu:\($0) -o /dev/null --wrap='sleep 100000'" }
    guard shell("export SLURM_CONF='\(folder)/slurm.conf'; set -e; \(submit.joined(separator: "; "))") != nil else {
      return fail("sbatch")
    }
    // Until two looks in a row see the same.
    var (theirs, last) = (-1, -2)
    while theirs != last {
      last = theirs
      usleep(8_000_000)
      let running = "SLURM_CONF='\(folder)/slurm.conf' squeue -h -t CF,R -o %b | grep -oE '[0-9]+$' | paste -sd+ | bc"
      theirs = shell(running).flatMap { Int($0) } ?? -1
    }
    let pending = jobs.map { gpus in
      var plan = WorkloadPlan(name: "w", kind: .job, image: "i", cores: 1, memory: 1024)
      plan.gpus = [GPURequest(count: gpus)]
      return plan
    }
    let ours = WorkloadScheduler.schedule(pending, on: BenchmarkFleets.uniform(nodes), now: 0).reduce(0) {
      sum, report in
      if case .placed(let placed) = report.verdict { return sum + placed.workers.reduce(0) { $0 + $1.gpus.count } }
      return sum
    }
    print(
      "  \(nodes) nodes × 8, \(jobs.count) jobs that want \(wanted) GPUs: Slurm gives work to \(theirs), claw to \(ours)"
    )
    return theirs >= 0 && ours >= theirs
  }

  /// Starts it in an empty folder, without anything of an earlier one.
  private func start(_ nodes: Int) -> Bool {
    let line = "NodeName=n[1-\(nodes)] CPUs=64 RealMemory=512000 Gres=gpu:h100:8"
    let file = "\(folder)/nodes"
    return shell(
      "rm -rf '\(folder)' && mkdir -p '\(folder)' && echo '\(line)' >'\(file)' && '\(script)' fleet '\(folder)' '\(file)' >&2"
    ) != nil
  }

  private func claw(nodes: Int, jobs: Int, sizes: [Int]) -> Double {
    var planner = Planner(BenchmarkFleets.uniform(nodes))
    var random = SeededGenerator(seed: 4)
    let plans = sizes.map { size in
      var plan = WorkloadPlan(name: "w", kind: .job, image: "i", cores: 4, memory: 8192)
      plan.gpus = [GPURequest(count: size)]
      return plan
    }
    var placed: [Placement] = []
    let start = processorTime()
    for _ in 0..<jobs {
      // Where it gets full, somebody leaves.
      while true {
        if let found = planner.place(plans[Int(random.next() % UInt64(plans.count))]) {
          planner.take(found)
          placed.append(found)
          break
        }
        let leaving = Int(random.next() % UInt64(placed.count))
        planner.give(placed[leaving])
        placed.swapAt(leaving, placed.count - 1)
        placed.removeLast()
      }
    }
    return (processorTime() - start) / Double(jobs)
  }

  /// A process's processor time, in seconds.
  private func controllerTime(_ process: Int) -> Double {
    let ticks = shell("cut -d')' -f2 /proc/\(process)/stat | awk '{print $12 + $13}'").flatMap { Double($0) } ?? 0
    return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private func fail(_ message: String) -> Bool {
    print("  \(message)")
    return false
  }

  /// What a command prints, without the last line's end; nil if it fails.
  private func shell(_ command: String) -> String? {
    guard let stream = popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = fread(&buffer, 1, buffer.count, stream)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    guard pclose(stream) == 0 else { return nil }
    while bytes.last == 10 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
