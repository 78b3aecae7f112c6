import AST
import Directives
import IR
import Source

/// SURFACE: a URI and, for volumes and host paths, an access mode.
enum SurfaceLowering: DirectiveLowering {
  static let directive = Directive.surface

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let uri = use.words.first else { return }
    switch SurfaceParser.parse(uri.value, mode: use.words.count > 1 ? use.words[1].value : nil) {
    case .failure(let failure):
      let word = failure.isAboutMode && use.words.count > 1 ? use.words[1] : uri
      stage.report(DirectiveRules.surface, word.range, failure.message, help: failure.help)
    case .success(let surface):
      if let earlier = stage.own.surfaces.first(where: { $0.value.uri == surface.uri }) {
        return stage.reportDuplicate("the surface '\(surface.uri)'", range, earlier.origin)
      }
      stage.own.surfaces.append(.init(surface, origin: stage.location(range)))
    }
  }
}
