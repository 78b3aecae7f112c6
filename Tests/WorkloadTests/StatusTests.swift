import IR
import JSON
import Runtime
import Testing

@Suite("What engines say of workloads, in one vocabulary")
struct StatusTests {
  @Test("Nothing follows what is final, and everything else can be cancelled")
  func states() {
    for state in WorkloadState.allCases {
      #expect(state.successors.isEmpty == state.isFinal)
      if !state.isFinal { #expect(state == .stopping || state.successors.contains(.cancelled)) }
      #expect(!state.successors.contains(state))
    }
    // Every state but the first can be reached.
    let reached = Set(WorkloadState.allCases.flatMap(\.successors))
    #expect(reached == Set(WorkloadState.allCases))
  }

  @Test(
    "A whole by its workers",
    arguments: [
      ([], nil), ([.completed, .completed], .completed), ([.completed, .failed], .failed),
      ([.completed, .running], .running), ([.failed, .running], .running), ([.queued, .running], .running),
      ([.queued, .gated], .gated), ([.cancelled, .completed], .cancelled), ([.preempted, .running], .preempted),
    ] as [([WorkloadState], WorkloadState?)])
  func whole(workers: [WorkloadState], expected: WorkloadState?) {
    #expect(WorkloadState.whole(workers) == expected)
  }

  private static func slurm(_ state: String, _ more: String = "") -> WorkloadStatus.Worker? {
    let line =
      "JobId=7 JobName=train UserId=root(0) Priority=1 JobState=\(state) \(more) Restarts=0 ExitCode=0:0 "
      + "NodeList=n[1-2] Comment=train-1 StdOut=/tmp/a b.log"
    return SlurmStatus.jobs(line + "\nJobId=8 JobState=FAILED Comment=other-1\n", id: "train-1").first?.worker
  }

  @Test(
    "Slurm's states",
    arguments: [
      ("PENDING", "Reason=Resources", WorkloadState.queued), ("PENDING", "Reason=JobHeldUser", .gated),
      ("RUNNING", "Reason=None", .running), ("COMPLETING", "Reason=None", .stopping),
      ("COMPLETED", "Reason=None", .completed), ("FAILED", "Reason=NonZeroExitCode", .failed),
      ("NODE_FAIL", "Reason=None", .failed), ("CANCELLED", "Reason=None", .cancelled),
      ("TIMEOUT", "Reason=TimeLimit", .deadlineExceeded), ("DEADLINE", "Reason=DeadLine", .deadlineExceeded),
      ("CONFIGURING", "Reason=None", .starting), ("SOMETHING_NEW", "Reason=None", .failed),
    ] as [(String, String, WorkloadState)])
  func slurmStates(state: String, reason: String, expected: WorkloadState) {
    #expect(Self.slurm(state, reason)?.state == expected)
  }

  @Test("A job of Slurm's that lost its place waits for another")
  func requeued() {
    let line = "JobId=7 JobState=PENDING Reason=BeginTime Restarts=1 Comment=a-1 NodeList=(null)"
    let worker = SlurmStatus.jobs(line, id: "a-1").first?.worker
    #expect(worker?.state == .preempted && worker?.restarts == 1 && worker?.node == "")
  }

  @Test("A workload that was submitted again is what was submitted last, and by whom it matters")
  func again() {
    let text =
      "JobId=7 UserId=a(10) JobState=FAILED Comment=w-1\nJobId=9 UserId=a(10) JobState=RUNNING Comment=w-1\n"
      + "JobId=11 ArrayJobId=11 ArrayTaskId=0 UserId=b(110) JobState=PENDING Comment=w-1\n"
    #expect(SlurmStatus.jobs(text, id: "w-1").map(\.id) == ["7", "9", "11_0"])
    #expect(SlurmStatus.latest(SlurmStatus.jobs(text, id: "w-1", user: 10)).map(\.id) == ["9"])
    #expect(SlurmStatus.latest(SlurmStatus.jobs(text, id: "w-1")).map(\.id) == ["11_0"])
    #expect(SlurmStatus.latest([]).isEmpty)
  }

  @Test("Elements of an array have names, and statuses of signals are told")
  func array() {
    let text =
      "JobId=9 ArrayJobId=7 ArrayTaskId=3 JobState=FAILED Reason=X ExitCode=0:9 Comment=a-1 StdOut=/l-7-3.log\n"
    let job = SlurmStatus.jobs(text, id: "a-1").first
    #expect(job?.id == "7_3" && job?.worker.exitCode == 137 && job?.output == "/l-7-3.log")
    #expect(Self.slurm("RUNNING")?.exitCode == nil)
    #expect(
      SlurmStatus.jobs("JobId=7 JobState=PENDING Comment=train-1 StdOut=/tmp/a b.log", id: "train-1").first?.output
        == "/tmp/a b.log")
  }

  private static func pods(_ text: String) throws -> WorkloadStatus? {
    KubernetesStatus.status(try JSONParser.parse(Array("{\"items\": [\(text)]}".utf8)))
  }

  private static func pod(_ phase: String, _ more: String = "", node: String? = nil) -> String {
    let spec = node.map { "\"spec\": {\"nodeName\": \"\($0)\"}, " } ?? ""
    return "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"p\"}, \(spec)\"status\": {\"phase\": \"\(phase)\"\(more)}}"
  }

  @Test("Pods of Kubernetes")
  func kubernetes() throws {
    #expect(try Self.pods("") == nil)
    let gated =
      ", \"conditions\": [{\"type\": \"PodScheduled\", \"status\": \"False\", \"reason\": \"SchedulingGated\"}]"
    #expect(try Self.pods(Self.pod("Pending", gated))?.state == .gated)
    let full = ", \"conditions\": [{\"type\": \"PodScheduled\", \"status\": \"False\", \"reason\": \"Unschedulable\"}]"
    #expect(try Self.pods(Self.pod("Pending", full))?.state == .queued)
    #expect(try Self.pods(Self.pod("Pending", node: "n1"))?.state == .admitted)
    let waiting =
      ", \"containerStatuses\": [{\"restartCount\": 2, \"state\": {\"waiting\": {\"reason\": \"ImagePullBackOff\"}}}]"
    let starting = try Self.pods(Self.pod("Pending", waiting, node: "n1"))
    #expect(
      starting?.state == .starting && starting?.reason == "ImagePullBackOff" && starting?.workers[0].restarts == 2)
    #expect(try Self.pods(Self.pod("Running", node: "n1"))?.state == .running)
    let gone =
      ", \"conditions\": [{\"type\": \"DisruptionTarget\", \"status\": \"True\", \"reason\": \"PreemptionByScheduler\"}]"
    #expect(try Self.pods(Self.pod("Running", gone, node: "n1"))?.state == .preempted)
    let failed = ", \"containerStatuses\": [{\"state\": {\"terminated\": {\"exitCode\": 3}}}]"
    #expect(try Self.pods(Self.pod("Failed", failed, node: "n1"))?.workers[0].exitCode == 3)
    let job =
      "{\"kind\": \"Job\", \"status\": {\"conditions\": [{\"type\": \"Failed\", \"status\": \"True\", \"reason\": \"DeadlineExceeded\"}]}}"
    #expect(try Self.pods(job)?.state == .deadlineExceeded)
    #expect(try Self.pods("{\"kind\": \"Job\", \"status\": {}}")?.state == .queued)
    let complete = "{\"kind\": \"Job\", \"status\": {\"conditions\": [{\"type\": \"Complete\", \"status\": \"True\"}]}}"
    #expect(try Self.pods(complete + "," + Self.pod("Failed", failed))?.state == .completed)
  }

  @Test("Containers of compose, in both of its forms")
  func compose() {
    let lines =
      "{\"Service\":\"b\",\"State\":\"exited\",\"ExitCode\":3}\n{\"Service\":\"a\",\"State\":\"running\",\"ExitCode\":0}\n"
    let workers = ComposeStatus.workers(lines)
    #expect(
      workers.map(\.name) == ["a", "b"] && workers.map(\.state) == [.running, .failed] && workers[1].exitCode == 3)
    #expect(
      ComposeStatus.workers("[{\"Service\":\"a\",\"State\":\"exited\",\"ExitCode\":0}]").map(\.state) == [.completed])
  }
}
