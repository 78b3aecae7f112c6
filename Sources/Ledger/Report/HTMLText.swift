import Source

/// HTML that is made of texts from anywhere: each of them goes through `text`, and none into an attribute.
///
/// What markup the page has is written with `StaticString`, which nothing that was read can become.
struct HTMLText: Sendable {
  private(set) var bytes: [UInt8] = []

  /// Markup of the page itself.
  mutating func markup(_ markup: StaticString) { markup.withUTF8Buffer { bytes += $0 } }

  /// A text that a browser shows as it is.
  mutating func text(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes += "&amp;".utf8
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "\"": bytes += "&quot;".utf8
      case "'": bytes += "&#39;".utf8
      case "\t", "\n": bytes.append(contentsOf: scalar.utf8)
      // Controls have no place in HTML, and what turns the direction of text shows another one; that one was there is shown.
      default: bytes.append(contentsOf: (scalar.isUnprintable ? "\u{FFFD}" : scalar).utf8)
      }
    }
  }

  /// An element with a text.
  mutating func element(_ name: StaticString, _ content: String) { element(name, "", content) }

  /// An element with a class and a text; both names are the page's own.
  mutating func element(_ name: StaticString, _ kind: StaticString, _ content: String) {
    open(name, kind)
    text(content)
    close(name)
  }

  mutating func open(_ name: StaticString, _ kind: StaticString = "") {
    markup("<")
    markup(name)
    if kind.utf8CodeUnitCount > 0 {
      markup(" class=\"")
      markup(kind)
      markup("\"")
    }
    markup(">")
  }

  mutating func close(_ name: StaticString) {
    markup("</")
    markup(name)
    markup(">")
  }
}
