import Glibc
package import JSON

/// Reads the files of a record from some line on, while they grow.
package struct RecordReader: Sendable {
  /// What was read in one go.
  package struct Reading: Sendable {
    package var events: [SinkEvent] = []
    /// Lines that can't be read as records.
    package var unreadable: [[UInt8]] = []
    /// How many bytes the lines have.
    package var bytes = 0
    /// How many records are gone from the disk before they were read.
    package var lost = 0

    package var count: Int { events.count + unreadable.count }
  }

  /// The number of the last line that was read.
  package private(set) var sequence: Int
  /// The policy that is in force behind it.
  package private(set) var policy: JSONValue?
  private let folder: String
  private let agent: [UInt8]?
  private var policyText: [UInt8]?
  private var segment: Int?
  private var offset = 0

  /// - Parameter agent: the instance, for lines that name none.
  package init(_ folder: String, from position: SinkPosition, agent: String?) {
    self.folder = folder
    self.agent = agent.map { Array(JSONValue.string($0).text().utf8) }
    sequence = position.sequence
    policy = position.policy
    policyText = policy.map { Array($0.text().utf8) }
  }

  /// About how many bytes there are to read.
  package mutating func backlog() -> Int {
    locate()
    guard let segment else { return 0 }
    let sizes = RecordFile.files(folder).filter { $0 >= segment }.map { number in
      var status = stat()
      return stat("\(folder)/\(RecordFile.name(number))", &status) == 0 ? Int(status.st_size) : 0
    }
    return max(0, sizes.reduce(0, +) - offset)
  }

  /// Reads lines.
  ///
  /// - Parameters:
  ///   - durable: the last line that is on the disk: none behind it is read.
  ///   - count: how many lines at most.
  ///   - bytes: how many bytes at most, but always one line.
  package mutating func read(through durable: Int, count: Int, bytes: Int) throws(RecordFile.Failure) -> Reading {
    var reading = Reading()
    if segment == nil { locate() }
    while sequence < durable, reading.count < count {
      guard let segment else { return reading }
      let path = "\(folder)/\(RecordFile.name(segment))"
      guard let chunk = try Self.lines(path, from: offset, atLeast: min(max(bytes, 1 << 16), 1 << 20)) else {
        // It was removed before it was read.
        let before = segment
        locate()
        if self.segment == before || self.segment == nil { return reading }
        continue
      }
      if chunk.isEmpty {
        guard access("\(folder)/\(RecordFile.name(segment + 1))", R_OK) == 0 else {
          // There is a gap in the files, or nothing more.
          guard let next = RecordFile.files(folder).first(where: { $0 > segment }) else { return reading }
          (self.segment, offset) = (next, 0)
          continue
        }
        (self.segment, offset) = (segment + 1, 0)
        continue
      }
      for line in chunk.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
        let size = line.count + 1
        guard let number = Self.number(line) else {
          if reading.count >= count { return reading }
          reading.unreadable.append(Array(line))
          offset += size
          continue
        }
        if number > sequence {
          if number > durable || reading.count >= count { return reading }
          if reading.count > 0, reading.bytes + size > bytes { return reading }
          take(Array(line), number, &reading)
          reading.bytes += size
        }
        offset += size
      }
    }
    return reading
  }

  private static let configuration = Array("\"\(CallRecord.Kind.configuration.rawValue)\"".utf8)

  private mutating func take(_ line: [UInt8], _ number: Int, _ reading: inout Reading) {
    // Who begins at the beginning misses nothing.
    if sequence > 0, number > sequence + 1 { reading.lost += number - sequence - 1 }
    sequence = number
    guard let members = RecordMembers(line) else {
      reading.unreadable.append(line)
      return
    }
    if let type = members[.type], line[type].elementsEqual(Self.configuration), let value = try? JSONValue.strict(line),
      SinkEvent.changesPolicy(value)
    {
      policy = SinkEvent.policy(value)
      policyText = policy.map { Array($0.text().utf8) }
    }
    if let event = SinkEvent(line, members, policy: policyText, agent: agent) {
      reading.events.append(event)
    } else {
      reading.unreadable.append(line)
    }
  }

  /// Finds the file that the next line is in: the last one that begins at or before it, or the first that is there.
  private mutating func locate() {
    let files = RecordFile.files(folder)
    segment = files.first
    offset = 0
    for file in files.reversed() {
      guard let head = try? Self.bytes("\(folder)/\(RecordFile.name(file))", from: 0, count: 64),
        let first = Self.number(head[...])
      else { continue }
      if first <= sequence + 1 {
        segment = file
        return
      }
    }
  }

  private static let beginning = Array("{\"seq\":".utf8)

  /// The number that a line begins with.
  private static func number(_ line: ArraySlice<UInt8>) -> Int? {
    guard line.starts(with: beginning) else { return nil }
    let digits = line.dropFirst(beginning.count).prefix { 0x30...0x39 ~= $0 }
    return digits.count <= 18 ? Int(String(decoding: digits, as: UTF8.self)) : nil
  }

  /// Whole lines from some byte on; none at the end, nil if the file is gone.
  private static func lines(_ path: String, from offset: Int, atLeast count: Int) throws(RecordFile.Failure) -> [UInt8]?
  {
    var count = count
    while true {
      guard let bytes = try bytes(path, from: offset, count: count) else { return nil }
      if let end = bytes.lastIndex(of: 0x0A) { return Array(bytes[...end]) }
      // A line that is longer than what was read; or half of one that is being written.
      if bytes.count < count { return [] }
      count *= 2
    }
  }

  private static func bytes(_ path: String, from offset: Int, count: Int) throws(RecordFile.Failure) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if descriptor < 0, errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var error: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { error = errno }
        if got <= 0 { return }
        filled += got
      }
    }
    errno = error
    if error != 0 { throw failure(path) }
    return bytes
  }

  private static func failure(_ path: String) -> RecordFile.Failure {
    RecordFile.Failure(message: "'\(path)': \(String(cString: strerror(errno)))")
  }
}
