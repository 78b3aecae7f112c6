/// Places of a run's events that were looked up, a page at a time.
struct PlacePages {
  private static let size = 256
  /// Runs of more events are not kept: their places would take more memory than a lookup takes time.
  private static let limit = 1 << 18

  private var pages: [[LogPlace]]
  private let isKept: Bool

  /// For a run that has so many events by now.
  init(eventCount: Int) {
    isKept = eventCount <= Self.limit
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
