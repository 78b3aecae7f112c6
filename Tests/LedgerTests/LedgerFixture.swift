import Canonical
import Glibc
import Ledger
import Runtime
import Source
import TestSupport
import Testing

/// A ledger in a folder of its own, which goes when the test ends.
final class LedgerFixture {
  let path: String
  static let actor = EventActor(id: "test", kind: .system)

  init(_ name: String = "ledger") throws { path = FilePath.join(try TemporaryFolder.make(name), "ledger") }

  deinit { TemporaryFolder.remove(FilePath.directory(of: path)) }

  func open(_ change: (inout Ledger.Options) -> Void = { _ in }) throws -> Ledger {
    var options = Ledger.Options()
    options.allocation = 1 << 16
    change(&options)
    return try Ledger(try LedgerFolder(making: path), options: options)
  }

  func view() throws -> LedgerView { try LedgerView(try LedgerFolder(existing: path)) }

  /// The segment files, in order.
  var segments: [String] {
    let folder = FilePath.join(path, "log")
    return (FileSearch.names(in: folder) ?? []).sorted().map { FilePath.join(folder, $0) }
  }

  static func note(_ text: String) -> EventDraft {
    var payload = CanonicalObject()
    payload.add("note", text)
    return EventDraft(type: "DoDRecorded", payload: payload.bytes)
  }

  /// Begins a run and appends some notes to it; its identity.
  @discardableResult
  static func fill(_ ledger: Ledger, _ count: Int, text: String = "note") throws -> String {
    let run = try ledger.start(actor: actor).runId
    for index in 0..<count { _ = try ledger.append([note("\(text) \(index)")], run: run, actor: actor) }
    return run
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  /// Forgets what the processes of this start of the machine agreed on, as a loss of power does.
  func loseControl() { unlink(FilePath.join(path, "control")) }
}
