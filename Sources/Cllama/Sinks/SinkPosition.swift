import Glibc
package import JSON

/// How far a sink is: kept in a small file beside the record, which a start goes on from.
package struct SinkPosition: Sendable, Equatable {
  /// The last record that was delivered or put to the dead letters, with all before it.
  package var sequence: Int
  /// The policy that was in force then.
  package var policy: JSONValue?

  package init(sequence: Int, policy: JSONValue? = nil) {
    self.sequence = sequence
    self.policy = policy
  }

  package static func path(_ folder: String, _ sink: String) -> String { "\(folder)/sink-\(sink).json" }
  /// The file of dead letters.
  package static func deadLetters(_ folder: String, _ sink: String) -> String { "\(folder)/sink-\(sink).dead.jsonl" }

  /// The position of a sink; nil for one that is new.
  ///
  /// One that can't be read is the beginning of the record: a record that comes twice is better than one that never comes.
  package static func load(_ folder: String, _ sink: String) -> SinkPosition? {
    let path = path(folder, sink)
    var status = stat()
    if stat(path, &status) != 0, errno == ENOENT { return nil }
    guard let bytes = try? RecordFile.contents(path), let value = try? JSONValue.strict(bytes),
      let sequence = value["seq"]?.integer, sequence >= 0
    else { return SinkPosition(sequence: 0) }
    return SinkPosition(sequence: sequence, policy: value["policy"])
  }

  /// Puts it in the place of the one before, whole.
  package func save(_ folder: String, _ sink: String) throws(RecordFile.Failure) {
    var value: [JSONValue.Member] = [
      .init("schema", 1), .init("sink", .string(sink)), .init("seq", JSONValue(sequence)),
    ]
    if let policy { value.append(.init("policy", policy)) }
    let bytes = Array((JSONValue.object(value).text() + "\n").utf8)
    let path = Self.path(folder, sink)
    let next = path + ".new"
    let opened = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard opened >= 0 else { throw Self.failure(next) }
    let count = write(opened, bytes, bytes.count)
    close(opened)
    guard count == bytes.count, rename(next, path) == 0 else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> RecordFile.Failure {
    RecordFile.Failure(message: "'\(path)': \(String(cString: strerror(errno)))")
  }
}
