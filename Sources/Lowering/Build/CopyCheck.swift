import AST
import Lexer
import Source

extension BuildWalk {
  /// COPY and ADD: sources, destination, flags and heredoc bodies.
  mutating func copy(_ copy: CopyBody, _ index: Int, _ stage: Int) {
    if let from = copy.flag("from"), !from.text.isEmpty { copyFrom(from, index, stage) }
    for name in Self.expandedFlags {
      guard let word = copy.flag(name), let expansion = expand(flag: word, index, stage) else { continue }
      if isOpen(expansion, stage) { continue }
      if name == "chmod", !expansion.result.isEmpty, !FileMode.isMode(expansion.result) {
        report(
          BuildRules.chmod, index, at: word.range, "'\(expansion.result)' is no file mode",
          help: "write it in octal, such as 0644, or like 'u=rwX,go=rX'")
      }
    }
    for (name, word) in copy.flags where name == "exclude" { _ = expand(flag: word, index, stage) }
    var sources: [(word: Word, expansion: Expansion)] = []
    for source in copy.sources {
      if let expansion = expand(source, index, stage) { sources.append((source, expansion)) }
    }
    _ = expand(copy.destination, index, stage)
    if !copy.contents.isEmpty { contents(copy, index, stage) }
    checkAddresses(copy, sources, index, stage)
  }

  private static let expandedFlags = ["chown", "chmod", "checksum"]

  private mutating func copyFrom(_ from: Word, _ index: Int, _ stage: Int) {
    guard let expansion = try? lexer.expand(from.text, in: EmptyScope()), expansion.result == from.text else {
      model.stopsBeforeInstructions = true
      return report(
        BuildRules.copyFrom, index, at: from.range, "'--from' takes no variables and no quotes",
        help: "define a stage with 'FROM …' that uses an ARG from above, and copy from that")
    }
    _ = source(named: from.text, from.range, index, stage, takesNumbers: true)
  }

  /// Heredoc bodies know variables and backslashes, whatever the escape character is, but no quotes.
  private mutating func contents(_ copy: CopyBody, _ index: Int, _ stage: Int) {
    let line = file.instructions[index].line
    var lexer = ShellLexer()
    lexer.ignoresQuotes = true
    for number in copy.contents where line.heredocs[number].expands {
      let body = file.file.text(line.heredocs[number].body)
      let scope = model.stages[stage].scope
      do throws(ExpansionFailure) {
        note(try lexer.expand(body, in: scope).unmatched, line.arguments, index, scope)
      } catch {
        fail(error, Word(text: "<<" + line.heredocs[number].name, range: line.arguments), index, scope)
      }
    }
  }

  private mutating func checkAddresses(
    _ copy: CopyBody, _ sources: [(word: Word, expansion: Expansion)], _ index: Int, _ stage: Int
  ) {
    if !copy.isAdd {
      for (word, expansion) in sources where Address.isRemote(expansion.result) && !isOpen(expansion, stage) {
        report(
          BuildRules.copySource, index, at: word.range, "COPY can't fetch '\(expansion.result)'", help: "use ADD")
      }
      return
    }
    let fixed = sources.filter { !isOpen($0.expansion, stage) }
    guard let checksum = copy.flag("checksum"), !checksum.text.isEmpty, fixed.count == sources.count else { return }
    if sources.count != 1 {
      report(
        BuildRules.checksum, index, at: checksum.range, "'--checksum' takes one source, not \(sources.count)",
        help: "write one ADD for each source")
    } else if !Address.isRemote(fixed[0].expansion.result) {
      report(
        BuildRules.checksum, index, at: checksum.range, "'--checksum' needs an HTTP(S) or git address as the source",
        help: "remove the flag")
    } else if !Address.isGit(fixed[0].expansion.result), !ImageReference.isDigest(checksum.text),
      !checksum.text.utf8.contains(0x24)
    {
      report(
        BuildRules.checksum, index, at: checksum.range, "'\(checksum.text)' is no digest",
        help: "write 'sha256:' and 64 lower-case hexadecimal digits")
    }
  }
}

/// Tells addresses from paths among the sources of COPY and ADD.
enum Address {
  /// Whether a source is fetched: over HTTP, or with git.
  static func isRemote(_ text: String) -> Bool {
    guard text.utf8.contains(0x3A) else { return false }
    return text.utf8.starts(with: "http://".utf8) || text.utf8.starts(with: "https://".utf8) || isGit(text)
  }

  /// Whether git fetches it: `git://`, `ssh://`, `user@host:path`, or an HTTP address that ends in `.git`.
  static func isGit(_ text: String) -> Bool {
    let beforeFragment = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
    if text.utf8.starts(with: "git://".utf8) || text.utf8.starts(with: "ssh://".utf8) { return true }
    if text.utf8.starts(with: "http://".utf8) || text.utf8.starts(with: "https://".utf8) {
      let path = beforeFragment.split(separator: "?").first ?? ""
      return path.utf8.suffix(4).elementsEqual(".git".utf8)
    }
    // scp-like: letters, digits, '-' and '_', then '@', a host, ':' and something.
    guard let at = beforeFragment.utf8.firstIndex(of: 0x40),
      let colon = beforeFragment.utf8[at...].firstIndex(of: 0x3A)
    else { return false }
    let user = beforeFragment.utf8[..<at]
    let host = beforeFragment.utf8[beforeFragment.utf8.index(after: at)..<colon]
    func isWord(_ byte: UInt8, _ extra: UInt8) -> Bool {
      byte.isASCIIAlphanumeric || byte == 0x2D || byte == extra
    }
    return !user.isEmpty && !host.isEmpty && user.allSatisfy { isWord($0, 0x5F) }
      && host.allSatisfy { isWord($0, 0x2E) } && beforeFragment.utf8.index(after: colon) < beforeFragment.utf8.endIndex
  }
}

/// File modes of `--chmod`.
enum FileMode {
  /// Whether a text is an octal mode up to 07777, or a symbolic one.
  static func isMode(_ text: String) -> Bool {
    if let number = UInt32(text, radix: 8), text.utf8.first != 0x2B, text.utf8.first != 0x2D { return number <= 0o7777 }
    return text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { clause in
      var rest = Substring(clause).utf8
      rest = rest.drop { "ugoa".utf8.contains($0) }
      var isComplete = false
      while let operation = rest.first, "+-=".utf8.contains(operation) {
        isComplete = true
        rest = rest.dropFirst().drop { "rwxXstugo".utf8.contains($0) }
      }
      return isComplete && rest.isEmpty
    }
  }
}
