import Processes

/// Files out of a sidecar's container, which has no shell: by `docker cp`, also from one that is stopped.
package enum SidecarCopy {
  /// Most bytes of a copy: a record of the usual size is 1 GiB at most.
  private static let limit = 2 << 30

  /// The plain files below a folder of a container; none where there is no such folder.
  package static func files(
    _ tool: DockerTool, container: String, folder: String
  ) throws(EngineFailure) -> [(name: String, bytes: [UInt8])] {
    let child = tool.call(["cp", "\(container):\(folder)", "-"])
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) { result = try child.capture(limit: limit, timeout: .seconds(120)) } catch {
      throw EngineFailure(.failed, "'docker cp' failed: \(error)")
    }
    guard result.status == 0 else {
      throw EngineFailure(.failed, "'docker cp' ended with status \(result.status): \(result.complaint)")
    }
    return TarReader.files(result.output)
  }
}
