import Canonical

/// A verdict in the Conformance Normal Form: one spelling for each, so that two validators can be compared byte for byte.
///
/// Members that are absent are left out, and so is `hashes` if it is empty; errors are sorted by code, artifact, path and
/// message, in the order of their UTF-16 units, with what is absent last.
package struct CNFReport: Sendable, Equatable {
  /// What was validated.
  package enum Mode: String, Sendable {
    case session
    case sealedPackage = "sealed-package"
  }

  /// One thing that is wrong.
  package struct Problem: Sendable, Equatable {
    package var code: String
    package var message: String
    package var artifactType: String?
    package var path: String?

    package init(code: String, message: String, artifactType: String? = nil, path: String? = nil) {
      self.code = code
      self.message = message
      self.artifactType = artifactType
      self.path = path
    }
  }

  /// The digests that a report may name, in the order of their names.
  package struct Hashes: Sendable, Equatable {
    package var anchorHash: String?
    package var evidenceChainTailHash: String?
    package var packageHash: String?
    package var planHash: String?

    package init(
      anchorHash: String? = nil, evidenceChainTailHash: String? = nil, packageHash: String? = nil,
      planHash: String? = nil
    ) {
      self.anchorHash = anchorHash
      self.evidenceChainTailHash = evidenceChainTailHash
      self.packageHash = packageHash
      self.planHash = planHash
    }
  }

  package var mode: Mode
  package var passes: Bool
  package var hashes: Hashes
  package var problems: [Problem]

  package init(mode: Mode, passes: Bool, hashes: Hashes = Hashes(), problems: [Problem] = []) {
    self.mode = mode
    self.passes = passes
    self.hashes = hashes
    self.problems = problems
  }

  /// The report's one text: canonical JSON without a line end.
  package var bytes: [UInt8] {
    var text = ByteWriter(capacity: 256 + problems.count * 192)
    text.append("{\"errors\":[")
    problems.withUnsafeBufferPointer { problems in
      var isFirst = true
      for index in Self.order(problems) {
        text.append(isFirst ? "{" : ",{")
        isFirst = false
        // Through pointers: a copy of a problem counts the references of its four texts up and down.
        if let base = problems.baseAddress { Self.write(base + index, to: &text) }
      }
    }
    text.append(passes ? "],\"exitCode\":0" : "],\"exitCode\":1")
    if hashes != Hashes() {
      text.append(",\"hashes\":{")
      var isFirst = true
      Self.write("\"anchorHash\":", hashes.anchorHash, &isFirst, to: &text)
      Self.write("\"evidenceChainTailHash\":", hashes.evidenceChainTailHash, &isFirst, to: &text)
      Self.write("\"packageHash\":", hashes.packageHash, &isFirst, to: &text)
      Self.write("\"planHash\":", hashes.planHash, &isFirst, to: &text)
      text.append("}")
    }
    text.append(mode == .session ? ",\"mode\":\"session\"" : ",\"mode\":\"sealed-package\"")
    text.append(",\"specVersion\":\"1.0.0\",\"verdict\":")
    text.append(passes ? "\"pass\"}" : "\"fail\"}")
    return text.bytes()
  }

  /// The problems as a report has them, by their index.
  private static func order(_ problems: UnsafeBufferPointer<Problem>) -> [Int] {
    // Most lists are short, and many come in order: each goes to its place among those before it.
    var order: [Int] = []
    guard let base = problems.baseAddress else { return order }
    order.reserveCapacity(problems.count)
    for index in problems.indices {
      var place = order.count
      order.append(index)
      if problems.count > 48 { continue }
      while place > 0, isBefore(base + index, base + order[place - 1]) {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = index
    }
    if problems.count > 48 { order.sort { isBefore(base + $0, base + $1) } }
    return order
  }

  private static func write(_ problem: UnsafePointer<Problem>, to text: inout ByteWriter) {
    if let type = problem.pointee.artifactType {
      text.append("\"artifactType\":")
      StringWriter.write(type, to: &text)
      text.append(",\"code\":")
    } else {
      text.append("\"code\":")
    }
    StringWriter.write(problem.pointee.code, to: &text)
    text.append(",\"message\":")
    StringWriter.write(problem.pointee.message, to: &text)
    if let path = problem.pointee.path {
      text.append(",\"path\":")
      StringWriter.write(path, to: &text)
    }
    text.append("}")
  }

  private static func write(
    _ name: StaticString, _ hash: String?, _ isFirst: inout Bool, to text: inout ByteWriter
  ) {
    guard let hash else { return }
    if !isFirst { text.append(",") }
    isFirst = false
    text.append(name)
    StringWriter.write(hash, to: &text)
  }

  /// SHA-256 of the text, in hexadecimal digits.
  package var digest: String { Digest.sha256Hex(bytes) }

  /// Whether a problem comes before another.
  private static func isBefore(_ left: UnsafePointer<Problem>, _ right: UnsafePointer<Problem>) -> Bool {
    var order = CanonicalJSON.compare(left.pointee.code, right.pointee.code)
    if order == 0 { order = compare(left.pointee.artifactType, right.pointee.artifactType) }
    if order == 0 { order = compare(left.pointee.path, right.pointee.path) }
    if order == 0 { order = CanonicalJSON.compare(left.pointee.message, right.pointee.message) }
    return order < 0
  }

  /// The order of two texts of which either may be absent, which comes last.
  private static func compare(_ left: String?, _ right: String?) -> Int {
    guard let left else { return right == nil ? 0 : 1 }
    guard let right else { return -1 }
    return CanonicalJSON.compare(left, right)
  }
}
