import ArgumentParser
import Diagnostics
import Driver
import JSON
import Lowering
import Runtime
import Source

/// `claw workload intent`
struct WorkloadIntentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intent",
    abstract: "Makes a workload of a sentence, with the reason for every default.",
    discussion: """
      The grammar is closed: a word that means nothing is an error.

        VERB MODEL [on [N] GPUS] [in PRECISION] [in ENVIRONMENT] [with N replicas] [with N cores] [with SIZE memory]
        [with N context] [for TIME] [as NAME] [from IMAGE] [queue NAME] [priority CLASS] [canary | rolling | …]

      EXAMPLES
        claw workload intent "Run Llama 70B on 4 H100s"
        claw workload intent "Fine-tune Qwen 7B on 8 A100 80GB for 12h queue batch" -o tune.yml
      """)

  @Argument(help: "The sentence.") var sentence: [String]
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file for the workload; standard output without it.", valueName: "file"),
    completion: .file())
  var output: String?
  @Option(
    help: ArgumentHelp("A file of runners, tried before claw's own.", valueName: "file"), completion: .file())
  var runners: [String] = []
  @Flag(help: "Write the workload and the reasons as JSON.") var json = false
  @OptionGroup var report: ReportOptions
  @OptionGroup var quiet: QuietOption

  func run() throws {
    let source = SourceFile(path: "the sentence", bytes: Array(sentence.joined(separator: " ").utf8))
    var bag = DiagnosticBag()
    var own: [Runner] = []
    for path in runners { own += Runner.read(try WorkloadSources.file(path), into: &bag) }
    let intended = bag.hasErrors ? nil : IntentLowering.lower(source, runners: own, into: &bag)
    let status = report.report(bag, besidesData: true)
    guard let intended, status == .done else { throw status == .done ? Status.invalid : status }
    if json {
      let reasons = intended.trace.map { reason -> JSONValue in
        ["field": .string(reason.field), "value": .string(reason.value), "reason": .string(reason.reason)]
      }
      let document: JSONValue = [
        "schema": 1, "workload": .string(String(decoding: intended.bytes, as: UTF8.self)), "reasons": .array(reasons),
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    if !quiet.quiet {
      let width = intended.trace.map { $0.field.count }.max() ?? 0
      for reason in intended.trace {
        Console.say("\(reason.field.padded(to: width))  \(reason.value): \(reason.reason)")
      }
    }
    guard let output else { return Console.write(intended.bytes) }
    var compilation = Compilation()
    compilation.artifacts = [.init(path: output, bytes: intended.bytes)]
    try Artifacts.write(compilation, isQuiet: quiet.quiet)
  }
}
