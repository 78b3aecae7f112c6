/// Places of a run's events that were looked up, a page at a time.
package struct PlacePages {
  private static let size = 256
  /// Runs of more events are not kept: their places would take more memory than a lookup takes time.
  package static let limit = 1 << 18

  private var pages: [[LogPlace]]
  /// Whether what is looked up is kept.
  let isKept: Bool

  /// For a run that has so many events by now.
  init(eventCount: Int, limit: Int) {
    isKept = eventCount <= limit
    pages = isKept ? [[LogPlace]](repeating: [], count: eventCount / Self.size + 1) : []
  }

  /// The place of an event, if it is known.
  subscript(seq: Int) -> LogPlace? {
    let (page, rest) = (seq - 1).quotientAndRemainder(dividingBy: Self.size)
    guard pages.indices.contains(page), rest >= 0, rest < pages[page].count else { return nil }
    return pages[page][rest]
  }

  /// Which numbers to look up for one that is not known: those of its page, or it alone.
  func span(around seq: Int) -> Range<Int> {
    let page = (seq - 1) / Self.size
    // A page that is there and lacks the event was read before the event came.
    guard isKept, pages.indices.contains(page), pages[page].isEmpty else { return seq..<seq + 1 }
    return page * Self.size + 1..<(page + 1) * Self.size + 1
  }

  /// Keeps the places of the numbers from `first` on, if they begin a page.
  mutating func keep(_ places: [LogPlace], from first: Int) {
    let (page, rest) = (first - 1).quotientAndRemainder(dividingBy: Self.size)
    if isKept, rest == 0, pages.indices.contains(page), pages[page].isEmpty { pages[page] = places }
  }
}

/// What is known of the places of a run's events, while others of the same run are asked for.
struct RunPlaces {
  /// A block whose number nobody asked for, and one that the file of places does not have.
  static let (unknown, none) = (-1, -2)

  let runId: String
  /// The run's number in the index.
  let id: Int
  /// The run as the heads of records name it.
  let key: RunKey
  var pages: PlacePages
  /// The numbers of its blocks in the file of places, a few bytes for 512 events.
  var blocks: [Int]

  init(runId: String, id: Int, eventCount: Int, longRun: Int) {
    self.runId = runId
    self.id = id
    key = RunKey(runId)
    pages = PlacePages(eventCount: eventCount, limit: longRun)
    blocks = pages.isKept ? [] : [Int](repeating: Self.unknown, count: eventCount / PlaceFile.blockCount)
  }

  /// The number of a block, as far as it is known; nil for one that the run does not have.
  func number(ofBlock block: Int) -> Int? { blocks.indices.contains(block) ? blocks[block] : nil }
}
