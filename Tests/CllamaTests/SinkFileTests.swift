import Cllama
import Glibc
import JSON
import Testing

/// The files that sinks read and write.
@Suite struct SinkFileTests {
  final class Folder {
    let path: String
    init() throws {
      var template = Array("/tmp/cllama-sink-XXXXXX".utf8CString)
      path = try template.withUnsafeMutableBufferPointer { buffer in
        let base = try #require(buffer.baseAddress)
        return String(cString: try #require(mkdtemp(base)))
      }
    }
    deinit {
      for name in ["calls-00000001.jsonl", "calls-00000002.jsonl", "calls-00000003.jsonl", "calls-00000004.jsonl"]
        + ["f", "f.1", "f.2", "f.3", "sink-a.json", "sink-a.json.new", "pipe"]
      {
        unlink("\(path)/\(name)")
      }
      rmdir(path)
    }

    func write(_ name: String, _ text: String, appending: Bool = false) throws {
      let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | (appending ? O_APPEND : O_TRUNC), 0o644)
      defer { close(descriptor) }
      let bytes = Array(text.utf8)
      try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    func text(_ name: String) -> String {
      String(decoding: (try? RecordFile.contents("\(path)/\(name)")) ?? [], as: UTF8.self)
    }

    func record(segmentBytes: Int = 4_096, segments: Int = 16) throws -> RecordFile {
      var setting = SidecarConfiguration.LogSetting()
      setting.folder = path
      setting.segmentBytes = segmentBytes
      setting.segments = segments
      return try RecordFile(setting, pod: "p")
    }
  }

  func append(_ record: RecordFile, _ count: Int, _ members: String = #""type":"name""#) throws -> RecordFile.Mark {
    var mark = record.mark
    for _ in 0..<count { mark = try record.append([(time: 0, members: Array(members.utf8))]) }
    return mark
  }

  @Test func aRecordIsReadOnOverItsFiles() throws {
    let folder = try Folder()
    let record = try folder.record()
    var mark = try append(record, 40)
    #expect(RecordFile.files(folder.path).count >= 2)
    var reader = RecordReader(folder.path, from: SinkPosition(sequence: 0), agent: nil)
    var seen: [Int] = []
    while true {
      let reading = try reader.read(through: mark.sequence, count: 7, bytes: 1 << 20)
      if reading.count == 0 { break }
      #expect(reading.count <= 7)
      seen += reading.events.map(\.sequence)
    }
    #expect(seen == Array(1...40))
    mark = try append(record, 3)
    #expect(try reader.read(through: mark.sequence, count: 9, bytes: 1 << 20).events.map(\.sequence) == [41, 42, 43])
    // Another one begins in the middle.
    var other = RecordReader(folder.path, from: SinkPosition(sequence: 30), agent: nil)
    #expect(try other.read(through: 40, count: 99, bytes: 1 << 20).events.map(\.sequence) == Array(31...40))
  }

  @Test func nothingIsReadThatIsNotOnTheDiskForSure() throws {
    let folder = try Folder()
    let record = try folder.record()
    _ = try append(record, 5)
    var reader = RecordReader(folder.path, from: SinkPosition(sequence: 0), agent: nil)
    #expect(try reader.read(through: 3, count: 99, bytes: 1 << 20).events.map(\.sequence) == [1, 2, 3])
    try folder.write("calls-00000001.jsonl", #"{"seq":6,"ts":"#, appending: true)
    #expect(try reader.read(through: 6, count: 99, bytes: 1 << 20).events.map(\.sequence) == [4, 5])
  }

  @Test func bytesBoundWhatIsReadButOneLineComesAlways() throws {
    let folder = try Folder()
    let record = try folder.record(segmentBytes: 64 << 20)
    let long = String(repeating: "x", count: 3 << 20)
    _ = try append(record, 1)
    _ = try append(record, 2, #""type":"name","long":"\#(long)""#)
    let mark = try append(record, 3)
    var reader = RecordReader(folder.path, from: SinkPosition(sequence: 0), agent: nil)
    var readings: [[Int]] = []
    while reader.sequence < mark.sequence {
      readings.append(try reader.read(through: mark.sequence, count: 99, bytes: 1_024).events.map(\.sequence))
    }
    #expect(readings == [[1], [2], [3], [4, 5, 6]])
  }

  @Test func whatWasRemovedUnreadIsCounted() throws {
    let folder = try Folder()
    let record = try folder.record(segments: 2)
    let first = try append(record, 1)
    var reader = RecordReader(folder.path, from: SinkPosition(sequence: 0), agent: nil)
    _ = try reader.read(through: first.sequence, count: 9, bytes: 1 << 20)
    let mark = try append(record, 79)
    #expect(!RecordFile.files(folder.path).contains(1))
    var seen: [Int] = []
    var lost = 0
    while reader.sequence < mark.sequence {
      let reading = try reader.read(through: mark.sequence, count: 99, bytes: 1 << 20)
      seen += reading.events.map(\.sequence)
      lost += reading.lost
    }
    #expect(seen.last == 80)
    #expect(lost > 0)
    #expect(lost + seen.count == 79)
  }

  @Test func aLineThatIsNoRecordIsHandedOut() throws {
    let folder = try Folder()
    let record = try folder.record()
    _ = try append(record, 1)
    try folder.write("calls-00000001.jsonl", "garbage\n{\"seq\":2,\n", appending: true)
    let mark = try append(try folder.record(), 1)
    var reader = RecordReader(folder.path, from: SinkPosition(sequence: 0), agent: nil)
    let reading = try reader.read(through: max(mark.sequence, 2), count: 9, bytes: 1 << 20)
    #expect(reading.unreadable.map { String(decoding: $0, as: UTF8.self) }.prefix(2) == ["garbage", "{\"seq\":2,"])
  }

  @Test func theLastConfigurationSaysThePolicy() throws {
    let folder = try Folder()
    let record = try folder.record()
    _ = try append(record, 1)
    _ = try append(
      record, 1,
      #""type":"configuration","verdict":"serving","policy":"p","policy_sha256":"1","policy_semantic_sha256":"2","policy_sequence":3"#
    )
    _ = try append(record, 1)
    let mark = try append(record, 1, #""type":"configuration","verdict":"deny","reason":"x""#)
    var reader = RecordReader(folder.path, from: SinkPosition(sequence: 0), agent: nil)
    let events = try reader.read(through: mark.sequence, count: 99, bytes: 1 << 20).events
    let policy: JSONValue = ["name": "p", "sha256": "1", "semantic_sha256": "2", "sequence": 3]
    #expect(events.map { $0.envelope["policy"] } == [nil, policy, policy, nil])
    // It is remembered with the position.
    try SinkPosition(sequence: 2, policy: policy).save(folder.path, "a")
    let position = try #require(SinkPosition.load(folder.path, "a"))
    #expect(position == SinkPosition(sequence: 2, policy: policy))
    var later = RecordReader(folder.path, from: position, agent: nil)
    #expect(try later.read(through: 3, count: 99, bytes: 1 << 20).events.first?.envelope["policy"] == policy)
  }

  @Test func aPositionThatCanNotBeReadIsTheBeginning() throws {
    let folder = try Folder()
    #expect(SinkPosition.load(folder.path, "a") == nil)
    for text in ["", "{", "[]", #"{"seq":-1}"#, #"{"seq":"1"}"#] {
      try folder.write("sink-a.json", text)
      #expect(SinkPosition.load(folder.path, "a") == SinkPosition(sequence: 0))
    }
  }

  @Test func aFileIsFollowedByAnotherOne() throws {
    let folder = try Folder()
    let file = LineFile(path: "\(folder.path)/f", .rotated(bytes: 10, kept: 2))
    for word in ["one", "two", "three", "four", "five", "six"] { try file.append(Array("\(word)\n".utf8)) }
    #expect(folder.text("f") == "six\n")
    #expect(folder.text("f.1") == "four\nfive\n")
    #expect(folder.text("f.2") == "three\n")
    #expect(access("\(folder.path)/f.3", F_OK) != 0)
    // A line that is larger than a file may be is whole all the same.
    try file.append(Array("a long line\n".utf8))
    #expect(folder.text("f") == "a long line\n")
  }

  @Test func aBoundedFileTakesAllOrNothing() throws {
    let folder = try Folder()
    let file = LineFile(path: "\(folder.path)/f", .bounded(bytes: 8))
    try file.append(Array("one\n".utf8))
    #expect(throws: RecordFile.Failure.self) { try file.append(Array("three\n".utf8)) }
    try file.append(Array("two\n".utf8))
    #expect(folder.text("f") == "one\ntwo\n")
  }

  @Test func halfALineSpoilsNoOther() throws {
    let folder = try Folder()
    try folder.write("f", "whole\nhal")
    try LineFile(path: "\(folder.path)/f", .bounded(bytes: 100)).append(Array("next\n".utf8))
    #expect(folder.text("f") == "whole\nhal\nnext\n")
  }

  @Test func onlyPlainFilesAreWritten() throws {
    let folder = try Folder()
    mkfifo("\(folder.path)/pipe", 0o644)
    #expect(throws: RecordFile.Failure.self) {
      try LineFile(path: "\(folder.path)/pipe", .bounded(bytes: 100)).append([0x0A])
    }
  }

  @Test func standardOutputThatNobodyReadsFails() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let output = StandardOutput(descriptor: ends[1], patience: 20)
    try output.write(Array("one\n".utf8))
    #expect(throws: RecordFile.Failure.self) { try output.write([UInt8](repeating: 0x78, count: 1 << 20)) }
    // What was begun is ended before the next line.
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    while true {
      var ready = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
      if poll(&ready, 1, 0) <= 0 { break }
      _ = read(ends[0], &buffer, buffer.count)
    }
    try output.write(Array("two\n".utf8))
    let count = read(ends[0], &buffer, buffer.count)
    #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self) == "\ntwo\n")
  }
}
