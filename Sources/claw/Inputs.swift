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
  ///
  /// - Parameter withPolicies: whether rulesets and test suites are wanted too, which their content shows.
  static func find(
    _ paths: [String], as kind: FileKind?, withPolicies: Bool = false, status: inout Status
  ) -> [Input] {
    var inputs: [Input] = []
    for path in paths.isEmpty ? ["."] : paths {
      if path == "-" {
        if let file = readStandardInput(kind, &status) { inputs.append(file) }
        continue
      }
      switch FileSearch.kind(of: path) {
      case .folder:
        let files = FileSearch.files(
          below: path,
          isWanted: { FileKind(path: $0, isNamed: false) != nil || (withPolicies && FileKind.mayBePolicy($0)) })
        let count = inputs.count
        for found in files { if let input = searched(found, &status) { inputs.append(input) } }
        if inputs.count == count, status == .done {
          // Nothing to look at is not the same as nothing wrong.
          Console.say(
            "claw: there is no Clawfile, Dockerfile or claw-pod.yml\(withPolicies ? ", ruleset or test suite" : "")"
              + " in \(path == "." ? "this folder" : "'\(path)'") or below"
          )
          status = .usage
        }
      case .missing:
        Console.say("claw: '\(path)' doesn't exist")
        status = .usage
      case .file, .other:
        if let kind = kind ?? FileKind(path: path, isNamed: true) {
          if let file = read(path, &status) { inputs.append(Input(file: file, kind: kind)) }
          continue
        }
        if FileKind.mayBePolicy(path) {
          guard let file = read(path, &status) else { continue }
          if let kind = FileKind(file, isNamed: true) {
            inputs.append(Input(file: file, kind: kind))
            continue
          }
        }
        Console.say(
          "claw: what '\(path)' is can't be told from its name or content; say it with --as "
            + FileKind.allCases.map(\.rawValue).joined(separator: ", --as "))
        status = .usage
      }
    }
    return inputs
  }

  /// A file that was found in a search; nil if it is none of ours, or can't be read.
  private static func searched(_ path: String, _ status: inout Status) -> Input? {
    if let kind = FileKind(path: path, isNamed: false) {
      return read(path, &status).map { Input(file: $0, kind: kind) }
    }
    // What is too large for a ruleset is somebody else's, and whether that can be read is not ours to say.
    guard let file = try? DiskFiles().read(path, within: nil, limit: 1 << 20), let kind = FileKind(file, isNamed: false)
    else { return nil }
    return Input(file: file, kind: kind)
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
