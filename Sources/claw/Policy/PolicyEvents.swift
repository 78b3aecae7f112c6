import Policy
import Runtime
import Source

/// Events of a file.
enum PolicyEvents {
  /// Each event of a file with one a line; what is none is said with its line, and ends the command.
  static func lines(_ path: String) throws -> [PolicyEvent] {
    let file = try read(path)
    var events: [PolicyEvent] = []
    for (index, line) in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    where line.contains(where: { $0 > 0x20 }) {
      do throws(EventFailure) { events.append(try EventReader.read(line)) } catch {
        Console.say("claw: \(path):\(index + 1):\(error.offset + 1): \(error.message)")
        throw Status.invalid
      }
    }
    return events
  }

  /// The one event of a file.
  static func one(_ path: String) throws -> PolicyEvent {
    let file = try read(path)
    do throws(EventFailure) { return try EventReader.read(file.bytes) } catch {
      let place = file.position(at: error.offset)
      Console.say("claw: \(path):\(place.line):\(place.column): \(error.message)")
      throw Status.invalid
    }
  }

  private static func read(_ path: String) throws -> SourceFile {
    if path == "-" { return SourceFile(path: "<stdin>", bytes: try DiskFiles.readAll(0, sizeHint: 0, limit: 1 << 30)) }
    var status = Status.done
    guard let file = Inputs.read(path, &status) else { throw status }
    return file
  }
}
