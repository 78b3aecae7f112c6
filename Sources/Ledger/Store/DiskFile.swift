import Glibc

/// An open file, closed when nobody holds it any more. All reads and writes name their place.
package final class DiskFile: Sendable {
  let descriptor: Int32
  /// For messages.
  let path: String

  private init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// What a failed call says.
  static func failure(_ path: String, _ code: Int32 = errno, writing: Bool = false) -> LedgerFailure {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT, EFBIG: return LedgerFailure(.noSpace, "'\(path)': \(reason)")
    default: return LedgerFailure(writing ? .notWritten : .unreadable, "'\(path)': \(reason)")
    }
  }

  /// Opens a file for reading; nil where there is none. Symbolic links are no files of the ledger.
  static func read(_ path: String) throws(LedgerFailure) -> DiskFile? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if descriptor < 0, errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw failure(path) }
    let file = DiskFile(descriptor, path)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw LedgerFailure(.unreadable, "'\(path)' is no regular file")
    }
    return file
  }

  /// Opens a file for reading and writing, and makes it if it is not there.
  static func write(_ path: String, exclusive: Bool = false) throws(LedgerFailure) -> DiskFile {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (exclusive ? O_EXCL : 0)
    let descriptor = Glibc.open(path, flags, 0o600)
    guard descriptor >= 0 else { throw failure(path, writing: true) }
    return DiskFile(descriptor, path)
  }

  /// How many bytes it has.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Reads at a place; fewer bytes than asked for only at the end of the file.
  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(LedgerFailure) -> Int {
    var done = 0
    while done < buffer.count, let start = buffer.baseAddress {
      let count = pread(descriptor, start + done, buffer.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(path) }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// The bytes at a place; fewer only at the end of the file.
  func bytes(at offset: Int, count: Int) throws(LedgerFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: LedgerFailure?
    let done = bytes.withUnsafeMutableBytes { buffer -> Int in
      do throws(LedgerFailure) { return try read(buffer, at: offset) } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    bytes.removeLast(count - done)
    return bytes
  }

  /// All bytes, up to a limit.
  func all(limit: Int) throws(LedgerFailure) -> [UInt8] {
    let bytes = try bytes(at: 0, count: min(size, limit) + 1)
    guard bytes.count <= limit else { throw LedgerFailure(.unreadable, "'\(path)' is larger than \(limit) bytes") }
    return bytes
  }

  /// Writes all bytes at a place.
  func write(_ buffer: UnsafeRawBufferPointer, at offset: Int) throws(LedgerFailure) {
    var done = 0
    while done < buffer.count, let start = buffer.baseAddress {
      let count = pwrite(descriptor, start + done, buffer.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure(path, count == 0 ? ENOSPC : errno, writing: true) }
      done += count
    }
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(LedgerFailure) {
    var failure: LedgerFailure?
    bytes.withUnsafeBytes { buffer in
      do throws(LedgerFailure) { try write(buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Waits until the content, and what is needed to read it, is on the disk.
  func syncData() throws(LedgerFailure) {
    while fdatasync(descriptor) != 0 {
      if errno == EINTR { continue }
      throw Self.failure(path, writing: true)
    }
  }

  func sync() throws(LedgerFailure) {
    while fsync(descriptor) != 0 {
      if errno == EINTR { continue }
      throw Self.failure(path, writing: true)
    }
  }

  func truncate(_ size: Int) throws(LedgerFailure) {
    while ftruncate(descriptor, off_t(size)) != 0 {
      if errno == EINTR { continue }
      throw Self.failure(path, writing: true)
    }
  }

  /// Asks for room up to a size, which then reads as zeros; whether the file system gave it.
  func allocate(from offset: Int, count: Int) -> Bool {
    if count <= 0 { return false }
    var code = EINTR
    while code == EINTR { code = posix_fallocate(descriptor, off_t(offset), off_t(count)) }
    return code == 0
  }

  /// Keeps other processes out while `body` runs. The system lets go when a process ends, however it ends.
  func locked<Result>(_ body: () throws(LedgerFailure) -> Result) throws(LedgerFailure) -> Result {
    try lock()
    defer { flock(descriptor, LOCK_UN) }
    return try body()
  }

  /// The same for what fails in other ways too.
  func locked<Result>(_ body: () throws -> Result) throws -> Result {
    try lock()
    defer { flock(descriptor, LOCK_UN) }
    return try body()
  }

  private func lock() throws(LedgerFailure) {
    while flock(descriptor, LOCK_EX) != 0 {
      if errno == EINTR { continue }
      throw Self.failure(path, writing: true)
    }
  }
}

/// Folders and whole files.
enum DiskFolder {
  /// Makes a folder that only its owner sees, and those above it; one that is there is left as it is.
  static func make(_ path: String) throws(LedgerFailure) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw DiskFile.failure(path, writing: true)
    }
    try make(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw DiskFile.failure(path, writing: true) }
    try sync(String(path[..<slash]))
  }

  /// Waits until the names in a folder are on the disk.
  static func sync(_ path: String) throws(LedgerFailure) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DiskFile.failure(path, writing: true) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw DiskFile.failure(path, writing: true) }
  }

  /// The names in a folder; none where there is no folder.
  static func names(_ path: String) throws(LedgerFailure) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw DiskFile.failure(path)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Puts a file in place as a whole, durably: written beside it, synced, renamed, and the folder synced.
  static func replace(_ path: String, with bytes: [UInt8]) throws(LedgerFailure) {
    let temporary = "\(path).new-\(getpid())-\(UInt64.random(in: .min ... .max))"
    do throws(LedgerFailure) {
      let file = try DiskFile.write(temporary, exclusive: true)
      try file.write(bytes, at: 0)
      try file.sync()
      guard rename(temporary, path) == 0 else { throw DiskFile.failure(path, writing: true) }
      try sync(parent(of: path))
    } catch {
      unlink(temporary)
      throw error
    }
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
