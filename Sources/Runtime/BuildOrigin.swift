package import Source

/// Leads from a place in a generated Dockerfile back to the author's file.
package enum BuildOrigin {
  /// Where the author wrote what failed, if that can be told.
  ///
  /// - Parameter generated: the generated file's path and bytes; `origins`: of each of its lines.
  package static func location(
    of failure: BuildLog.Failure, in generated: (path: String, bytes: [UInt8]), origins: [Location?]
  ) -> Location? {
    guard let line = line(of: failure, in: generated) else { return nil }
    if line <= origins.count, let origin = origins[line - 1] { return origin }
    // A line of ours that belongs to a block: the nearest origin above it, within the block.
    return origins.prefix(min(line, origins.count)).last { $0 != nil } ?? nil
  }

  /// The line of the generated file: the one that BuildKit named, or the one that the failed step's text starts.
  static func line(of failure: BuildLog.Failure, in generated: (path: String, bytes: [UInt8])) -> Int? {
    if let line = failure.line, failure.file.map({ $0 == FilePath.name(of: generated.path) }) ?? true { return line }
    guard let step = failure.step else { return nil }
    let file = SourceFile(path: generated.path, bytes: generated.bytes)
    if let line = line(fetching: step, in: file) { return line }
    // BuildKit joins continued lines and expands variables: the longest first words that fit decide.
    let words = step.split(separator: " ").map(String.init)
    var best: (count: Int, line: Int)?
    for line in 1...max(1, file.lines.count) {
      let written = file.text(file.lines.range(ofLine: line)).split(whereSeparator: \.isWhitespace).map(String.init)
      guard written.first?.lowercased() == words.first?.lowercased() else { continue }
      let count = zip(words, written).prefix { $0 == $1 || $0.lowercased() == $1.lowercased() }.count
      if count > (best?.count ?? 1) { best = (count, line) }
    }
    return best?.line
  }

  /// The line that names what BuildKit could not fetch: `# syntax=`, or the FROM or COPY of an image.
  private static func line(fetching step: String, in file: SourceFile) -> Int? {
    let frontend = "resolve image config for docker-image://"
    let metadata = "load metadata for "
    guard step.starts(withBytes: frontend) || step.starts(withBytes: metadata) else { return nil }
    return (1...max(1, file.lines.count)).first { number in
      let text = file.text(file.lines.range(ofLine: number)).trimmed
      if step.starts(withBytes: frontend) {
        return text.filter { !$0.isWhitespace }.lowercased().starts(withBytes: "#syntax=")
      }
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let keyword = words.first?.uppercased(), keyword == "FROM" || keyword == "COPY" else { return false }
      let image = String(step.dropFirst(metadata.count))
      return words.dropFirst().contains { word in
        let name = word.starts(withBytes: "--from=") ? String(word.dropFirst("--from=".count)) : word
        return [name, name + ":latest"].contains { $0 == image || image.hasSuffix("/" + $0) }
      }
    }
  }
}
