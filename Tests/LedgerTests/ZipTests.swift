import Canonical
import Glibc
import Ledger
import Runtime
import Source
import TestSupport
import Testing

@Suite("Zip files that are no evidence bundles")
struct ZipTests {
  private let fixture: LedgerFixture

  init() throws { fixture = try LedgerFixture("zip") }

  /// Why a file is no bundle.
  private func refusal(_ bytes: [UInt8]) throws -> String {
    let path = fixture.path + ".zip"
    try LedgerFixture.write(bytes, to: path)
    do throws(LedgerFailure) {
      let bundle = try EvidenceBundle(path)
      return bundle.verify(keys: []).findings.first?.message ?? "nothing"
    } catch {
      #expect(error.rule == .badBundle, "\(error)")
      return error.message
    }
  }

  private static let run = Array(#"{"createdAt":"2026-01-02T03:04:05.006Z","metadata":{},"runId":"r"}"#.utf8)

  /// A file that is right as a zip file.
  private static var sound: ZipBuilder {
    let names = ["schemas/contracts-v1.0.0.json", "schemas/audit-v1.0.0.json", "integrity/chain.json"]
    return ZipBuilder(
      entries: [.init("evidence/run.json", run), .init("evidence/events.jsonl", [])]
        + names.map { .init("evidence/" + $0) }
        + [.init("evidence/artifacts/manifest.json", Array(#"{"artifacts":[]}"#.utf8))])
  }

  /// A change to a sound file, and why it is refused then.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var reason: String
    var change: @Sendable (inout ZipBuilder) -> Void

    var testDescription: String { name }

    init(_ name: String, _ reason: String, _ change: @escaping @Sendable (inout ZipBuilder) -> Void) {
      (self.name, self.reason, self.change) = (name, reason, change)
    }

    /// The same for a change of the first entry.
    init(entry name: String, _ reason: String, _ change: @escaping @Sendable (inout ZipBuilder.Entry) -> Void) {
      self.init(name, reason) { change(&$0.entries[0]) }
    }
  }

  private static func named(_ name: String, _ reason: String) -> Case {
    Case(entry: "name \(name.debugDescription)", reason) { $0.name = Array(name.utf8) }
  }

  static let cases: [Case] = [
    named("../evidence/run.json", "is no path below"),
    named("evidence/../run.json", "is no path below"),
    named("evidence/./run.json", "is no path below"),
    named("evidence//run.json", "is no path below"),
    named("/evidence/run.json", "is no path below"),
    named("evidence/", "is no path below"),
    named("C:evidence/run.json", "is no path below"),
    named("", "has 1 to 255 bytes"),
    named(String(repeating: "a", count: 256), "has 1 to 255 bytes"),
    named("evidence\\run.json", "has a backslash or a control character"),
    named("evidence/run.json\0.txt", "has a backslash or a control character"),
    named("evidence/\u{1B}[2Jrun.json", "has a backslash or a control character"),
    named("evidence/events.jsonl", "is there twice"),
    named("evidence/Events.JSONL", "is there twice"),
    named("evidence/événement", "is no UTF-8"),
    Case(entry: "name of bytes", "is no UTF-8") {
      $0.name = Array("evidence/".utf8) + [0xFF, 0xFE]
      ($0.flags, $0.localFlags) = (1 << 11, 1 << 11)
    },
    Case("composed and decomposed", "is there twice") {
      for (index, name) in ["evidence/\u{E9}", "evidence/e\u{301}"].enumerated() {
        $0.entries[index].name = Array(name.utf8)
        $0.entries[index].flags = 1 << 11
      }
    },
    Case("a file that is a folder", "lies in a folder that is a file too") {
      $0.entries[0].name = Array("evidence/a".utf8)
      $0.entries[1].name = Array("evidence/A/b".utf8)
    },
    Case("a folder that is a file", "is there twice") {
      $0.entries[0].name = Array("evidence/a/b".utf8)
      $0.entries[1].name = Array("evidence/a".utf8)
    },
    Case(entry: "symbolic link", "is a symbolic link") { $0.attributes = 0o120777 << 16 },
    Case(entry: "folder", "is no regular file") { $0.attributes = 0o040755 << 16 },
    Case(entry: "device", "is no regular file") { $0.attributes = 0o020644 << 16 },
    Case(entry: "set-user-id", "has a mode beyond") { $0.attributes = 0o104755 << 16 },
    Case(entry: "folder of DOS", "is no regular file") { ($0.maker, $0.attributes) = (20, 0x10) },
    Case(entry: "another system", "was made for a system") { $0.maker = 7 << 8 | 20 },
    Case(entry: "encrypted", "is encrypted") { $0.flags = 1 },
    Case(entry: "strongly encrypted", "is encrypted") { $0.flags = 1 << 6 },
    Case(entry: "masked headers", "is encrypted") { $0.flags = 1 << 13 },
    Case(entry: "patch data", "has a flag") { $0.flags = 1 << 5 },
    Case(entry: "another method", "neither stored nor deflated") { $0.method = 12 },
    Case(entry: "comment of an entry", "has a comment") { $0.comment = [0x41] },
    Case(entry: "another disk", "lies on another disk") { $0.disk = 1 },
    Case(entry: "zip64 field", "is of the zip64 form") { $0.extra = ZipBuilder.words16(1, 0) },
    Case(entry: "name in a field", "an extra field that bundles don't have") {
      $0.extra = ZipBuilder.words16(0x7075, 1) + [1]
    },
    Case(entry: "name in a field of the local header", "an extra field that bundles don't have") {
      $0.localExtra = ZipBuilder.words16(0x7075, 1) + [1]
    },
    Case(entry: "field that is cut off", "an extra field that is cut off") {
      $0.extra = ZipBuilder.words16(0x5455, 9) + [1]
    },
    Case(entry: "another name in the local header", "is not the one that the directory has") {
      $0.localName = Array("evidence/RUN.json".utf8)
    },
    Case(entry: "a longer name in the local header", "is not the one that the directory has") {
      $0.localName = Array("evidence/run.json5".utf8)
    },
    Case(entry: "another method in the local header", "is not the one") { $0.localMethod = 8 },
    Case(entry: "other flags in the local header", "is not the one") { $0.localFlags = 2 },
    Case(entry: "another time in the local header", "is not the one") { $0.time = 1 },
    Case(entry: "another size in the local header", "other sizes or another sum") { $0.localSize = 1 },
    Case(entry: "another sum in the local header", "other sizes or another sum") { $0.localSum = 1 },
    Case(entry: "a wrong sum", "other bytes than its sum says") { ($0.sum, $0.localSum) = (1, 1) },
    Case(entry: "two sizes of stored data", "is stored with two sizes") { $0.size = 1 },
    Case(entry: "too large", "has more than 1073741824 bytes") { ($0.size, $0.method) = (0x4000_0001, 8) },
    Case(entry: "a bomb", "is more than 200 times larger") {
      ($0.size, $0.method) = (UInt32(201 * $0.content.count), 8)
    },
    Case(entry: "no deflate data", "is no deflate data") {
      ($0.content, $0.size, $0.method) = ([0xFF, 0xFF], 100, 8)
    },
    Case(entry: "deflate data that is cut off", "is cut off") { ($0.content, $0.size, $0.method) = ([0x4A], 1, 8) },
    Case(entry: "bytes behind deflate data", "has bytes behind its data") {
      ($0.content, $0.size, $0.sum, $0.method) = ([0x03, 0x00, 0x00], 0, 0, 8)
    },
    Case(entry: "more deflate data than the size says", "more bytes than its header says") {
      // A stored block with two bytes.
      ($0.content, $0.size, $0.method) = ([0x01, 2, 0, 0xFD, 0xFF, 0x7B, 0x7D], 1, 8)
    },
    Case(entry: "less deflate data than the size says", "fewer bytes than its header says") {
      ($0.content, $0.size, $0.method) = ([0x01, 2, 0, 0xFD, 0xFF, 0x7B, 0x7D], 3, 8)
    },
    Case(entry: "no descriptor", "has no descriptor behind its data") { $0.flags = 8 },
    Case(entry: "a wrong descriptor", "has no descriptor behind its data") {
      $0.flags = 8
      $0.behind = ZipBuilder.descriptor([1])
    },
    Case(entry: "bytes in front", "entries overlap, or bytes lie between them") { $0.before = [0x50] },
    Case(entry: "a program in front", "entries overlap, or bytes lie between them") { $0.before = Array("MZ".utf8) },
    Case("bytes between entries", "entries overlap, or bytes lie between them") { $0.entries[1].before = [0] },
    Case("bytes behind the data", "entries overlap, or bytes lie between them") { $0.entries[0].behind = [0] },
    Case("an entry inside another", "entries overlap, or bytes lie between them") { $0.entries[1].offset = 0 },
    Case("the order of the directory", "entries overlap, or bytes lie between them") {
      let second = 30 + $0.entries[0].name.count + $0.entries[0].content.count
      ($0.entries[0].offset, $0.entries[1].offset) = (UInt32(second), 0)
    },
    Case("an entry that the directory leaves out", "entries overlap, or bytes lie between them") {
      $0.entries[0].before = ZipBuilder(entries: [.init("hidden")]).bytes.dropLast(22 + 46 + 6)
    },
    Case("data that reaches into the directory", "reaches into the directory") {
      let last = $0.entries.count - 1
      ($0.entries[last].size, $0.entries[last].packedSize) = (60, 60)
    },
    Case("bytes in front of the directory", "between the last entry and the directory") { $0.beforeDirectory = [0] },
    Case("bytes behind the directory", "between the directory of the zip file and its end") {
      $0.behindDirectory = [0]
    },
    Case("bytes behind the end", "does not end with the directory") { $0.behind = [0] },
    Case("a comment", "does not end with the directory") { $0.comment = [0x41] },
    Case("more entries than are there", "fewer entries than the end says") { $0.count = 7 },
    Case("fewer entries than are there", "more than the entries that the end says") { $0.count = 5 },
    Case("zip64", "zip64") { $0.count = 0xFFFF },
    Case("several disks", "several disks") { $0.disk = 1 },
    Case("an entry that no bundle has", "has no entry 'evidence/more.json'") {
      $0.entries.append(.init("evidence/more.json"))
    },
    Case("an entry that is missing", "has no entry 'evidence/run.json'") { $0.entries.removeFirst() },
    Case("a folder more below artifacts", "has no entry 'evidence/artifacts/x/y'") {
      $0.entries.append(.init("evidence/artifacts/x/y"))
    },
    Case(entry: "a member that comes twice", "is no object of") {
      $0.content = Array(#"{"createdAt":"2026-01-02T03:04:05.006Z","metadata":{},"runId":"r","runId":"s"}"#.utf8)
    },
  ]

  @Test("Refused, each for its own reason", arguments: cases)
  func hostile(_ hostile: Case) throws {
    var zip = Self.sound
    hostile.change(&zip)
    let message = try refusal(zip.bytes)
    #expect(message.contains(hostile.reason), "\(message)")
  }

  @Test("What the cases change is sound without the change, also with descriptors, times and deflate data")
  func sound() throws {
    #expect(try refusal(Self.sound.bytes).contains("no_events"))
    var zip = Self.sound
    for (index, hasSignature) in [(0, true), (1, false)] {
      zip.entries[index].flags = 8
      zip.entries[index].behind = ZipBuilder.descriptor(zip.entries[index].content, hasSignature: hasSignature)
    }
    zip.entries[2].extra = ZipBuilder.words16(0x5455, 5) + [1, 0, 0, 0, 0]
    zip.entries[2].maker = 20
    zip.entries[2].attributes = 0
    zip.entries[3].content = [0x01, 2, 0, 0xFD, 0xFF, 0x7B, 0x7D]
    zip.entries[3].method = 8
    zip.entries[3].size = 2
    zip.entries[3].sum = ZipBuilder.sum(Array("{}".utf8))
    #expect(try refusal(zip.bytes).contains("no_events"))
  }

  @Test("Random deflate data is refused, and never gives more bytes than the header says")
  func randomDeflateData() throws {
    var random = SeededGenerator(seed: 7)
    // Two blocks with fixed codes and one that is stored, from which some rounds start.
    let sound: [UInt8] = [0x00, 2, 0, 0xFD, 0xFF, 0x7B, 0x7D, 0x4B, 0x4C, 0x4A, 0x4E, 0x01, 0, 0, 0xFF, 0xFF]
    for round in 0..<400 {
      var zip = Self.sound
      let data =
        round % 2 == 0
        ? random.mutated(sound)
        : (0..<Int.random(in: 1...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      guard !data.isEmpty else { continue }
      zip.entries[1].content = data
      zip.entries[1].method = 8
      zip.entries[1].size = UInt32(Int.random(in: 0...200 * data.count, using: &random))
      let message = try refusal(zip.bytes)
      #expect(message.contains("evidence/events.jsonl") || message.contains("no_events"), "round \(round): \(message)")
    }
  }

  @Test("No file at all, an empty one, a folder, a link")
  func files() throws {
    #expect(try refusal([]).contains("too short"))
    #expect(try refusal(Array("PK".utf8)).contains("too short"))
    for path in ["/nonexistent.zip", FilePath.directory(of: fixture.path)] {
      #expect(throws: LedgerFailure.self) { try EvidenceBundle(path) }
    }
    let link = fixture.path + ".link"
    try LedgerFixture.write(Self.sound.bytes, to: fixture.path + ".zip")
    #expect(symlink(fixture.path + ".zip", link) == 0)
    #expect(throws: LedgerFailure.self) { try EvidenceBundle(link) }
  }
}
