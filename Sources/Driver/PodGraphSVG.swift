import Source

extension PodGraph {
  private static let size = (width: 180, height: 56, column: 340, row: 84, margin: 24)

  /// The picture as SVG: claws at the left, what they use at the right, in the order of the file.
  package var svg: String {
    let size = Self.size
    var places: [String: (x: Int, y: Int)] = [:]
    var rows = [0, 0]
    for node in nodes {
      let column = node.shape == .claw ? 0 : 1
      places[node.id] = (size.margin + column * size.column, size.margin + rows[column] * size.row)
      rows[column] += 1
    }
    let width = 2 * size.margin + size.column + size.width
    let height = 2 * size.margin + max(1, rows.max() ?? 1) * size.row - (size.row - size.height)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" font-family="sans-serif" font-size="13">
      <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
      <path d="M0 0 8 4 0 8z" fill="#64748b"/></marker></defs>

      """
    for edge in edges {
      guard let from = places[edge.from], let to = places[edge.to] else { continue }
      let (x1, y1) = (from.x + size.width, from.y + size.height / 2)
      let (x2, y2) = (to.x, to.y + size.height / 2)
      text += "<path d=\"M\(x1) \(y1)L\(x2) \(y2)\" stroke=\"#64748b\" fill=\"none\" marker-end=\"url(#tip)\"/>\n"
      text += "<text x=\"\((x1 + x2) / 2)\" y=\"\((y1 + y2) / 2 - 5)\" text-anchor=\"middle\" font-size=\"11\" "
      text += "fill=\"#475569\">\(XMLText.escaped(edge.label))</text>\n"
    }
    for node in nodes {
      guard let place = places[node.id] else { continue }
      text += Self.box(node, place)
    }
    return text + "</svg>\n"
  }

  private static func box(_ node: Node, _ place: (x: Int, y: Int)) -> String {
    let (fill, radius) =
      switch node.shape {
      case .claw: ("#dbeafe", 4)
      case .sidecar: ("#fde68a", 12)
      case .service: ("#dcfce7", 28)
      case .volume: ("#f1f5f9", 12)
      case .upstream: ("#fce7f3", 4)
      }
    var text = "<rect x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(size.width)\" height=\"\(size.height)\" "
    text += "rx=\"\(radius)\" fill=\"\(fill)\" stroke=\"#334155\"/>\n"
    let lines = node.label.split(separator: "\n").map(String.init)
    for (index, line) in lines.enumerated() {
      let y = place.y + size.height / 2 + 5 + index * 17 - (lines.count - 1) * 8
      text +=
        "<text x=\"\(place.x + size.width / 2)\" y=\"\(y)\" text-anchor=\"middle\">\(XMLText.escaped(line))</text>\n"
    }
    return text
  }
}
