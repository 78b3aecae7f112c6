import Driver
import Runtime
import Source

/// The files that a command is to work on.
enum Inputs {
  /// A file and its language.
  struct Input {
    var file: SourceFile
    var kind: FileKind
  }

  /// Most bytes of a file that are read.
  static let limit = 64 << 20

  /// The files of some paths: those named, and those found in folders; the current folder if none is named. What can't
  /// be read is said at once and goes into `status`.
  static func find(_ paths: [String], as kind: FileKind?, status: inout Status) -> [Input] {
    var inputs: [Input] = []
    for path in paths.isEmpty ? ["."] : paths {
      if path == "-" {
        if let file = readStandardInput(kind, &status) { inputs.append(file) }
        continue
      }
      switch FileSearch.kind(of: path) {
      case .folder:
        let files = FileSearch.files(below: path, isWanted: { FileKind(path: $0, isNamed: false) != nil })
        if files.isEmpty {
          // Nothing to look at is not the same as nothing wrong.
          Console.say(
            "claw: there is no Clawfile, Dockerfile or claw-pod.yml in \(path == "." ? "this folder" : "'\(path)'") or below"
          )
          status = .usage
        }
        for found in files {
          guard let kind = FileKind(path: found, isNamed: false), let file = read(found, &status) else { continue }
          inputs.append(Input(file: file, kind: kind))
        }
      case .missing:
        Console.say("claw: '\(path)' doesn't exist")
        status = .usage
      case .file, .other:
        guard let kind = kind ?? FileKind(path: path, isNamed: true) else {
          Console.say("claw: what '\(path)' is can't be told from its name; say it with --as clawfile or --as pod")
          status = .usage
          continue
        }
        if let file = read(path, &status) { inputs.append(Input(file: file, kind: kind)) }
      }
    }
    return inputs
  }

  /// Reads a file, or says why not.
  static func read(_ path: String, _ status: inout Status) -> SourceFile? {
    do throws(FileFailure) {
      return try DiskFiles().read(path, within: nil, limit: limit)
    } catch {
      Console.say("claw: '\(path)' \(error.reason)")
      status = .invalid
      return nil
    }
  }

  private static func readStandardInput(_ kind: FileKind?, _ status: inout Status) -> Input? {
    do throws(FileFailure) {
      let bytes = try DiskFiles.readAll(0, sizeHint: 0, limit: limit)
      return Input(file: SourceFile(path: "<stdin>", bytes: bytes), kind: kind ?? .clawfile)
    } catch {
      Console.say("claw: standard input \(error.reason)")
      status = .invalid
      return nil
    }
  }
}
