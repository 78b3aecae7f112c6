import Runtime
import Source
import Testing
import TestSupport

@Suite("The module graph is the one that ARCHITECTURE.md describes")
struct ArchitectureTests {
  /// What a target of Sources/ really imports, and where.
  struct Imports {
    var files: [String] = []
    var modules: [String: String] = [:]
  }

  /// The table of ARCHITECTURE.md: what each target may import.
  static let table: [String: Set<String>] = {
    var table: [String: Set<String>] = [:]
    for line in (Repository.text("ARCHITECTURE.md") ?? "").split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmed }
      guard cells.count == 3 else { continue }
      let imports = cells[2].split(separator: ",").map { String($0.trimmed) }.filter { $0 != "–" }
      table[cells[0].replacing("`", with: "")] = Set(imports)
    }
    return table
  }()

  /// Every target with its import lines.
  static let targets: [String: Imports] = {
    var targets: [String: Imports] = [:]
    let sources = Repository.path("Sources")
    for name in FileSearch.names(in: sources) ?? [] {
      var imports = Imports()
      let folder = FilePath.join(sources, name)
      for path in FileSearch.files(
        below: folder, isWanted: { ["swift", "modulemap", "c"].contains(String($0.split(separator: ".").last ?? "")) })
      {
        imports.files.append(path)
        let relative = FilePath.relative(path, from: Repository.root)
        for module in modules(importedBy: Repository.text(relative) ?? "") { imports.modules[module] = relative }
      }
      targets[name] = imports
    }
    return targets
  }()

  /// The modules of a Swift file's import lines, whatever modifiers and attributes stand before them.
  static func modules(importedBy text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
      guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
        words[..<index].allSatisfy({ ["public", "package", "internal", "fileprivate", "private"].contains($0) })
      else { return nil }
      let kinds = ["typealias", "struct", "class", "enum", "protocol", "let", "var", "func"]
      let name =
        kinds.contains(String(words[index + 1])) && index + 2 < words.count ? words[index + 2] : words[index + 1]
      return String(name.prefix { $0 != "." && $0 != ";" })
    }
  }

  @Test("The name of every command is written down, so that no start has to work it out")
  func commandsAreNamed() {
    let folder = Repository.path("Sources/claw")
    var count = 0
    for path in FileSearch.files(below: folder, isWanted: { $0.hasSuffix(".swift") }) {
      let relative = FilePath.relative(path, from: Repository.root)
      let text = Repository.text(relative) ?? ""
      let commands = text.ranges(of: "= CommandConfiguration(").count
      #expect(text.ranges(of: "= CommandConfiguration(\n    commandName:").count == commands, "\(relative)")
      count += commands
    }
    #expect(count > 10)
  }

  @Test("Every target is in the table, and nothing else is")
  func targetsAreListed() {
    let real = Self.targets.filter { !$0.value.files.isEmpty }.keys
    #expect(Set(real).subtracting(Self.table.keys).sorted() == [], "targets that ARCHITECTURE.md does not list")
    #expect(Set(Self.table.keys).subtracting(real).sorted() == [], "listed targets that do not exist")
  }

  @Test("No target imports what its line does not name", arguments: Self.targets.keys.sorted())
  func edgesAreListed(target: String) {
    // Glibc is the system itself: for those that may touch it.
    let touching = [
      "Runtime", "Processes", "Ledger", "claw", "Policy", "Automata", "Cllama", "CllamaServer", "CllamaDash", "cllama",
    ]
    let system: Set<String> = touching.contains(target) ? ["Glibc", "Synchronization", "Dispatch"] : []
    let allowed = (Self.table[target] ?? []).union(system)
    for (module, file) in (Self.targets[target]?.modules ?? [:]).sorted(by: { $0.key < $1.key }) {
      #expect(allowed.contains(module), "\(file) imports \(module), which ARCHITECTURE.md does not allow \(target)")
    }
  }

  @Test("A line of the table imports only lines above it")
  func tableHasNoCycle() {
    var above: Set<String> = [
      "ArgumentParser", "Subprocess", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOSSL",
    ]
    for line in (Repository.text("ARCHITECTURE.md") ?? "").split(separator: "\n") where line.hasPrefix("| `") {
      let name = line.split(separator: "|")[0].trimmed.replacing("`", with: "")
      #expect((Self.table[name] ?? []).subtracting(above).sorted() == [], "\(name) imports what stands below it")
      above.insert(name)
    }
  }

  @Test("Only tests import full Foundation")
  func noFoundation() {
    for (_, imports) in Self.targets {
      for (module, file) in imports.modules {
        #expect(!module.hasPrefix("Foundation"), "\(file) imports \(module), which costs 44 MB and 2 ms")
      }
    }
  }

  @Test(
    "Import lines are read whatever stands before them",
    arguments: [
      ("package import Source", ["Source"]), ("@testable import Lexer", ["Lexer"]),
      ("@preconcurrency public import A.B", ["A"]), ("import struct JSON.JSONValue", ["JSON"]),
      ("// import Nothing", []), ("let import = 1", []), ("  import Glibc", ["Glibc"]),
    ])
  func lines(line: String, modules: [String]) {
    #expect(Self.modules(importedBy: line) == modules)
  }
}

extension Substring {
  /// Without blanks at either end.
  fileprivate var trimmed: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
