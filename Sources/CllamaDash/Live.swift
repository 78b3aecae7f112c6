import Cllama
import JSON

/// Somebody who sees changes as they come.
protocol Viewer: AnyObject {
  /// Something is new: `Live.news` says what this viewer lacks.
  func changed()
}

/// What has been seen already.
struct Bookmark: Sendable {
  var documents: [Document: Int] = [:]
  var call = 0
}

/// Who looks, and what there is to see.
///
/// Viewers fetch what they lack when they can take it: a slow one makes nothing wait and piles nothing up.
final class Live {
  /// Most viewers at a time.
  static let limit = 16
  /// How many of the last calls a new viewer gets.
  static let first = 500

  private let gatherer: Gatherer
  private var viewers: [ObjectIdentifier: any Viewer] = [:]
  private var texts: [Document: (version: Int, text: String)] = [:]
  private var version = 0
  private var lastCall = 0
  /// Tells the numbers of this page from those of one that ran before.
  let epoch: String

  init(_ gatherer: Gatherer) {
    self.gatherer = gatherer
    epoch = String(RecordTime.now, radix: 36)
    gatherer.changed = { [unowned self] in publish() }
    gatherer.isWatched = { [unowned self] in !viewers.isEmpty }
  }

  var count: Int { viewers.count }

  /// Lets somebody look; false if there are too many already.
  func add(_ viewer: any Viewer) -> Bool {
    guard viewers.count < Self.limit else { return false }
    viewers[ObjectIdentifier(viewer)] = viewer
    publish()
    _ = gatherer.refresh()
    return true
  }

  func remove(_ viewer: any Viewer) { viewers[ObjectIdentifier(viewer)] = nil }

  private func publish() {
    let now = RecordTime.now
    var isNew = gatherer.picture.calls.last != lastCall
    lastCall = gatherer.picture.calls.last
    for document in Document.allCases {
      let text = gatherer.picture.document(document, now: now).text()
      if texts[document]?.text.utf8.elementsEqual(text.utf8) == true { continue }
      version += 1
      texts[document] = (version, text)
      isNew = true
    }
    guard isNew else { return }
    for viewer in Array(viewers.values) { viewer.changed() }
  }

  /// What a viewer has not seen: messages, each a JSON text.
  func news(_ bookmark: inout Bookmark) -> [String] {
    var messages: [String] = []
    for document in Document.allCases {
      guard let (version, text) = texts[document], bookmark.documents[document] != version else { continue }
      bookmark.documents[document] = version
      messages.append("{\"type\":\"\(document.rawValue)\",\"data\":\(text)}")
    }
    let calls = gatherer.picture.calls
    if calls.last > bookmark.call {
      // Where some are gone already, or were never seen, what is there replaces what the viewer has.
      let isReset = bookmark.call == 0 || bookmark.call + 1 < calls.oldest
      let fresh = isReset ? calls.calls.suffix(Self.first) : calls.behind(bookmark.call)
      let value: JSONValue = [
        "type": "calls", "reset": .bool(isReset), "data": .array(fresh.map { $0.document(epoch) }),
      ]
      bookmark.call = calls.last
      messages.append(value.text())
    }
    return messages
  }

  /// Calls behind the one that an event stream was cut off at, as events.
  func events(_ last: inout Int) -> String {
    var text = ""
    let calls = gatherer.picture.calls
    if last + 1 < calls.oldest, last > 0 { text += "event: reset\ndata: {}\n\n" }
    for call in calls.behind(last) {
      text += "id: \(epoch)-\(call.number)\nevent: call\ndata: \(call.document(epoch).text())\n\n"
    }
    last = calls.last
    return text
  }

  /// The number that an event's id stands for; 0 for one of another page, which is to be told everything.
  func number(_ id: String?) -> Int {
    guard let id, id.hasPrefix(epoch + "-"), let number = Int(id.dropFirst(epoch.utf8.count + 1)), number > 0 else {
      return 0
    }
    return min(number, gatherer.picture.calls.last)
  }
}
