/// A patch, read hunk by hunk as `patch` and `git apply` read it.
package struct UnifiedDiff {
  /// The lines that it adds, without the plus sign.
  package private(set) var additions: [ArraySlice<UInt8>] = []
  /// How many lines it deletes.
  private(set) var deletionCount = 0
  /// The files that it names.
  package private(set) var targets: [[UInt8]] = []
  /// Whether it is a diff at all; what is none is taken as text that is added.
  package private(set) var hasHunks = false
  /// Whether every hunk has as many lines as it says.
  package private(set) var isWhole = true

  package init(_ content: [UInt8]) {
    // How many old and new lines the hunk still has.
    var (old, new) = (0, 0)
    for line in Self.lines(content) {
      if old > 0 || new > 0 {
        switch line.first {
        case 0x2B:
          additions.append(line.dropFirst())
          new -= 1
        case 0x2D:
          deletionCount += 1
          old -= 1
        case 0x5C: break
        default:
          old -= 1
          new -= 1
        }
        if old < 0 || new < 0 { isWhole = false }
        continue
      }
      if let counts = Self.hunk(line) {
        (old, new) = counts
        hasHunks = true
      } else if line.starts(with: "+++ ".utf8) || line.starts(with: "--- ".utf8) {
        addTarget(line.dropFirst(4))
      } else if line.starts(with: "rename to ".utf8) || line.starts(with: "copy to ".utf8) {
        addTarget(line.dropFirst(line.first == 0x72 ? 10 : 8))
      } else if line.first == 0x2B {
        // Outside of a hunk a tool might still take it for an addition.
        additions.append(line.dropFirst())
      } else if line.first == 0x2D {
        deletionCount += 1
      }
    }
    if old != 0 || new != 0 { isWhole = false }
  }

  /// Lines as any tool might end them: LF, CR LF or CR.
  static func lines(_ content: [UInt8]) -> [ArraySlice<UInt8>] {
    content.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
  }

  private mutating func addTarget(_ text: ArraySlice<UInt8>) {
    // A time may follow behind a tab.
    var name = Array(text.prefix { $0 != 0x09 })
    if name.starts(with: "a/".utf8) || name.starts(with: "b/".utf8) { name.removeFirst(2) }
    guard !name.isEmpty, !name.elementsEqual("/dev/null".utf8), !targets.contains(name) else { return }
    targets.append(name)
  }

  /// The counts of `@@ -1,3 +1,4 @@`.
  private static func hunk(_ line: ArraySlice<UInt8>) -> (Int, Int)? {
    guard line.starts(with: "@@ -".utf8) else { return nil }
    var rest = line.dropFirst(4)
    guard let old = range(&rest), rest.starts(with: " +".utf8) else { return nil }
    rest = rest.dropFirst(2)
    guard let new = range(&rest) else { return nil }
    return (old, new)
  }

  /// The count of `1,3`, or 1 of `1`.
  private static func range(_ text: inout ArraySlice<UInt8>) -> Int? {
    func number() -> Int? {
      let digits = text.prefix { 0x30...0x39 ~= $0 }
      text = text.dropFirst(digits.count)
      return digits.count > 9 ? nil : Int(String(decoding: digits, as: UTF8.self))
    }
    guard number() != nil else { return nil }
    guard text.first == 0x2C else { return 1 }
    text = text.dropFirst()
    return number()
  }
}
