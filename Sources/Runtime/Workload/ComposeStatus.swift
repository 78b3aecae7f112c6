package import IR
import JSON

/// What docker compose says of the containers of a workload.
package enum ComposeStatus {
  /// The workers in `docker compose ps --all --format json`: an object a line, or one list, by its version.
  package static func workers(_ text: String) -> [WorkloadStatus.Worker] {
    let lines = text.utf8.split(separator: 0x0A).compactMap { try? JSONParser.parse(Array($0)) }
    let objects = lines.flatMap { $0.array ?? [$0] }
    return objects.map { object in
      var worker = WorkloadStatus.Worker(name: object["Service"]?.string ?? "", state: .starting)
      let code = object["ExitCode"]?.integer
      switch object["State"]?.string {
      case "running", "paused": worker.state = .running
      case "created", "restarting": worker.state = .starting
      case "removing": worker.state = .stopping
      case "exited":
        worker.exitCode = code
        // 137 and 143 are what stopping leaves behind, when it was somebody's wish; a program can also end so by itself.
        worker.state = code == 0 ? .completed : .failed
      default: worker.state = .failed
      }
      return worker
    }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
