package import IR
import JSON
import Processes
import Source

/// Tries the matrix from the network of each container of a pod's claws.
package enum EgressProbe {
  /// What was found for a container.
  package struct Report: Sendable {
    /// The instance.
    package var instance: String
    /// What came of each target; empty if nothing could be tried.
    package var results: [EgressResult]
    /// Why nothing could be tried.
    package var problem: String?

    /// Whether all is as it has to be.
    package var isGood: Bool { problem == nil && !results.contains(where: \.isSurprise) }
  }

  /// Tries, from all containers at the same time.
  package static func run(
    _ pod: PodPlan, _ tool: DockerTool, milliseconds: Int = 2000
  ) throws(EngineFailure) -> [Report] {
    guard let listener = HostListener() else {
      throw EngineFailure(.failed, "no port of this machine can be listened on")
    }
    defer { listener.stop() }
    let snapshot = try EgressSnapshot(tool, project: pod.name)
    let matrix = EgressMatrix(pod, snapshot, hostPort: listener.port)
    var reports: [Report] = []
    var calls: [(child: ChildProcess, input: [UInt8])] = []
    var asked: [(place: Int, targets: [EgressTarget])] = []
    for claw in pod.claws {
      for instance in claw.instances {
        reports.append(Report(instance: instance.name, results: []))
        guard let container = snapshot.containers.first(where: { $0.service == instance.name }) else {
          reports[reports.count - 1].problem = "has no container: run 'claw up'"
          continue
        }
        let targets = matrix.targets(instance.name, of: claw)
        let input: JSONValue = [
          "timeout_ms": JSONValue(milliseconds), "targets": .array(targets.map(\.request)),
        ]
        asked.append((reports.count - 1, targets))
        calls.append((call(container, claw, instance, pod, tool), Array(input.text().utf8)))
      }
    }
    let answers: [ChildProcess.Result]
    do throws(ChildProcess.Failure) { answers = try ChildProcess.captureAll(calls) } catch {
      throw EngineFailure(error, running: "docker run")
    }
    for (answer, (place, targets)) in zip(answers, asked) {
      guard answer.status == 0, let value = try? JSONParser.parse(answer.output), let list = value["results"]?.array,
        list.count == targets.count
      else {
        reports[place].problem = "can't be looked at: \(answer.complaint.isEmpty ? "no answer" : answer.complaint)"
        continue
      }
      reports[place].results = zip(targets, list).map { target, value in
        EgressResult(target: target, outcome: value["outcome"]?.string ?? "", detail: value["detail"]?.string)
      }
    }
    return reports
  }

  /// The prober: in the very network of the container while that runs, else on the same networks.
  private static func call(
    _ container: EgressSnapshot.Container, _ claw: PodPlan.Claw, _ instance: PodPlan.Instance, _ pod: PodPlan,
    _ tool: DockerTool
  ) -> ChildProcess {
    let sidecar = pod.sidecars.first { $0.instances.contains { $0.name == instance.name } }
    var words = [
      "run", "--rm", "-i", "--pull", "never", "--read-only", "--cap-drop", "ALL", "--security-opt",
      "no-new-privileges:true", "--user", "65534:65534", "--pids-limit", "64", "--memory", "64m", "--no-healthcheck",
    ]
    if container.isRunning {
      words += ["--network", "container:\(container.id)"]
    } else if sidecar?.topology == .hermetic {
      words += ["--network", "none"]
    } else {
      words += ["--network", "\(pod.name)_\(claw.network)"]
      if let address = sidecar?.addresses.first(where: { $0.network == claw.network })?.address {
        words += ["--dns", address]
      }
    }
    if let sidecar, sidecar.topology == .hermetic {
      let volume = "\(pod.name)_\(sidecar.name)-socket"
      words += ["--mount", "type=volume,src=\(volume),dst=\(SidecarFiles.socketFolder),readonly"]
    }
    return tool.call(words + ["--entrypoint", "/cllama", SidecarFiles.image, "probe"])
  }
}
