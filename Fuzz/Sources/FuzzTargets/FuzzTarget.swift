import AST
import Diagnostics
import Driver
import Glibc
import JSON
import Lexer
import Policy
import Source

/// The front ends that are fuzzed, each with the promises that hold for any bytes.
enum FuzzTarget: String, CaseIterable {
  case clawfile, yaml, pod, shell, ruleset, event, pack, bundle, package, workload, fleet, sentence

  /// Runs one input; 0 is libFuzzer's "go on".
  func run(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    switch self {
    case .clawfile: clawfile(bytes)
    case .yaml: yaml(bytes)
    case .pod: pod(bytes)
    case .shell: shell(bytes)
    case .ruleset: ruleset(bytes)
    case .event: event(bytes)
    case .pack: pack(bytes)
    case .bundle: bundle(bytes)
    case .package: package(bytes)
    case .workload: workload(bytes)
    case .fleet: fleet(bytes)
    case .sentence: sentence(bytes)
    }
    return 0
  }

  private func clawfile(_ bytes: [UInt8]) {
    let file = SourceFile(path: "Clawfile", bytes: bytes)
    let compilation = Compiler.compile(file, kind: .clawfile, files: MemoryFiles())
    check(compilation, of: file)
    var bag = DiagnosticBag()
    let tree = CheckedClawfile.check(file, into: &bag).tree
    var last = 0
    for instruction in tree.instructions {
      precondition(instruction.line.range.lower >= last, "instructions are out of order")
      last = instruction.line.range.upper
    }
    precondition(last <= bytes.count, "an instruction leaves the file")
    if !compilation.bag.hasErrors, !tree.hasDirectives {
      precondition(compilation.artifacts.first?.bytes == bytes, "a plain Dockerfile was changed")
    }
  }

  private func pack(_ bytes: [UInt8]) {
    let file = SourceFile(path: "pack.yml", bytes: bytes)
    let compilation = Compiler.compile(file, kind: .pack, files: MemoryFiles())
    check(compilation, of: file)
    guard let canonical = compilation.artifacts.first?.bytes else { return }
    // The canonical form is a pack, and its own canonical form.
    let again = Compiler.compile(SourceFile(path: "pack.yml", bytes: canonical), kind: .pack, files: MemoryFiles())
    precondition(again.artifacts.first?.bytes == canonical, "the canonical form has another")
  }

  private func yaml(_ bytes: [UInt8]) {
    let file = SourceFile(path: "a.yml", bytes: bytes)
    var bag = DiagnosticBag()
    _ = YAMLReader.read(file, into: &bag)
    check(bag, of: file)
  }

  private func pod(_ bytes: [UInt8]) {
    let file = SourceFile(path: "claw-pod.yml", bytes: bytes)
    let contract = SourceFile(path: "AGENTS.md", text: "Be good.\n")
    let clawfile = SourceFile(path: "Clawfile", text: "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"x\"]\n")
    let files = MemoryFiles(["AGENTS.md": contract, "./AGENTS.md": contract, "Clawfile": clawfile])
    check(Compiler.compile(file, kind: .pod, files: files), of: file)
  }

  private func shell(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    var lexer = ShellLexer()
    for keeps in [false, true] {
      (lexer.keepsQuotes, lexer.keepsEscapes, lexer.keepsUnset) = (keeps, keeps, keeps)
      _ = try? lexer.expand(text, in: EmptyScope())
    }
    _ = HeredocMarker.all(in: Array(text.utf8)[...])
  }

  private func ruleset(_ bytes: [UInt8]) {
    let file = SourceFile(path: "policy.yml", bytes: bytes)
    var options = CompileOptions()
    options.makesArtifacts = false
    for kind in [FileKind.ruleset, .suite] {
      check(Compiler.compile(file, kind: kind, files: MemoryFiles(["other.yml": file]), options: options), of: file)
    }
    _ = FileKind(file, isNamed: true)
  }

  /// An event that is read comes back from its JSON.
  private func event(_ bytes: [UInt8]) {
    guard let event = try? EventReader.read(bytes) else { return }
    let text = event.json.text()
    guard let again = try? EventReader.read(text.utf8) else {
      preconditionFailure("an event that was written can't be read")
    }
    precondition(again.json.text() == text, "an event changes when it is written")
  }

  // MARK: Promises

  func check(_ compilation: Compilation, of file: SourceFile) {
    check(compilation.bag, of: file)
    precondition(!compilation.bag.hasErrors || compilation.artifacts.isEmpty, "an artifact in spite of an error")
  }

  private func check(_ bag: DiagnosticBag, of file: SourceFile) {
    for diagnostic in bag.diagnostics {
      for location in [diagnostic.location] + diagnostic.labels.map(\.location) {
        precondition(location.range.upper <= location.file.bytes.count, "\(diagnostic.rule.name) leaves the file")
      }
    }
    let sorted = bag.sorted()
    _ = TerminalRenderer(isColoured: false).render(sorted)
    _ = SARIFRenderer.render(sorted, version: "0")
  }
}
