package import IR
import Source

/// Writes a batch script for Slurm's sbatch.
///
/// Workers that must run together are the tasks of one job; workers that need not are the elements of a job array. The
/// script takes nothing of the submitter's environment, so that no secret of theirs reaches the workload.
package enum SlurmEmitter {
  /// The script, and what Slurm can't express.
  ///
  /// - Parameter isPlain: whether workers run on the node itself; otherwise pyxis runs the image.
  package static func emit(_ plan: WorkloadPlan, isPlain: Bool, waived: Set<String>) -> EmittedWorkload {
    var report = LossReport(plan)
    checkLosses(plan, isPlain, &report)
    let options = options(plan, &report)
    var lines = ["#!/bin/bash"]
    lines += report.head(waived: waived).map { "# \(EmittedText.oneLine($0))" }
    lines += plan.placement.gates.map { "# held for the gate \($0.name): scontrol release, once it is taken away" }
    if plan.limits.finishBy != nil { lines.append("# the deadline is in UTC: TZ=UTC sbatch …") }
    lines += options.map { "#SBATCH \($0)" }
    lines += [
      "", "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      // A workload's own PATH is for its workers.
      "claw_srun=$(command -v srun) || exit 127",
    ]
    if plan.workers.isIndexed, plan.workers.gang > 1 {
      lines.append("export WORKLOAD_LEADER=$(scontrol show hostnames \"$SLURM_JOB_NODELIST\" | head -n 1)")
    }
    lines += plan.environment.map { "export \($0.name)=\(ShellText.quoted($0.value))" }
    lines += run(plan, isPlain)
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    return EmittedWorkload(files: [.init(name: "\(plan.name).sbatch", bytes: bytes)], losses: report.losses)
  }

  /// Whether all workers are tasks of one job.
  private static func isOneJob(_ plan: WorkloadPlan) -> Bool { plan.workers.count == 1 || plan.workers.gang > 1 }

  // MARK: Options

  private static func options(_ plan: WorkloadPlan, _ report: inout LossReport) -> [String] {
    let workers = plan.workers
    var options = ["--job-name=\(plan.name)", "--comment=\(plan.id)", "--export=NIL", "--open-mode=append"]
    if isOneJob(plan) {
      options.append("--ntasks=\(workers.count)")
      let isOneNode = plan.placement.within == "node" && plan.placement.isStrict
      if isOneNode { options.append("--nodes=1") }
      if let most = plan.placement.workersPerNode, most < workers.count {
        options.append("--ntasks-per-node=\(most)")
        // Fewer nodes than that would hold more on one.
        if !isOneNode { options.append("--nodes=\((workers.count + most - 1) / most)-\(workers.count)") }
      }
      options.append("--output=\(plan.name)-%j.log")
    } else {
      options += [
        "--array=0-\(workers.count - 1)" + (workers.parallelism < workers.count ? "%\(workers.parallelism)" : ""),
        "--ntasks=1", "--output=\(plan.name)-%A-%a.log",
      ]
    }
    options.append("--cpus-per-task=\(plan.cores)")
    if workers.gang > 1 {
      options.append("--mem-per-cpu=\((plan.memory + plan.cores - 1) / plan.cores)M")
    } else {
      options.append("--mem=\(plan.memory)M")
    }
    if let gpus = plan.gpus.first {
      let what = (gpus.type.map { "\($0):" } ?? "") + String(gpus.count)
      options.append(workers.gang > 1 ? "--gpus-per-task=\(what)" : "--gres=gpu:\(what)")
    }
    if let queue = plan.queueing.queue { options.append("--partition=\(queue)") }
    options += placement(plan)
    if let seconds = plan.limits.run { options.append("--time=\(duration(seconds))") }
    if let moment = plan.limits.finishBy { options.append("--deadline=\(deadline(moment))") }
    options.append(plan.retries.onInterruption ? "--requeue" : "--no-requeue")
    return options
  }

  private static func placement(_ plan: WorkloadPlan) -> [String] {
    var options: [String] = []
    let features = plan.placement.nodeLabels.filter(isFeature).map(\.key)
    if !features.isEmpty { options.append("--constraint=\(features.joined(separator: "&"))") }
    if let within = plan.placement.within, leafLevels.contains(within) {
      // Without the strict wish, workers are not kept waiting for long.
      options.append("--switches=1@\(plan.placement.isStrict ? "7-00:00:00" : "00:10:00")")
    }
    if !plan.placement.gates.isEmpty { options.append("--hold") }
    return options
  }

  /// Levels that stand for a leaf switch of Slurm's tree.
  private static let leafLevels: Set = ["rack", "switch", "leaf", "block"]

  /// Slurm's features are words: a label that is true is one, if no letter of it means something to --constraint.
  private static func isFeature(_ label: WorkloadPlan.Label) -> Bool {
    label.value == "true" && label.key.utf8.allSatisfy { $0 != 0x2F }
  }

  /// `D-HH:MM:SS`
  private static func duration(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    return "\(seconds / 86_400)-\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  /// A moment as sbatch reads it: without a zone.
  private static func deadline(_ moment: Int) -> String { Timestamp.text(moment, suffix: "") }

  // MARK: Commands

  private static func run(_ plan: WorkloadPlan, _ isPlain: Bool) -> [String] {
    let number = isOneJob(plan) ? "$SLURM_PROCID" : "$SLURM_ARRAY_TASK_ID"
    var words = ["\"$claw_srun\"", "--export=ALL"]
    if plan.workers.gang > 1 { words.append("--kill-on-bad-exit=1") }
    if !isPlain {
      words.append("--container-image=\(ShellText.quoted(pyxisImage(plan.image)))")
      let mounts = plan.volumes.compactMap { volume -> String? in
        guard case .host(let path) = volume.source else { return nil }
        return "\(path):\(volume.path)" + (volume.isReadOnly ? ":ro" : "")
      }
      if !mounts.isEmpty { words.append("--container-mounts=\(ShellText.quoted(mounts.joined(separator: ",")))") }
      // Of two values of a variable pyxis takes the image's, unless it is told of it.
      let names = plan.environment.map(\.name)
      if !names.isEmpty { words.append("--container-env=\(names.joined(separator: ","))") }
    }
    // What follows is the worker's, whatever it begins with.
    words.append("--")
    if plan.workers.isIndexed {
      let script = "export WORKLOAD_COMPLETION_INDEX=\(number) WORKLOAD_COMPLETIONS=\(plan.workers.count); exec \"$@\""
      words += ["sh", "-c", ShellText.quoted(script), plan.name]
    }
    words += plan.command.map(ShellText.quoted)
    let line = words.joined(separator: " ")
    let tries = tries(plan)
    guard tries > 0 else { return ["", "exec \(line)"] }
    return [
      "", "for ((claw_try = 1; claw_try <= \(tries + 1); claw_try++)); do", "  \(line) && exit 0", "  claw_status=$?",
      "  echo \"try $claw_try of \(tries + 1) ended with $claw_status\" >&2", "done", "exit \"$claw_status\"",
    ]
  }

  /// How often what failed is started again.
  private static func tries(_ plan: WorkloadPlan) -> Int {
    guard isOneJob(plan) else { return plan.retries.perWorker ?? 0 }
    return plan.workers.count == 1 ? min(plan.retries.limit, plan.retries.perWorker ?? Int.max) : plan.retries.limit
  }

  /// Variables that bash keeps for itself: the script can't hand them on.
  private static let shellVariables: Set = [
    "UID", "EUID", "PPID", "GROUPS", "SHELLOPTS", "BASHOPTS", "BASHPID", "RANDOM", "SRANDOM", "SECONDS", "LINENO",
    "EPOCHSECONDS", "EPOCHREALTIME", "HISTCMD", "FUNCNAME", "DIRSTACK", "COMP_WORDBREAKS", "_",
  ]

  /// enroot separates the registry by '#'.
  private static func pyxisImage(_ image: String) -> String {
    guard let slash = image.utf8.firstIndex(of: 0x2F) else { return image }
    let head = image[..<slash]
    let isRegistry = head.utf8.contains(0x2E) || head.utf8.contains(0x3A) || head == "localhost"
    return isRegistry ? "\(head)#\(image[image.utf8.index(after: slash)...])" : image
  }

  // MARK: Losses

  private static func checkLosses(_ plan: WorkloadPlan, _ isPlain: Bool, _ report: inout LossReport) {
    if plan.kind == .service { report.lose("kind", "Slurm runs jobs to their end, and keeps no service") }
    if isPlain {
      report.lose("image", "workers run on the node itself, not in an image")
      if plan.command.isEmpty { report.lose("command", "without the image there is no command") }
      for volume in plan.volumes {
        if case .host(let path) = volume.source, path == volume.path, !volume.isReadOnly { continue }
        report.lose("volumes", "workers on the node itself see its folders where they are")
      }
    } else {
      for volume in plan.volumes {
        if case .host = volume.source { continue }
        report.lose("volumes", "pyxis mounts folders of the node, and makes none")
      }
      if plan.command.isEmpty { report.lose("command", "srun starts a command, and none is said") }
    }
    for variable in plan.environment
    where shellVariables.contains(variable.name) || variable.name.utf8.starts(with: "BASH_".utf8) {
      report.lose("env", "the script is bash's, which keeps \(variable.name) for itself")
    }
    if !plan.secrets.isEmpty { report.lose("secrets", "Slurm keeps no secrets") }
    if !plan.probes.isEmpty { report.lose("probes", "Slurm looks at exit statuses only") }
    if !plan.egress.isEmpty { report.lose("egress", "Slurm has no rules for the network") }
    if plan.user != nil { report.lose("user", "Slurm runs jobs as whoever submits them") }
    if plan.rollout != nil { report.lose("rollout", "Slurm replaces nothing that runs") }
    if plan.scaling != nil { report.lose("scaling", "the number of a job's tasks is fixed") }
    report.lose(ifSaid: "ports", "Slurm publishes no ports; workers listen on their nodes")
    checkGPUs(plan, &report)
    for label in plan.placement.nodeLabels where !isFeature(label) {
      report.lose("placement.labels", "features of nodes are words: only labels that are \"true\" are such")
    }
    if !plan.placement.conditions.isEmpty { report.lose("placement.conditions", "Slurm's nodes have no conditions") }
    if let within = plan.placement.within {
      if within == "node" {
        if !plan.placement.isStrict { report.lose("placement.within", "one node is a demand for Slurm, never a wish") }
      } else if !leafLevels.contains(within) {
        report.lose("placement.within", "Slurm's switches are leaves: rack, switch, leaf or block")
      } else if plan.placement.isStrict {
        report.lose("placement.strict", "Slurm stops waiting for switches after the cluster's max_switch_wait")
      }
    }
    if plan.workers.gang == 1, plan.workers.count > 1, plan.placement.workersPerNode != nil {
      report.lose("placement.workers_per_node", "elements of a job array don't know of each other")
    }
    if plan.queueing.priorityClass != "default" {
      report.lose("priority", "Slurm's priorities are its partitions' and QOS's: a partition is named under 'queue'")
    }
    report.lose(ifSaid: "preemption.take", "Slurm's partitions and QOS say who gives way to whom")
    report.lose(ifSaid: "preemption.protected", "Slurm's partitions and QOS say who gives way to whom")
    report.lose(ifSaid: "preemption.grace", "Slurm's partitions say how long a job has to end")
    if !isOneJob(plan),
      plan.origins["retries.limit"] != nil || (plan.origins["retries"] != nil && plan.retries.perWorker == nil)
    {
      report.lose("retries.limit", "elements of a job array fail each by itself: say per_worker")
    }
    if isOneJob(plan), plan.workers.count > 1 {
      report.lose(ifSaid: "retries.per_worker", "tasks of one job fail together")
    }
  }

  private static func checkGPUs(_ plan: WorkloadPlan, _ report: inout LossReport) {
    guard let gpus = plan.gpus.first else { return }
    if plan.gpus.count > 1 { report.lose("gpus.fallback", "Slurm tries one kind of GPU") }
    if gpus.memory != nil { report.lose("gpus.memory", "Slurm knows GPUs by class alone") }
    if gpus.model != nil { report.lose("gpus.model", "Slurm knows GPUs by class alone") }
    if gpus.selector != nil { report.lose("gpus.selector", "Slurm knows GPUs by class alone") }
    if gpus.link != nil { report.lose("gpus.link", "Slurm promises nothing of how GPUs are joined") }
  }
}
