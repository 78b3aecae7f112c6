import AST
import Directives
import IR
import Source

/// TRACK: package managers to watch.
enum TrackLowering: DirectiveLowering {
  static let directive = Directive.track

  /// The managers and the commands that each has.
  static let commands: [(manager: String, commands: [String])] = [
    ("apt", ["apt", "apt-get"]), ("pip", ["pip", "pip3"]), ("npm", ["npm"]),
  ]

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    for word in use.words {
      let name = word.value.lowercased()
      guard commands.contains(where: { $0.manager == name }) else {
        stage.report(
          DirectiveRules.manager, word.range, "'\(word.value)' can't be tracked",
          help: "the managers are \(commands.map(\.manager).joined(separator: ", "))")
        continue
      }
      if let earlier = stage.own.track.first(where: { $0.value == name }) {
        stage.reportDuplicate("'\(name)'", word.range, earlier.origin)
        continue
      }
      stage.own.track.append(.init(name, origin: stage.location(word.range)))
    }
  }
}
