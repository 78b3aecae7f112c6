import Glibc

/// The lines of the table, printed as they come.
struct Table {
  private static let widths = [46, 26, 34, 8]

  /// Prints the heading.
  init() {
    print(Self.line(["work", "claw", "peer", "ratio"]))
    print(String(repeating: "-", count: Self.widths.reduce(0, +) + 6))
  }

  /// Prints a line, and the commands to repeat it below.
  func row(_ work: String, claw: String, peer: String = "", ratio: Double? = nil, repeating commands: [String]) {
    print(Self.line([work, claw, peer, ratio.map { Format.number($0) + "x" } ?? ""]))
    for command in commands { print("    $ \(command)") }
    // A run takes minutes: its lines are wanted one by one, through a pipe too.
    fflush(nil)
  }

  private static func line(_ cells: [String]) -> String {
    zip(cells, widths).map { cell, width in cell + String(repeating: " ", count: max(0, width - cell.count)) }
      .joined(separator: "  ")
  }
}

/// Numbers for people.
enum Format {
  /// Two figures behind the point below ten, one below a hundred.
  static func number(_ value: Double) -> String {
    let scale: Double = value < 10 ? 100 : (value < 100 ? 10 : 1)
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && value >= 100 ? String(Int(rounded)) : String(rounded)
  }

  /// CPU time and memory of a program.
  static func cost(_ cpu: Double, _ memory: Int) -> String {
    "\(number(cpu * 1000)) ms CPU, \(number(Double(memory) / 1e6)) MB"
  }
}
