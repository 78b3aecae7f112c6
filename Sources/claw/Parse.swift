import ArgumentParser
import AST
import Diagnostics
import Driver
import JSON
import Lexer
import Source

/// `claw parse`
struct Parse: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse",
    abstract: "Shows what the front end sees in a file.",
    discussion: """
      EXAMPLES
        claw parse Clawfile --dump spans
        claw parse claw-pod.yml --dump tree
      """)

  /// What to show.
  enum Dump: String, ExpressibleByArgument, CaseIterable {
    case spans, tree
  }

  @Argument(help: "The file.", completion: .file()) var path: String
  @Option(
    help: ArgumentHelp("First and last line of each instruction, or the whole tree as JSON.", valueName: "what"))
  var dump: Dump = .tree
  @Option(name: .customLong("as"), help: ArgumentHelp("How to read the file.", valueName: "kind")) var kind: FileKind?
  @OptionGroup var report: ReportOptions

  func run() throws {
    var status = Status.done
    var bag = DiagnosticBag()
    for input in Inputs.find([path], as: kind, status: &status) {
      switch input.kind {
      case .clawfile:
        let tree = CheckedClawfile.check(input.file, into: &bag).tree
        switch dump {
        case .spans:
          let spans = tree.instructions.map { "[\($0.line.firstLine),\($0.line.lastLine)]" }
          Console.write("[\(spans.joined(separator: ","))]\n")
        case .tree: Console.write(TreeDump.value(tree).text(indented: true) + "\n")
        }
      case .pod, .ruleset, .suite, .pack, .workload, .fleet, .tenancy:
        let documents = YAMLReader.read(input.file, into: &bag)
        switch dump {
        case .spans: Console.write(PodTreeDump.spans(documents, in: input.file) + "\n")
        case .tree: Console.write(PodTreeDump.value(documents, in: input.file).text(indented: true) + "\n")
        }
      }
    }
    if status != .done { throw status }
    bag.filter { $0.severity == .error }
    if report.report(bag, besidesData: true) != .done { throw Status.invalid }
  }
}
