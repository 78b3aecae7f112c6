import Glibc
import Ledger
import Runtime
import Source
import TestSupport
import Testing

/// Where the events of long runs lie: the file beside the index that says so, and what happens where it is wrong.
@Suite struct PlaceFileTests {
  /// A ledger with two runs in turns, a thousand events and more each.
  private static func make() throws -> (fixture: LedgerFixture, runs: [String]) {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open {
      $0.durability = .written
      $0.segmentLimit = 1 << 18
    }
    let runs = try (0..<2).map { _ in try ledger.start(actor: LedgerFixture.actor).runId }
    for part in 0..<12 {
      for run in runs {
        let drafts = (0..<100).map { LedgerFixture.note("\(part) \($0)") }
        _ = try ledger.append(drafts, run: run, actor: LedgerFixture.actor)
      }
    }
    return (fixture, runs)
  }

  private static func view(_ fixture: LedgerFixture, longRun: Int = 0) throws -> LedgerView {
    try LedgerView(try LedgerFolder(existing: fixture.path), longRun: longRun)
  }

  private static func places(_ fixture: LedgerFixture) -> String {
    FilePath.join(fixture.path, "index.sqlite-places")
  }

  /// The events of a run, each looked up.
  private static func events(_ view: LedgerView, _ run: String) throws -> [[UInt8]] {
    try (1...1201).map { seq in try view.readHashed(run, seq) { Array($0) } }
  }

  private static func isRight(_ fixture: LedgerFixture, _ runs: [String]) throws -> Bool {
    let view = try view(fixture)
    for run in runs {
      var listed: [[UInt8]] = []
      try view.hashedBytes(run) { (bytes, _) throws(LedgerFailure) in listed.append(Array(bytes)) }
      guard listed.count == 1201, try events(view, run) == listed else { return false }
    }
    return true
  }

  @Test("Places of long runs are found in the file, and so are those that are in no whole block")
  func lookups() throws {
    let (fixture, runs) = try Self.make()
    #expect(try Self.isRight(fixture, runs))
    // Two blocks of 512 places of eight bytes of each run.
    #expect(try LedgerFixture.bytes(Self.places(fixture)).count == 4 * 4096)
    #expect(
      try Self.events(try Self.view(fixture, longRun: 5000), runs[0]) == Self.events(try Self.view(fixture), runs[0]))
    #expect(throws: LedgerFailure.self) { try Self.view(fixture).readHashed(runs[0], 1202) { $0.count } }
    #expect(throws: LedgerFailure.self) { try Self.view(fixture).readHashed(runs[0], 0) { $0.count } }
    // What comes later is found as well, and makes more blocks.
    let more = (0..<700).map { LedgerFixture.note("more \($0)") }
    _ = try fixture.open().append(more, run: runs[1], actor: LedgerFixture.actor)
    #expect(try Self.view(fixture).readHashed(runs[1], 1901) { $0.count } > 0)
    #expect(try LedgerFixture.bytes(Self.places(fixture)).count == 5 * 4096)
  }

  @Test("A file of places that is wrong, short or gone does no harm")
  func hints() throws {
    let (fixture, runs) = try Self.make()
    #expect(try Self.isRight(fixture, runs))
    let whole = try LedgerFixture.bytes(Self.places(fixture))
    var swapped = whole
    for index in 0..<8 { swapped.swapAt(index, 4096 + index) }
    for content in [
      [], [UInt8](repeating: 0, count: whole.count), [UInt8](repeating: 0xFF, count: whole.count),
      Array(whole.prefix(5000)), swapped, Array(whole[4096...] + whole[..<4096]), Array(whole[8...] + whole[..<8]),
    ] {
      try LedgerFixture.write(content, to: Self.places(fixture))
      #expect(try Self.isRight(fixture, runs))
    }
    unlink(Self.places(fixture))
    #expect(try Self.isRight(fixture, runs))
    // A link is no file of the ledger, and nothing is written where it leads.
    let target = FilePath.join(fixture.path, "elsewhere")
    try LedgerFixture.write([1, 2, 3], to: target)
    unlink(Self.places(fixture))
    symlink(target, Self.places(fixture))
    #expect(try Self.isRight(fixture, runs))
    #expect(try LedgerFixture.bytes(target) == [1, 2, 3])
  }

  @Test("An index of an earlier version is made anew")
  func earlierVersion() throws {
    let (fixture, runs) = try Self.make()
    #expect(try Self.isRight(fixture, runs))
    let path = FilePath.join(fixture.path, "index.sqlite")
    // A row of `meta`: the key, and the number in one byte.
    func version(_ bytes: [UInt8]) -> Int? {
      let key = Array("version".utf8)
      return bytes.indices.first {
        bytes[$0...].starts(with: key) && bytes.count > $0 + key.count && bytes[$0 + key.count] < 16
      }
      .map { $0 + key.count }
    }
    var bytes = try LedgerFixture.bytes(path)
    let place = try #require(version(bytes))
    #expect(bytes[place] == 2)
    bytes[place] = 1
    for end in ["-wal", "-shm", "-places"] { unlink(path + end) }
    try LedgerFixture.write(bytes, to: path)
    #expect(try Self.isRight(fixture, runs))
    let made = try LedgerFixture.bytes(path)
    #expect(version(made).map { made[$0] } == 2)
    #expect(try LedgerFixture.bytes(Self.places(fixture)).count == 4 * 4096)
  }

  @Test("Another record in the place of an event is not taken for it")
  func otherRecord() throws {
    let fixture = try LedgerFixture()
    let run = try LedgerFixture.fill(try fixture.open { $0.allocation = 0 }, 9)
    #expect(try fixture.view().readHashed(run, 5) { $0.count } > 0)
    let segment = try #require(fixture.segments.first)
    var bytes = try LedgerFixture.bytes(segment)
    let starts = bytes.indices.filter { bytes[$0...].starts(with: Array("clwE".utf8)) } + [bytes.count]
    try #require(starts.count == 11)
    // Events 5 and 6 are equally long: each takes the other's place, head and all.
    let (first, second) = (Array(bytes[starts[4]..<starts[5]]), Array(bytes[starts[5]..<starts[6]]))
    try #require(first.count == second.count)
    bytes.replaceSubrange(starts[4]..<starts[6], with: second + first)
    try LedgerFixture.write(bytes, to: segment)
    let view = try fixture.view()
    let failure = #expect(throws: LedgerFailure.self) { try view.readHashed(run, 5) { $0.count } }
    #expect(failure?.rule == .damaged)
    #expect(throws: LedgerFailure.self) { try Self.view(fixture).readHashed(run, 6) { $0.count } }
    #expect(throws: LedgerFailure.self) { try view.hashedBytes(run) { (_, _) throws(LedgerFailure) in } }
    #expect(throws: LedgerFailure.self) { try view.events(run) { (_) throws(LedgerFailure) in } }
    #expect(try view.readHashed(run, 7) { $0.count } > 0)
  }
}
