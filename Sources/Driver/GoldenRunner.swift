/// Compares what the compiler makes with what golden cases expect, and says what has to be written to make them agree.
///
/// `claw golden` and the test that walks Tests/Golden both run this; neither a missing expectation nor one left over passes.
package enum GoldenRunner {
  /// How one file of a case differs.
  package struct Difference: Sendable {
    /// The file, below the case's `expected/`.
    package var path: String
    /// What was expected; nil where nothing was.
    package var expected: [UInt8]?
    /// What the compiler made; nil where it made nothing.
    package var actual: [UInt8]?

    /// What is wrong, and the difference line by line.
    package func description(of goldenCase: GoldenCase) -> String {
      let name = "\(goldenCase.path)/expected/\(path)"
      let state =
        switch (expected, actual) {
        case (nil, _): "is missing"
        case (_, nil): "is left over: the compiler makes no such file"
        default: "differs"
        }
      return "\(name) \(state)\n"
        + UnifiedDiff.text(from: expected ?? [], to: actual ?? [], names: (name, "what the compiler makes"))
    }
  }

  /// The differences of a case, by path.
  package static func differences(of goldenCase: GoldenCase) throws(GoldenFailure) -> [Difference] {
    let outputs = try goldenCase.outputs()
    let paths = Set(outputs.keys).union(goldenCase.expected.keys)
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return paths.compactMap { path in
      let (expected, actual) = (goldenCase.expected[path], outputs[path])
      return expected == actual ? nil : Difference(path: path, expected: expected, actual: actual)
    }
  }
}
