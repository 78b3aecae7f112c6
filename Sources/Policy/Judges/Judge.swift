import IR

/// One guard at work.
///
/// A reference, because its automata remember what they learned; used by one engine alone.
protocol Judge: AnyObject {
  /// What the guard says of an event; nil if it does not judge such events.
  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult?
}

/// What several judges need of an event, made once.
final class EventContext {
  let profile: PolicyProfile
  /// Whether anybody will read what judges say. If not, they need say no more than whether, and how bad it is.
  private(set) var wantsWords = true
  private(set) var path: [UInt8] = []
  private(set) var diff: UnifiedDiff?
  /// The names of the event's files, in the hardened profile.
  private(set) var paths: [PathForm] = []

  init(profile: PolicyProfile) { self.profile = profile }

  /// Takes in the next event.
  func begin(_ event: PolicyEvent, wantsWords: Bool = true) {
    self.wantsWords = wantsWords
    path.removeAll(keepingCapacity: true)
    diff = nil
    switch event.action {
    case .fileRead(let target), .fileWrite(let target, _): begin(target)
    case .patch(let target, let content):
      begin(target)
      if profile == .hardened {
        let parsed = UnifiedDiff(content)
        for name in parsed.targets where !name.elementsEqual(target.path.utf8) {
          paths += PathForm.forms(
            of: .init(String(decoding: name, as: UTF8.self), folder: target.folder), rule: .patchTargets)
        }
        diff = parsed
      }
    default: if !paths.isEmpty { paths = [] }
    }
  }

  private func begin(_ target: PolicyAction.FileTarget) {
    PathNormalization.append(target.path.utf8, to: &path)
    if profile == .hardened { paths = PathForm.forms(of: target) }
  }
}
