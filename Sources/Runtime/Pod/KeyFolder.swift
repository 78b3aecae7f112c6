package import Driver
import Glibc
import IR
import Source

/// Where the keys of a pod's sidecars lie while it is up: files in memory that only this user, and the sidecars that
/// mount them, can read.
package struct KeyFolder: Sendable {
  /// The folder.
  package let path: String
  /// Whether the user named it: then the files in it are the user's.
  package let isGiven: Bool
  /// The folders that are made, from the top on; each is this user's alone.
  private let made: [String]

  /// The user that sidecars run as.
  package static let reader = 65_532

  /// The folder of a pod: what `CLAW_KEYS` says, else one below `XDG_RUNTIME_DIR`, else one in `/dev/shm`.
  package init(pod: String) {
    if let given = Self.variable(SidecarFiles.keysVariable) {
      (path, isGiven, made) = (given, true, [])
      return
    }
    let runtime = Self.variable("XDG_RUNTIME_DIR").flatMap { FileSearch.kind(of: $0) == .folder ? $0 : nil }
    let root = runtime.map { FilePath.join($0, "claw") } ?? "/dev/shm/claw-\(geteuid())"
    let own = FilePath.join(root, pod)
    path = FilePath.join(own, "keys")
    isGiven = false
    made = [root, own, path]
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Writes the keys and removes what is no key any more.
  ///
  /// - Returns: the folders in which something changed that was there before: who reads there has the old key.
  package func write(_ keys: [PodKeys.Key]) throws(ArtifactStore.Failure) -> Set<String> {
    if isGiven {
      for key in keys { try Self.check(FilePath.join(FilePath.join(path, key.folder), key.name)) }
      return []
    }
    if keys.isEmpty, FileSearch.kind(of: path) == .missing { return [] }
    for folder in made { try Self.makePrivate(folder) }
    var changed: Set<String> = []
    for folder in Set(keys.map(\.folder)).sorted() {
      let own = FilePath.join(path, folder)
      try ArtifactStore.makeFolder(own, mode: 0o700)
      for key in keys where key.folder == folder {
        let file = FilePath.join(own, key.name)
        let wasThere = FileSearch.exists(file)
        if try Self.put(Array(key.value.utf8), file), wasThere { changed.insert(folder) }
      }
    }
    sweep(keys)
    return changed
  }

  /// Removes all keys that claw wrote.
  package func remove() {
    if isGiven { return }
    sweep([])
    for folder in made.dropFirst().reversed() { rmdir(folder) }
  }

  private func sweep(_ keys: [PodKeys.Key]) {
    let wanted = Set(keys.map { FilePath.join(FilePath.join(path, $0.folder), $0.name) })
    for folder in FileSearch.names(in: path) ?? [] {
      let own = FilePath.join(path, folder)
      for name in FileSearch.names(in: own) ?? [] where !wanted.contains(FilePath.join(own, name)) {
        unlink(FilePath.join(own, name))
      }
      rmdir(own)
    }
  }

  /// A folder of this user's that nobody else comes through. In `/dev/shm` anybody may have made one of that name.
  private static func makePrivate(_ folder: String) throws(ArtifactStore.Failure) {
    if mkdir(folder, 0o700) == 0 { return }
    var status = stat()
    guard errno == EEXIST, lstat(folder, &status) == 0 else {
      throw ArtifactStore.Failure(path: folder, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw ArtifactStore.Failure(
        path: folder, reason: "is there and is not this user's alone, so no key can be put in it; remove it")
    }
  }

  /// Writes a key into the file that is there: containers have that file mounted, and not its name.
  private static func put(_ bytes: [UInt8], _ path: String) throws(ArtifactStore.Failure) -> Bool {
    if ArtifactStore.isCurrent(path, bytes) { return false }
    func failure() -> ArtifactStore.Failure {
      ArtifactStore.Failure(path: path, reason: String(cString: strerror(errno)))
    }
    if FileSearch.exists(path), chmod(path, 0o600) != 0 { throw failure() }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard written == bytes.count, ftruncate(descriptor, off_t(bytes.count)) == 0, fchmod(descriptor, 0o444) == 0 else {
      throw failure()
    }
    return true
  }

  /// Refuses a file that the sidecars' user can't read, or that everybody on this machine can.
  package static func check(_ path: String) throws(ArtifactStore.Failure) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ArtifactStore.Failure(path: path, reason: "the key can't be had: \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ArtifactStore.Failure(path: path, reason: "the key is no regular file")
    }
    let mode = status.st_mode
    let isReadable =
      Int(status.st_uid) == reader
      ? mode & 0o400 != 0 : Int(status.st_gid) == reader ? mode & 0o040 != 0 : mode & 0o004 != 0
    guard isReadable else {
      let owner = "its mode is \(String(mode & 0o7777, radix: 8)), its owner \(status.st_uid):\(status.st_gid)"
      let ways = "run 'chown \(reader) \(path)', or 'install -m 0444 \(path) FILE' to a folder that only you can enter"
      throw ArtifactStore.Failure(
        path: path, reason: "the sidecar, user \(reader), can't read the key: \(owner); \(ways)")
    }
  }
}
