import AST
import Directives
import IR
import Source

/// CONFIGURE: lines of the script that runs before the runner.
enum ConfigureLowering: DirectiveLowering {
  static let directive = Directive.configure

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let text = use.text else { return }
    stage.own.configure.append(.init(text.value, origin: stage.location(range)))
  }
}
