import AST
import Diagnostics

/// BuildKit's ExposeProtoCasing.
enum ExposeProtocolCasing: LintRule {
  static let rule = Rule(
    "clawfile/expose-protocol-casing", .warning, "The protocol of a port is not lower-case",
    explanation: "Write '/tcp', '/udp' or '/sctp'.", bad: "FROM scratch\nEXPOSE 80/TCP\n",
    good: "FROM scratch\nEXPOSE 80/tcp\n", aliases: ["ExposeProtoCasing"])

  static let phase = LintPhase.instructions

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for (index, port, spec) in ExposeHostPart.ports(context) where spec.proto != spec.proto.lowercased() {
      bag.report(
        rule, at: ExposeHostPart.location(of: port, index, context), "the protocol in '\(port)' should be lower-case",
        help: "write '\(port.lowercased())'")
    }
  }
}
