import Processes
package import Source

/// What a commit would add: the files that git has staged, with the lines that are new.
package enum StagedFiles {
  /// A file as it is staged.
  package struct File: Sendable {
    /// The content, under its path from the top of the repository.
    package var file: SourceFile
    /// The lines that are new, from 1.
    package var added: [ClosedRange<Int>]
  }

  /// Why git's answer can't be had.
  package struct Failure: Error, Sendable {
    /// The reason, for people.
    package var message: String
  }

  /// Most bytes of a file that are read.
  private static let limit = 64 << 20

  /// The files that are staged, in git's order.
  package static func all(environment: Environment) throws(Failure) -> [File] {
    guard let program = Programs.find("git", environment: environment) else {
      throw Failure(message: "there is no git on PATH")
    }
    let git = Git(program: program)
    let top = String(decoding: try git.run(["rev-parse", "--show-toplevel"]), as: UTF8.self).trimmed
    var files: [File] = []
    for entry in try entries(git, String(top)) {
      let content = try git.run(["-C", String(top), "cat-file", "blob", entry.blob])
      let diff = try git.run(
        ["-C", String(top), "--literal-pathspecs", "diff", "--cached", "--unified=0"] + plain + [
          "--text", "--", entry.path,
        ])
      files.append(File(file: SourceFile(path: entry.path, bytes: content), added: addedLines(diff)))
    }
    return files
  }

  /// What keeps a user's settings out of a diff.
  private static let plain = [
    "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=all",
  ]

  /// `:OLDMODE NEWMODE OLDBLOB NEWBLOB STATUS NUL PATH NUL`, of files that are still there and no submodules.
  private static func entries(_ git: Git, _ top: String) throws(Failure) -> [(path: String, blob: String)] {
    let raw = try git.run(
      ["-C", top, "diff", "--cached", "--raw", "-z", "--no-abbrev", "--diff-filter=ACMRT"] + plain)
    let parts = raw.split(separator: 0, omittingEmptySubsequences: true).map { String(decoding: $0, as: UTF8.self) }
    var result: [(path: String, blob: String)] = []
    for index in stride(from: 0, to: parts.count - 1, by: 2) {
      let fields = parts[index].split(separator: " ")
      guard fields.count >= 5 else { throw Failure(message: "git says '\(parts[index])', which is no entry of a diff") }
      if fields[1] != "160000" { result.append((parts[index + 1], String(fields[3]))) }
    }
    return result
  }

  /// The new side of each `@@ -a,b +c,d @@` of a diff without context.
  static func addedLines(_ diff: [UInt8]) -> [ClosedRange<Int>] {
    var result: [ClosedRange<Int>] = []
    for line in diff.split(separator: 0x0A) where line.starts(with: "@@ -".utf8) {
      // Lines of the content have '+', '-' or '\' in front.
      let words = line.split(separator: 0x20, maxSplits: 4)
      guard words.count >= 4, words[2].first == 0x2B else { continue }
      let numbers = String(decoding: words[2].dropFirst(), as: UTF8.self).split(separator: ",").map { Int($0) ?? 0 }
      let count = numbers.count > 1 ? numbers[1] : 1
      if let first = numbers.first, count > 0 { result.append(first...(first + count - 1)) }
    }
    return result
  }

  private struct Git {
    var program: String

    func run(_ arguments: [String]) throws(Failure) -> [UInt8] {
      var child = ChildProcess(program, arguments)
      child.environment = ["LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"]
      let result: ChildProcess.Result
      do throws(ChildProcess.Failure) { result = try child.capture(limit: StagedFiles.limit) } catch {
        throw Failure(message: "git could not be run: \(error)")
      }
      guard result.status == 0 else { throw Failure(message: "git: \(result.complaint)") }
      return result.output
    }
  }
}
