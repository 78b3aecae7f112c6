import Cllama
import Glibc
import JSON
import Testing

/// What the ledger takes of a sidecar's record.
@Suite struct RecordPartTests {
  /// The files of a record with some lines.
  func files(_ counts: [Int], note: String = "a") throws -> [[UInt8]] {
    var template = Array("/tmp/record-part-XXXXXX\0".utf8CString.dropLast())
    let folder = template.withUnsafeMutableBufferPointer {
      $0.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    var setting = SidecarConfiguration.LogSetting()
    setting.folder = try #require(folder)
    let file = try RecordFile(setting, pod: "desk")
    var made: [[UInt8]] = []
    var total = 0
    for count in counts {
      for number in 0..<count {
        var record = CallRecord(.response)
        record.set("note", "\(note)\(number)")
        try file.append([(time: 1_700_000_000_000, members: record.line)])
      }
      let all = try RecordFile.contents("\(setting.folder)/\(RecordFile.name(1))")
      made.append(Array(all[total...]))
      total = all.count
    }
    return made
  }

  @Test func nothingIsTakenTwice() throws {
    let files = try files([3, 2])
    let first = RecordPart.new([files[0]], kept: [])
    #expect(first.count == 1 && first[0].relation == .first && first[0].count == 3)
    #expect(first[0].bytes == files[0])
    #expect(first[0].range.first == 1 && first[0].range.last == 3)
    #expect(RecordPart.new([files[0]], kept: [first[0].range]).isEmpty)
    let second = RecordPart.new([files[0] + files[1]], kept: [first[0].range])
    #expect(second.count == 1 && second[0].relation == .follows && second[0].bytes == files[1])
    #expect(second[0].range.first == 4 && second[0].broken.isEmpty)
    #expect(RecordPart.new([files[0] + files[1]], kept: [first[0].range, second[0].range]).isEmpty)
  }

  @Test func theOrderOfWhatWasTakenDoesNotMatter() throws {
    let files = try files([2, 2])
    let one = RecordPart.new([files[0]], kept: [])[0].range
    let two = RecordPart.new([files[0] + files[1]], kept: [one])[0].range
    #expect(RecordPart.new([files[0] + files[1]], kept: [two, one]).isEmpty)
  }

  @Test func partsHaveBoundedSizesAndAllLines() throws {
    let files = try files([9])
    let parts = RecordPart.new(files, kept: [], limit: files[0].count / 4)
    #expect(parts.count > 3)
    #expect(parts.flatMap(\.bytes) == files[0])
    #expect(parts.map(\.relation).dropFirst().allSatisfy { $0 == .follows })
  }

  @Test func halfALineIsLeftForLater() throws {
    let files = try files([2])
    let parts = RecordPart.new([Array(files[0].dropLast(5))], kept: [])
    #expect(parts.count == 1 && parts[0].count == 1)
  }

  @Test func aNewRecordAndOneThatWasChangedAreToldApart() throws {
    let old = try files([3])[0]
    let kept = RecordPart.new([old], kept: [])[0].range
    let fresh = RecordPart.new([try files([2], note: "other")[0]], kept: [kept])
    #expect(fresh.map(\.relation) == [.apart])
    // The same beginning, another end: what was taken is not there any more.
    let cut = Array(old.split(separator: 0x0A)[0] + [0x0A])
    #expect(RecordPart.new([cut], kept: [kept]).map(\.relation) == [.rewritten])
  }

  @Test func aChangedLineIsNamed() throws {
    let old = String(decoding: try files([3])[0], as: UTF8.self)
    let changed = old.replacing("\"note\":\"a1\"", with: "\"note\":\"b1\"")
    #expect(RecordPart.new([Array(changed.utf8)], kept: []).flatMap(\.broken) == [2])
  }
}
