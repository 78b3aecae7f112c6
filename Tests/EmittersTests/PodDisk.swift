import Driver
import Glibc
import Runtime
import Source

/// Pods on the disk, for what memory can't show.
enum PodDisk {
  /// Compiles a pod text with the files of a folder beside it.
  static func compile(_ folder: String, _ text: String) -> Compilation {
    let main = SourceFile(path: folder + "/claw-pod.yml", text: text)
    return Compiler.compile(main, kind: .pod, files: DiskFiles())
  }

  /// Runs a program and returns its status. It blocks, and so must not need a thread of the pool that tests run on.
  static func run(_ words: [String], output: String = "/dev/null") -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    guard posix_spawn(&child, words[0], &actions, nil, &arguments, environ) == 0 else { return 127 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  /// Writes files as claw does; false if that failed.
  static func write(_ files: [(String, [UInt8])]) -> Bool {
    do throws(ArtifactStore.Failure) {
      _ = try ArtifactStore.write(files.map { (path: $0.0, bytes: $0.1) })
      return true
    } catch { return false }
  }

  /// A file's text.
  static func read(_ path: String) -> String? {
    (try? DiskFiles().read(path, within: nil, limit: 1 << 26)).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// The names in a folder.
  static func names(_ folder: String) -> [String] { FileSearch.names(in: folder) ?? [] }
}
