import IR
import Source

/// The folders that a worker sees, and its secrets that are files.
extension KubernetesWriter {
  /// Volumes of a pod and where its container sees them.
  struct Folders {
    var volumes: [ComposePlan.Value] = []
    var mounts: [ComposePlan.Value] = []
    /// The sizes of its empty folders in MiB.
    var scratch = 0
  }

  mutating func folders() -> Folders {
    var folders = Folders()
    for (index, volume) in plan.volumes.enumerated() {
      let name = "volume-\(index)"
      let source: ComposePlan.Entry
      switch volume.source {
      case .host:
        report.lose("volumes", "pods that are restricted see no folder of their node: make a claim of it")
        continue
      case .claim(let claim):
        var entries: [ComposePlan.Entry] = [.init("claimName", .plain(claim))]
        if volume.isReadOnly { entries.append(.init("readOnly", .bool(true))) }
        source = .init("persistentVolumeClaim", .mapping(entries))
      case .scratch(let size):
        source = .init("emptyDir", .map(["sizeLimit": .plain("\(size)Mi")]))
        folders.scratch += size
      case .sharedMemory(let size):
        source = .init("emptyDir", .map(["medium": .plain("Memory"), "sizeLimit": .plain("\(size)Mi")]))
      }
      folders.volumes.append(.mapping([.init("name", .plain(name)), source]))
      var mount: [ComposePlan.Entry] = [.init("name", .plain(name)), .init("mountPath", .plain(volume.path))]
      if volume.isReadOnly { mount.append(.init("readOnly", .bool(true))) }
      folders.mounts.append(.mapping(mount))
    }
    addSecrets(to: &folders)
    return folders
  }

  /// One volume has all secrets; each is seen at its own path alone, so that nothing beside it is hidden.
  private func addSecrets(to folders: inout Folders) {
    var sources: [ComposePlan.Value] = []
    for use in plan.secrets {
      guard case .file(let path) = use.target else { continue }
      let inside = "\(sources.count)"
      let item = ComposePlan.Value.map(["key": .plain(use.key), "path": .plain(inside)])
      sources.append(.map(["secret": .map(["name": .plain(use.secret), "items": .list([item])])]))
      folders.mounts.append(
        .map([
          "name": .plain("secrets"), "mountPath": .plain(path), "subPath": .plain(inside), "readOnly": .bool(true),
        ]))
    }
    guard !sources.isEmpty else { return }
    // The worker's user is not known, and nobody else is in its container.
    folders.volumes.append(
      .map([
        "name": .plain("secrets"), "projected": .map(["defaultMode": .integer(0o444), "sources": .list(sources)]),
      ]))
  }
}
