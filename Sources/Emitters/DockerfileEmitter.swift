package import IR
import JSON
import Source

/// Writes Dockerfile.generated.
package enum DockerfileEmitter {
  /// The file of a plan: the author's bytes, with the plan's edits.
  ///
  /// - Parameter digest: the SHA-256 of the source in hexadecimal digits.
  package static func emit(_ plan: ImagePlan, digest: String) -> Artifact {
    var writer = ArtifactWriter()
    let source = plan.source
    var offset = 0
    for edit in plan.edits {
      writer.copy(SourceRange(offset, edit.range.lower), of: source)
      offset = max(offset, edit.range.upper)
      switch edit.insertion {
      case nil: break
      case .block(let block):
        writer.endLine()
        BlockWriter(source: source, escape: plan.escape, digest: digest).write(block, to: &writer)
      case .run(let text, let origin):
        writer.endLine()
        let location = Location(source, origin)
        writer.write(text.utf8.contains(0x0A) ? heredocRun(text) : "RUN \(text)\n", origin: location)
      }
    }
    writer.copy(SourceRange(offset, source.bytes.count), of: source)
    return writer.finish()
  }

  private static func heredocRun(_ text: String) -> String {
    let name = HeredocName.free(in: text)
    return "RUN <<'\(name)'\n\(text)\n\(name)\n"
  }
}

/// Writes the block of a stage.
private struct BlockWriter {
  let source: SourceFile
  let escape: UInt8
  let digest: String

  func write(_ block: StageBlock, to writer: inout ArtifactWriter) {
    writer.write("# >>> claw 1 sha256:\(digest)\n")
    labels(block.labels, to: &writer)
    for folder in block.folders {
      writer.write("COPY --from=scratch --chown=\(folder.owner) / \(folder.path)/\n")
    }
    if !block.ownedFolders.isEmpty {
      let owner = block.ownedFolders[0].owner
      writer.write("USER 0:0\nRUN chown \(owner) \(block.ownedFolders.map(\.path).joined(separator: " "))\n")
      writer.write("USER \(block.restoredUser)\n")
    }
    for zone in block.zones {
      writer.write(
        "RUN test -e /usr/share/zoneinfo/\(zone) || { echo 'claw: this image has no time zone \(zone): install tzdata' >&2; "
          + "exit 1; }\n")
    }
    var files = block.files
    if block.usesWrapper { files.append(script(StageBlock.wrapperPath, ImageScripts.entrypoint)) }
    if block.usesScheduler { files.append(script(StageBlock.schedulerPath, ImageScripts.scheduler)) }
    for command in block.trackedCommands {
      files.append(script("/claw/track/bin/\(command)", ImageScripts.track))
    }
    for file in files { write(file, to: &writer) }
    if let prefix = block.pathPrefix { writer.write("ENV PATH=\(prefix):$PATH\n") }
    if let entrypoint = block.entrypoint {
      writer.write("ENTRYPOINT \(json(entrypoint))\n")
      if let command = block.command { writer.write("CMD \(json(command))\n") }
    }
    writer.write("# <<< claw\n")
  }

  private func script(_ path: String, _ bytes: [UInt8]) -> StageBlock.File {
    .init(path: path, mode: "0555", text: String(decoding: bytes, as: UTF8.self))
  }

  private func write(_ file: StageBlock.File, to writer: inout ArtifactWriter) {
    let name = HeredocName.free(in: file.text)
    let owner = file.owner.map { " --chown=\($0)" } ?? ""
    let origin = file.origin.map { Location(source, $0) }
    writer.write("COPY\(owner) --chmod=\(file.mode) <<'\(name)' \(file.path)\n\(file.text)", origin: origin)
    if !file.text.isEmpty { writer.endLine() }
    writer.write("\(name)\n", origin: origin)
  }

  private func labels(_ labels: [StageBlock.Label], to writer: inout ArtifactWriter) {
    let continuation = String(decoding: [escape], as: UTF8.self)
    for (index, label) in labels.enumerated() {
      let end = index == labels.count - 1 ? "\n" : " \(continuation)\n"
      writer.write(
        (index == 0 ? "LABEL " : "      ") + label.key + "=" + quoted(label.value) + end,
        origin: label.origin.map { Location(source, $0) })
    }
  }

  /// A value in double quotes. Source: what BuildKit unquotes, checked by building: the escape character in front of
  /// `"`, `$` and itself; everything else as it is.
  private func quoted(_ parts: [ValuePart]) -> String {
    var text: [UInt8] = [0x22]
    for part in parts {
      switch part {
      case .variable(let name): text += "${\(name)}".utf8
      case .literal(let literal):
        for byte in literal.utf8 {
          if byte == 0x22 || byte == 0x24 || byte == escape { text.append(escape) }
          text.append(byte)
        }
      }
    }
    return String(decoding: text + [0x22], as: UTF8.self)
  }

  private func json(_ words: [String]) -> String {
    "[" + words.map { JSONValue.string($0).text() }.joined(separator: ", ") + "]"
  }
}

/// Names for heredocs that hold other people's text.
enum HeredocName {
  /// A name that no line of the text equals.
  static func free(in text: String) -> String {
    // By bytes: as a character, "\r\n" is no "\n". BuildKit drops every CR at the end of a line before it compares.
    let lines = Set(
      text.utf8.split(separator: 0x0A).map { line in
        var line = line
        while line.last == 0x0D { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
      })
    var name = "CLAW"
    var number = 0
    while lines.contains(name) {
      number += 1
      name = "CLAW\(number)"
    }
    return name
  }
}
