import Diagnostics
import Source

/// What the commands do that check files of one language: all findings, then a line for each file that is sound.
enum FileChecks {
  /// Reads the files, reports, and writes the lines; the command fails as the findings say.
  static func run<Sound>(
    _ files: [SourceFile], _ report: ReportOptions, _ compile: (SourceFile, inout DiagnosticBag) -> Sound?,
    line: (SourceFile, Sound) -> String
  ) throws {
    var bag = DiagnosticBag()
    let sound = files.compactMap { file in compile(file, &bag).map { (file, $0) } }
    let status = report.report(bag)
    if report.format == .text { for (file, found) in sound { Console.write(line(file, found) + "\n") } }
    if status != .done { throw status }
  }
}
