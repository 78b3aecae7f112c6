import Glibc
import JSON
import Runtime
import Source
import TestSupport
import Testing

@Suite(
  "Workloads on a real Slurm", .serialized,
  .enabled(if: Cluster.isWanted, "there is no Slurm: scripts/slurm install, as root"))
struct SlurmTests {
  private func claw(_ words: [String], in folder: Folder, _ cluster: Cluster) async -> Machine.Outcome {
    await folder.claw(words, ["SLURM_CONF=\(cluster.configuration)", "OUTSIDE_SECRET=hunter2"])
  }

  @Test("The seed's sentence becomes a running job; each rank of the example has GPUs of its own")
  func training() async throws {
    try await Cluster.with(port: 26_900) { try await training(on: $0) }
  }

  private func training(on cluster: Cluster) async throws {
    let folder = try Folder("training")
    try folder.copy("examples/training")
    let intent = await claw(
      ["workload", "intent", "Run Llama 70B on 4 H100s", "--runners", "runners.yml", "-o", "llama.yml"], in: folder,
      cluster)
    #expect(intent.status == 0, "\(intent.all)")
    let plan = await claw(["workload", "plan", "llama.yml", "--fleet", "fleet.yml"], in: folder, cluster)
    #expect(plan.status == 0 && plan.output.contains("llama-70b: starts now on n1"), "\(plan.all)")
    let engine = ["--target", "slurm-plain", "--waive", "image"]
    let refused = await claw(["workload", "submit", "llama.yml", "--target", "slurm-plain"], in: folder, cluster)
    #expect(refused.status == 3 && refused.errors.contains("workload/lost-field"), "\(refused.all)")
    let submitted = await claw(["workload", "submit", "llama.yml", "--watch"] + engine, in: folder, cluster)
    #expect(submitted.status == 0 && submitted.output.contains("completed on n"), "\(submitted.all)")
    let logs = await claw(["workload", "logs", "llama.yml"] + engine, in: folder, cluster)
    #expect(logs.output.contains("llama-70b: rank 0 of 1 on") && logs.output.contains("GPUs 0,1,2,3"), "\(logs.all)")

    let trained = await claw(["workload", "submit", "train.yml", "--watch"] + engine, in: folder, cluster)
    #expect(trained.status == 0, "\(trained.all)")
    let ranks = await claw(["workload", "logs", "train.yml"] + engine, in: folder, cluster)
    let lines = ranks.output.split(separator: "\n").sorted()
    #expect(lines.count == 4, "\(ranks.all)")
    for (rank, line) in lines.enumerated() {
      #expect(line.hasPrefix("rank \(rank) of 4 on n") && line.hasSuffix("GPUs 0,1"), "\(line)")
    }
    // Each on a node of its own.
    #expect(Set(lines.map { $0.split(separator: " ")[5] }).count == 4)
    let status = await claw(["workload", "status", "train.yml", "--json"] + engine, in: folder, cluster)
    let document = try JSONValue.strict(Array(status.output.utf8))
    #expect(document["state"]?.string == "completed" && document["workers"]?.array?[0]["exitCode"]?.integer == 0)
  }

  @Test("A gate holds, cancelling ends, failures are told, and nothing of the submitter's environment goes along")
  func states() async throws {
    try await Cluster.with(port: 26_920) { try await states(on: $0) }
  }

  private func states(on cluster: Cluster) async throws {
    let folder = try Folder("states")
    let engine = ["--target", "slurm-plain", "--waive", "image"]
    func workload(_ name: String, _ more: String) throws {
      try folder.write("\(name).yml", "workload:\n  name: \(name)\n  image: busybox:1.35\n\(more)")
    }
    try workload("held", "  command: [sleep, \"60\"]\n  placement: {gates: [quota]}\n")
    var found = await claw(["workload", "submit", "held.yml"] + engine, in: folder, cluster)
    #expect(found.status == 0, "\(found.all)")
    found = await claw(["workload", "status", "held.yml"] + engine, in: folder, cluster)
    #expect(found.output.contains(" gated: JobHeldUser"), "\(found.all)")
    found = await claw(["workload", "cancel", "held.yml"] + engine, in: folder, cluster)
    #expect(found.status == 0, "\(found.all)")
    found = await claw(["workload", "status", "held.yml", "--watch"] + engine, in: folder, cluster)
    #expect(found.status == 1 && found.output.contains("cancelled"), "\(found.all)")
    found = await claw(["workload", "cancel", "held.yml"] + engine, in: folder, cluster)
    #expect(found.status == 1, "a second time: \(found.all)")

    try workload("broken", "  command: [sh, -c, 'exit 7']\n  retries: 1\n")
    found = await claw(["workload", "submit", "broken.yml", "--watch"] + engine, in: folder, cluster)
    #expect(found.status == 1 && found.output.contains("failed"), "\(found.all)")
    found = await claw(["workload", "logs", "broken.yml"] + engine, in: folder, cluster)
    #expect(found.output.contains("try 2 of 2 ended with 7"), "\(found.all)")

    try workload(
      "clean", "  env: {QUOTE: \"it's $HOME `id` \\\"x\\\"\"}\n  command: [sh, -c, 'env; echo \"$QUOTE\"']\n")
    found = await claw(["workload", "submit", "clean.yml", "--watch"] + engine, in: folder, cluster)
    #expect(found.status == 0, "\(found.all)")
    found = await claw(["workload", "logs", "clean.yml"] + engine, in: folder, cluster)
    #expect(found.output.contains("it's $HOME `id` \"x\"\n"), "\(found.all)")
    #expect(!found.output.contains("OUTSIDE_SECRET"), "\(found.all)")

    // What the script itself uses is its own, and what looks like an option is the worker's.
    try workload(
      "own",
      "  env: {PATH: \"/usr/local/bin:/usr/bin:/bin\", IFS: \"a\", n: \"5\"}\n"
        + "  command: [env, --, sh, -c, 'echo \"$PATH $n\"; exit 3']\n  retries: 1\n")
    found = await claw(["workload", "submit", "own.yml", "--watch"] + engine, in: folder, cluster)
    #expect(found.status == 1, "\(found.all)")
    found = await claw(["workload", "logs", "own.yml"] + engine, in: folder, cluster)
    #expect(found.output.contains("/usr/local/bin:/usr/bin:/bin 5\n"), "\(found.all)")
    #expect(found.output.contains("try 2 of 2 ended with 3"), "\(found.all)")
    try workload("option", "  command: [\"--nodelist=n9\"]\n")
    found = await claw(["workload", "submit", "option.yml", "--watch"] + engine, in: folder, cluster)
    #expect(found.status == 1 && found.output.contains("failed"), "it is a program that is not there: \(found.all)")

    // The same once more, while it waits.
    try workload("waits", "  command: [sleep, \"60\"]\n  placement: {gates: [quota]}\n")
    found = await claw(["workload", "submit", "waits.yml"] + engine, in: folder, cluster)
    #expect(found.status == 0, "\(found.all)")
    found = await claw(["workload", "submit", "waits.yml"] + engine, in: folder, cluster)
    #expect(found.status == 5 && found.errors.contains("cancel that first"), "\(found.all)")
    found = await claw(["workload", "cancel", "waits.yml"] + engine, in: folder, cluster)
    #expect(found.status == 0, "\(found.all)")

    try workload(
      "many", "  command: [sh, -c, 'echo number $WORKLOAD_COMPLETION_INDEX']\n  workers: {count: 3, indexed: true}\n")
    found = await claw(["workload", "submit", "many.yml", "--watch"] + engine, in: folder, cluster)
    #expect(found.status == 0, "\(found.all)")
    found = await claw(["workload", "logs", "many.yml"] + engine, in: folder, cluster)
    for index in 0..<3 { #expect(found.output.contains("number \(index)\n"), "\(found.all)") }
    // A workload that Slurm knows nothing of.
    try workload("never", "  command: [true]\n")
    found = await claw(["workload", "status", "never.yml"] + engine, in: folder, cluster)
    #expect(found.status == 1 && found.errors.contains("knows nothing"), "\(found.all)")
    // What Slurm says of its nodes is a fleet.
    let nodes = await cluster.run("scontrol", ["--details", "--oneliner", "show", "node"])
    let partitions = await cluster.run("scontrol", ["--oneliner", "show", "partition"])
    try folder.write("nodes.txt", nodes.output + partitions.output)
    found = await claw(["fleet", "import", "slurm", "nodes.txt"], in: folder, cluster)
    try folder.write("imported.yml", found.output)
    found = await claw(["fleet", "check", "imported.yml"], in: folder, cluster)
    #expect(found.output == "imported.yml: 4 nodes, 32 GPUs, 0 of them taken\n", "\(found.all)")
    // It names no queue, so it goes to the default partition.
    found = await claw(["workload", "plan", "many.yml", "--fleet", "imported.yml"], in: folder, cluster)
    #expect(found.status == 0 && !found.output.contains("queue"), "\(found.all)")
  }
}
