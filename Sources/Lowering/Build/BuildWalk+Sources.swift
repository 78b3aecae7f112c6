import AST
import Diagnostics
import Lexer
import Source

extension BuildWalk {
  /// What `--from` means, or nil if it was reported.
  enum CopySource: Equatable {
    case stage(Int)
    case image
  }

  /// Resolves the source of a copy or mount. Numbers count for COPY only.
  mutating func source(named name: String, _ range: Range<Int>, _ index: Int, _ stage: Int, takesNumbers: Bool)
    -> CopySource?
  {
    var target = last[name.lowercased()]
    if takesNumbers, let number = Int(name.utf8.first == 0x2B ? String(name.dropFirst()) : name) {
      guard (0..<file.stages.count + externalStages).contains(number) else {
        report(
          BuildRules.copyFrom, index, at: range, "there is no stage \(number)",
          help: "stages are numbered from 0 to \(file.stages.count - 1)")
        return nil
      }
      if number >= file.stages.count { return .image }
      target = number
    }
    if let target {
      guard target < stage else {
        // A stage of that name above and another below has a rule of its own.
        if takesNumbers, file.stages[..<stage].contains(where: { $0.name == name.lowercased() }) { return nil }
        report(
          BuildRules.copyFrom, index, at: range,
          target == stage ? "a stage can't copy from itself" : "the stage '\(name)' is defined below",
          help: target == stage ? "copy from another stage" : "move that stage above this one")
        return nil
      }
      return .stage(target)
    }
    externalStages += 1
    if name == "scratch" { return .image }
    do throws(ImageReference.Failure) {
      _ = try ImageReference(name)
      return .image
    } catch {
      report(
        BuildRules.copyFrom, index, at: range, "'\(name)' is neither a stage nor an image: \(error.message)",
        help: Suggestion.nearest(to: name, in: last.keys.sorted()).map { "did you mean '\($0)'?" })
      return nil
    }
  }
}
