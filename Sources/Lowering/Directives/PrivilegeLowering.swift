import AST
import Directives
import IR
import Source

/// PRIVILEGE: a mode of the sandbox and its value.
enum PrivilegeLowering: DirectiveLowering {
  static let directive = Directive.privilege

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard use.words.count == 2 else { return }
    let (mode, value) = (use.words[0], use.words[1])
    switch PrivilegeParser.parse(mode.value, value.value) {
    case .failure(let failure):
      stage.report(
        DirectiveRules.privilege, failure.isAboutValue ? value.range : mode.range, failure.message, help: failure.help)
    case .success(let privilege):
      if privilege.mode != "cap", let earlier = stage.own.privilege(privilege.mode) {
        return stage.reportDuplicate("the privilege '\(privilege.mode)'", range, earlier.origin)
      }
      if privilege.isDangerous {
        stage.report(
          DirectiveRules.dangerousPrivilege, mode.range.union(value.range),
          "'\(privilege.mode) \(privilege.value)' hands over the host", help: "remove it if the runner can do without")
      }
      stage.own.privileges.append((privilege.mode, .init(privilege.value, origin: stage.location(range))))
    }
  }
}
