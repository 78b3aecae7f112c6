/// Patterns of service names: `*` for any run of characters, `?` for one.
enum Glob {
  /// Whether a name matches a pattern.
  static func matches(_ pattern: String, _ name: String) -> Bool {
    var live: Set<Int> = [0]
    let name = Array(name.utf8)
    for byte in pattern.utf8 {
      var next: Set<Int> = []
      for index in live {
        switch byte {
        case 0x2A: next.formUnion(index...name.count)
        case 0x3F: if index < name.count { next.insert(index + 1) }
        default: if index < name.count, name[index] == byte { next.insert(index + 1) }
        }
      }
      live = next
    }
    return live.contains(name.count)
  }
}
