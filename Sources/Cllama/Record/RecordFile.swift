import Canonical
import Glibc
import JSON
import Synchronization

/// Where a sidecar writes its record: files of JSON lines that follow each other.
///
/// Each line has its number, its time, and a hash over itself and the hash of the line before, so that a line that is changed
/// or missing is seen. A line counts once it is on the disk.
package final class RecordFile: Sendable {
  /// Why a line can't be written.
  package struct Failure: Error, Sendable {
    package var message: String
  }

  /// How far a record is.
  package struct Mark: Sendable, Equatable {
    /// The number of the last line that is on the disk.
    package var sequence: Int
    /// How many bytes were written since it was opened.
    package var bytes: Int
    /// The file that is written to.
    package var segment: Int

    package init(sequence: Int, bytes: Int, segment: Int = 0) {
      self.sequence = sequence
      self.bytes = bytes
      self.segment = segment
    }
  }

  private struct State {
    var descriptor: Int32 = -1
    var size = 0
    /// The number of the file, counted from 1.
    var segment = 0
    var sequence = 0
    var written = 0
    var chain = RecordChain.start
  }

  package let folder: String
  private let pod: String
  private let segmentBytes: Int
  private let segments: Int
  private let state: Mutex<State>

  /// How a file of the record is named.
  package static func name(_ segment: Int) -> String {
    let digits = String(segment)
    return "calls-\(String(repeating: "0", count: max(0, 8 - digits.utf8.count)))\(digits).jsonl"
  }

  /// The number of a file of the record; nil for any other name.
  package static func segment(_ name: some StringProtocol) -> Int? {
    guard name.utf8.count == 20, name.hasPrefix("calls-"), name.hasSuffix(".jsonl") else { return nil }
    return Int(name.dropFirst(6).dropLast(6))
  }

  /// Opens the record of a folder; goes on behind its last whole line. What a crash left of another is cut off.
  package init(_ setting: SidecarConfiguration.LogSetting, pod: String) throws(Failure) {
    folder = setting.folder
    segmentBytes = setting.segmentBytes
    segments = setting.segments
    self.pod = pod
    state = Mutex(try Self.open(setting.folder))
  }

  /// How far it is. Waits while lines are being written.
  package var mark: Mark { state.withLock { Mark(sequence: $0.sequence, bytes: $0.written, segment: $0.segment) } }

  deinit { state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

  /// The files of a record in a folder, by number.
  package static func files(_ folder: String) -> [Int] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var found: [Int] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let segment = segment(name) { found.append(segment) }
    }
    return found.sorted()
  }

  private static func open(_ folder: String) throws(Failure) -> State {
    var state = State()
    state.segment = max(files(folder).last ?? 1, 1)
    try start(&state, folder)
    let text = try contents("\(folder)/\(name(state.segment))")
    let whole = (text.lastIndex(of: 0x0A) ?? -1) + 1
    if whole < text.count, ftruncate(state.descriptor, off_t(whole)) != 0 { throw failure(folder) }
    state.size = whole
    // The last line tells where numbers and hashes go on; an empty file follows a full one.
    var last = text[..<max(whole - 1, 0)].split(separator: 0x0A).last.map { Array($0) }
    if last == nil, state.segment > 1, let before = try? contents("\(folder)/\(name(state.segment - 1))") {
      last = before.split(separator: 0x0A).last.map { Array($0) }
    }
    if let last, let value = try? JSONValue.strict(last) {
      state.sequence = value["seq"]?.integer ?? 0
      if let hash = value["chain"]?.string.flatMap({ Hash256(hex: $0) }) { state.chain = hash.bytes }
    }
    return state
  }

  private static func start(_ state: inout State, _ folder: String) throws(Failure) {
    let path = "\(folder)/\(name(state.segment))"
    let opened = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard opened >= 0 else { throw failure(path) }
    if state.descriptor >= 0 { close(state.descriptor) }
    state.descriptor = opened
    state.size = 0
    // The name must be there after a power cut too.
    let directory = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw failure(folder) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw failure(folder) }
  }

  /// The bytes of a file of the record.
  package static func contents(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(message: "'\(path)': \(String(cString: strerror(errno)))")
  }

  /// Writes lines and brings them to the disk; all of them or none.
  ///
  /// - Parameter members: what each line says behind its number and time: JSON members, without the braces.
  @discardableResult
  package func append(_ lines: [(time: Int, members: [UInt8])]) throws(Failure) -> Mark {
    try state.withLock { (state) throws(Failure) -> Mark in
      if state.size >= segmentBytes { try rotate(&state) }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(lines.reduce(0) { $0 + $1.members.count + 200 })
      let before = (state.sequence, state.chain, state.size)
      for line in lines {
        state.sequence += 1
        let start = bytes.count
        bytes += "{\"seq\":".utf8
        bytes += String(state.sequence).utf8
        bytes += ",\"ts\":\"".utf8
        bytes += RecordTime.text(line.time).utf8
        bytes += "\",\"pod\":".utf8
        JSONValue.write(string: pod, to: &bytes)
        bytes.append(0x2C)
        bytes += line.members
        state.chain = RecordChain.hash(bytes[start...], after: state.chain)
        bytes += ",\"chain\":\"".utf8
        bytes += Digest.hexadecimal(state.chain).utf8
        bytes += "\"}\n".utf8
      }
      do throws(Failure) { try write(bytes, &state) } catch {
        // What could not be written whole is taken back, so that no half line stays.
        ftruncate(state.descriptor, off_t(before.2))
        (state.sequence, state.chain, state.size) = before
        throw error
      }
      state.written += bytes.count
      return Mark(sequence: state.sequence, bytes: state.written, segment: state.segment)
    }
  }

  private func write(_ bytes: [UInt8], _ state: inout State) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(state.descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure(folder) }
      written += count
    }
    guard fdatasync(state.descriptor) == 0 else { throw Self.failure(folder) }
    state.size += bytes.count
  }

  private func rotate(_ state: inout State) throws(Failure) {
    state.segment += 1
    try Self.start(&state, folder)
    for old in Self.files(folder) where old <= state.segment - segments { unlink("\(folder)/\(Self.name(old))") }
  }

  /// Whether a file's lines are what was written: the number of the first line whose hash is wrong, or nil.
  ///
  /// - Parameter chain: the hash before the first line; nil to believe the first line.
  package static func firstBroken(_ bytes: [UInt8], chain: [UInt8]? = nil) -> Int? {
    var chain = chain
    for (index, line) in bytes.split(separator: 0x0A).enumerated() {
      guard let stated = RecordChain.stated(line), chain.map({ RecordChain.follows(line, $0) }) ?? true else {
        return index + 1
      }
      chain = stated
    }
    return nil
  }
}
