import AST
import Diagnostics
import Directives
import IR
import Lexer
import Source

/// Gives one directive its meaning. One file each; the catalog is below.
protocol DirectiveLowering: Sendable {
  /// The directive.
  static var directive: Directive { get }
  /// Checks a use of it and adds it to the stage's configuration.
  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering)
}

/// The catalog of directive lowerings.
enum DirectiveLowerings {
  static let all: [any (DirectiveLowering & Sendable).Type] = [
    ClawTypeLowering.self, AgentLowering.self, ModelLowering.self, CllamaLowering.self, PersonaLowering.self,
    ConfigureLowering.self, InvokeLowering.self, TrackLowering.self, ActLowering.self, SurfaceLowering.self,
    PrivilegeLowering.self, HandleLowering.self, SkillLowering.self,
  ]

  static func lowering(of directive: Directive) -> (any DirectiveLowering.Type)? {
    all.first { $0.directive.keyword == directive.keyword }
  }
}

/// The configuration of a stage while its directives are read.
struct StageLowering {
  /// The file.
  let file: SourceFile
  /// What this stage's own directives say.
  var own = ImageConfig()
  /// What was found.
  var bag = DiagnosticBag()
  /// Names that ARG and ENV declared above the directive: the ones that `${NAME}` may mean.
  var variables: Set<String> = []

  func location(_ range: SourceRange) -> Location { Location(file, range) }

  mutating func report(
    _ rule: Rule, _ range: SourceRange, _ message: String, help: String? = nil, earlier: Location? = nil,
    fixes: [FixIt] = []
  ) {
    bag.report(
      rule, at: location(range), message, help: help, labels: earlier.map { [.init($0, "the first one")] } ?? [],
      fixes: fixes)
  }

  /// Reports that a directive, which may stand once, stood before.
  mutating func reportDuplicate(_ what: String, _ range: SourceRange, _ earlier: Location?) {
    report(
      DirectiveRules.duplicate, range, "\(what) is there twice in this stage", help: "remove one", earlier: earlier)
  }

  /// A value with the `${NAME}`s of declared names kept for the build.
  func parts(_ text: String) -> [ValuePart] {
    var parts: [ValuePart] = []
    var literal = ""
    var rest = Substring(text)
    while let open = rest.range(of: "${") {
      let behind = rest[open.upperBound...]
      guard let close = behind.firstIndex(of: "}") else { break }
      let name = String(behind[..<close])
      if variables.contains(name) {
        literal += rest[..<open.lowerBound]
        if !literal.isEmpty { parts.append(.literal(literal)) }
        parts.append(.variable(name))
        literal = ""
      } else {
        literal += rest[..<behind.index(after: close)]
      }
      rest = behind[behind.index(after: close)...]
    }
    literal += rest
    if !literal.isEmpty || parts.isEmpty { parts.append(.literal(literal)) }
    return parts
  }

  /// Whether a text can be part of a label's key, or reports that it can't.
  mutating func isKey(_ text: String, _ what: String, _ range: SourceRange) -> Bool {
    if LabelKey.isPart(text) { return true }
    report(DirectiveRules.key, range, "'\(text)' can't be \(what)", help: LabelKey.help)
    return false
  }

  /// Whether a path stays below the pod's folder, or reports that it does not.
  mutating func isHostPath(_ parts: [ValuePart], _ what: String, _ range: SourceRange) -> Bool {
    var text = ""
    for part in parts {
      guard case .literal(let literal) = part else { return true }
      text += literal
    }
    let problem: String? =
      if text.isEmpty {
        "is empty"
      } else if FilePath.isAbsolute(text) {
        "is absolute"
      } else if FilePath.escapes(text) {
        "leads out of the pod's folder"
      } else if text.utf8.first == 0x2D {
        "starts with '-'"
      } else if text.utf8.count > 255 {
        "is longer than 255 bytes"
      } else if text.utf8.last == 0x2F || FilePath.normalize(text) == "." {
        "names a folder"
      } else if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
        "holds a control character"
      } else {
        nil
      }
    guard let problem else { return true }
    report(
      DirectiveRules.path, range, "the path of \(what) \(problem)", help: "name a file below the pod file's folder")
    return false
  }
}

/// Slots and platforms, which become parts of labels' keys.
enum LabelKey {
  static let help = "use lower-case letters, digits, '-' and '_', 63 characters at most"

  static func isPart(_ text: String) -> Bool {
    func isWord(_ byte: UInt8) -> Bool { (byte >= 0x61 && byte <= 0x7A) || byte.isASCIIDigit }
    return text.utf8.first.map(isWord) == true && text.utf8.count <= 63
      && text.utf8.allSatisfy { isWord($0) || $0 == 0x2D || $0 == 0x5F }
  }
}

extension Substring {
  /// Where a text first occurs, compared byte for byte.
  fileprivate func range(of text: String) -> Range<Index>? {
    let needle = Array(text.utf8)
    var index = utf8.startIndex
    while index < utf8.endIndex {
      if utf8[index...].starts(with: needle) { return index..<utf8.index(index, offsetBy: needle.count) }
      index = utf8.index(after: index)
    }
    return nil
  }
}
